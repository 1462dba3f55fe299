// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/manager.hpp"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string_view>

#include <fmt/format.h>

namespace unitlock::machine {
namespace {

constexpr const char* kDestination = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";
/// PID 1 answers at once or is in trouble; the default would be 25 s.
constexpr std::uint64_t kTimeoutUsec = 10'000'000;

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, CloseBus>;
struct FreeMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, FreeMessage>;

class BusError {
public:
  BusError() = default;
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { sd_bus_error_free(&error_); }
  sd_bus_error* get() { return &error_; }
  tl::unexpected<Error> fail_with(const std::string& what, int r) const {
    if (error_.message)
      return fail(fmt::format("{}: {}", what, error_.message));
    return fail(what, -r);
  }

private:
  sd_bus_error error_ = SD_BUS_ERROR_NULL;
};

// Readers of one property's value, positioned inside its variant. Each returns a negative errno on
// failure, as sd-bus does.
using Reader = int (*)(sd_bus_message* message, Service& out);

template <std::string Service::*Member>
int read_string(sd_bus_message* message, Service& out) {
  const char* text = nullptr;
  int r = sd_bus_message_read_basic(message, 's', &text);
  if (r > 0)
    out.*Member = text;
  return r;
}

template <auto Member, char Type, class Wire>
int read_number(sd_bus_message* message, Service& out) {
  Wire number = 0;
  int r = sd_bus_message_read_basic(message, Type, &number);
  if (r > 0)
    out.*Member = number;
  return r;
}

template <auto Member>
constexpr Reader kReadPid = read_number<Member, 'u', std::uint32_t>;
template <auto Member>
constexpr Reader kReadTime = read_number<Member, 't', std::uint64_t>;

int read_boolean(sd_bus_message* message, Service& out) {
  int value = 0;
  int r = sd_bus_message_read_basic(message, 'b', &value);
  out.need_daemon_reload = value != 0;
  return r;
}

int read_strings(sd_bus_message* message, std::vector<std::string>& out) {
  int r = sd_bus_message_enter_container(message, 'a', "s");
  const char* text = nullptr;
  while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &text)) > 0)
    out.emplace_back(text);
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_drop_ins(sd_bus_message* message, Service& out) {
  return read_strings(message, out.drop_ins);
}

int read_invocation(sd_bus_message* message, Service& out) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  int r = sd_bus_message_read_array(message, 'y', &bytes, &size);
  if (r < 0)
    return r;
  auto* first = static_cast<const unsigned char*>(bytes);
  bool any = std::any_of(first, first + size, [](unsigned char byte) { return byte != 0; });
  for (std::size_t i = 0; any && i < size; ++i)
    out.invocation += fmt::format("{:02x}", first[i]);
  return r;
}

/// The members of ExecStartEx behind the flags: when it began and ended, PID, how it ended.
constexpr const char* kExecStatus = "ttttuii";

int read_command(sd_bus_message* message, LoadedCommand& out) {
  const char* path = nullptr;
  int r = sd_bus_message_read_basic(message, 's', &path);
  if (r > 0)
    out.path = path;
  r = r < 0 ? r : read_strings(message, out.argv);
  std::vector<std::string> flags;
  r = r < 0 ? r : read_strings(message, flags);
  out.no_variables = std::find(flags.begin(), flags.end(), "no-env-expand") != flags.end();
  std::uint64_t times[4] = {};
  std::uint32_t pid = 0;
  std::int32_t code = 0, status = 0;
  r = r < 0 ? r
            : sd_bus_message_read(message, kExecStatus, &times[0], &times[1], &times[2], &times[3],
                                  &pid, &code, &status);
  out.pid = pid;
  out.ended_usec = times[2];
  out.exit_status = code == CLD_EXITED ? status : 0;
  return r;
}

int read_exec_start(sd_bus_message* message, Service& out) {
  constexpr const char* kCommand = "sasasttttuii";
  int r = sd_bus_message_enter_container(message, 'a', "(sasasttttuii)");
  while (r >= 0 && (r = sd_bus_message_enter_container(message, 'r', kCommand)) > 0) {
    r = read_command(message, out.exec_start.emplace_back());
    r = r < 0 ? r : sd_bus_message_exit_container(message);
  }
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

const std::map<std::string_view, Reader> kUnitProperties = {
    {"Id", read_string<&Service::name>},
    {"LoadState", read_string<&Service::load_state>},
    {"ActiveState", read_string<&Service::active_state>},
    {"SubState", read_string<&Service::sub_state>},
    {"FragmentPath", read_string<&Service::fragment>},
    {"DropInPaths", read_drop_ins},
    {"NeedDaemonReload", read_boolean},
    {"InvocationID", read_invocation},
    {"InactiveExitTimestamp", kReadTime<&Service::inactive_exit_usec>},
};
const std::map<std::string_view, Reader> kServiceProperties = {
    {"MainPID", kReadPid<&Service::main_pid>},
    {"ControlPID", kReadPid<&Service::control_pid>},
    {"ExecMainPID", kReadPid<&Service::exec_main_pid>},
    {"ExecMainStatus", read_number<&Service::exec_main_status, 'i', std::int32_t>},
    {"ExecMainStartTimestamp", kReadTime<&Service::exec_main_start_usec>},
    {"ExecMainExitTimestamp", kReadTime<&Service::exec_main_exit_usec>},
    {"ExecStartEx", read_exec_start},
};

/// One entry of a{sv}, inside of it.
int read_property(sd_bus_message* message, const std::map<std::string_view, Reader>& readers,
                  Service& out) {
  const char* name = nullptr;
  int r = sd_bus_message_read_basic(message, 's', &name);
  if (r < 0)
    return r;
  auto reader = readers.find(name);
  if (reader == readers.end())
    return sd_bus_message_skip(message, "v");
  const char* type = nullptr;
  r = sd_bus_message_peek_type(message, nullptr, &type);
  r = r < 0 ? r : sd_bus_message_enter_container(message, 'v', type);
  r = r < 0 ? r : reader->second(message, out);
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_properties(sd_bus_message* message, const std::map<std::string_view, Reader>& readers,
                    Service& out) {
  int r = sd_bus_message_enter_container(message, 'a', "{sv}");
  while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
    r = read_property(message, readers, out);
    r = r < 0 ? r : sd_bus_message_exit_container(message);
  }
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

class BusManager : public Manager {
public:
  explicit BusManager(Bus bus) : bus_(std::move(bus)) {}

  Result<Service> service(const std::string& name) override {
    auto path = object_path(name);
    if (!path)
      return tl::unexpected(path.error());
    Service service;
    for (const auto& [interface, readers] :
         {std::pair("org.freedesktop.systemd1.Unit", &kUnitProperties),
          std::pair("org.freedesktop.systemd1.Service", &kServiceProperties)})
      if (auto got = get_all(*path, interface, *readers, service); !got)
        return tl::unexpected(got.error());
    return service;
  }

  Result<std::vector<std::string>> loaded_services() override {
    BusError error;
    sd_bus_message* raw = nullptr;
    // No states, and one pattern.
    int r = sd_bus_call_method(bus_.get(), kDestination, kPath, kManagerInterface,
                               "ListUnitsByPatterns", error.get(), &raw, "asas", 0, 1, "*.service");
    Message reply(raw);
    if (r < 0)
      return error.fail_with("systemd does not list its units", r);
    constexpr const char* kUnit = "ssssssouso";
    std::vector<std::string> names;
    r = sd_bus_message_enter_container(raw, 'a', "(ssssssouso)");
    while (r >= 0 && (r = sd_bus_message_enter_container(raw, 'r', kUnit)) > 0) {
      const char* name = nullptr;
      r = sd_bus_message_read_basic(raw, 's', &name);
      if (r > 0)
        names.emplace_back(name);
      r = r < 0 ? r : sd_bus_message_skip(raw, "sssssouso");
      r = r < 0 ? r : sd_bus_message_exit_container(raw);
    }
    if (r < 0)
      return fail("cannot read systemd's list of units", -r);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> active_state(const std::string& unit) override {
    auto path = object_path(unit);
    if (!path)
      return path;
    BusError error;
    char* state = nullptr;
    int r = sd_bus_get_property_string(bus_.get(), kDestination, path->c_str(),
                                       "org.freedesktop.systemd1.Unit", "ActiveState", error.get(),
                                       &state);
    if (r < 0)
      return error.fail_with(fmt::format("cannot ask systemd about {}", unit), r);
    std::unique_ptr<char, void (*)(void*)> freed(state, std::free);
    return std::string(state);
  }

  Result<std::vector<std::int64_t>> processes(const std::string& unit) override {
    BusError error;
    sd_bus_message* raw = nullptr;
    int r = sd_bus_call_method(bus_.get(), kDestination, kPath, kManagerInterface,
                               "GetUnitProcesses", error.get(), &raw, "s", unit.c_str());
    Message reply(raw);
    if (r < 0)
      return error.fail_with(fmt::format("systemd does not list the processes of {}", unit), r);
    std::vector<std::int64_t> pids;
    r = sd_bus_message_enter_container(raw, 'a', "(sus)");
    std::uint32_t pid = 0;
    while (r >= 0 && (r = sd_bus_message_read(raw, "(sus)", nullptr, &pid, nullptr)) > 0)
      pids.push_back(pid);
    if (r < 0)
      return fail("cannot read systemd's list of processes", -r);
    std::sort(pids.begin(), pids.end());
    return pids;
  }

  Result<void> reload() override {
    BusError error;
    sd_bus_message* raw = nullptr;
    int r = sd_bus_call_method(bus_.get(), kDestination, kPath, kManagerInterface, "Reload",
                               error.get(), &raw, "");
    Message reply(raw);
    if (r < 0)
      return error.fail_with("systemd does not reload", r);
    return {};
  }

  Result<void> queue_restart(const std::string& unit) override {
    BusError error;
    sd_bus_message* raw = nullptr;
    int r = sd_bus_call_method(bus_.get(), kDestination, kPath, kManagerInterface, "RestartUnit",
                               error.get(), &raw, "ss", unit.c_str(), "replace");
    Message reply(raw);
    if (r < 0)
      return error.fail_with(fmt::format("cannot restart {}", unit), r);
    return {};
  }

private:
  Result<std::string> object_path(const std::string& name) {
    BusError error;
    sd_bus_message* raw = nullptr;
    int r = sd_bus_call_method(bus_.get(), kDestination, kPath, kManagerInterface, "LoadUnit",
                               error.get(), &raw, "s", name.c_str());
    Message reply(raw);
    const char* path = nullptr;
    r = r < 0 ? r : sd_bus_message_read_basic(raw, 'o', &path);
    if (r < 0)
      return error.fail_with(fmt::format("systemd does not load {}", name), r);
    return std::string(path);
  }

  Result<void> get_all(const std::string& path, const char* interface,
                       const std::map<std::string_view, Reader>& readers, Service& out) {
    BusError error;
    sd_bus_message* raw = nullptr;
    int r = sd_bus_call_method(bus_.get(), kDestination, path.c_str(),
                               "org.freedesktop.DBus.Properties", "GetAll", error.get(), &raw, "s",
                               interface);
    Message reply(raw);
    r = r < 0 ? r : read_properties(raw, readers, out);
    if (r < 0)
      return error.fail_with("cannot read a unit's properties from systemd", r);
    return {};
  }

  Bus bus_;
};

Bus private_bus(const std::string& address) {
  sd_bus* raw = nullptr;
  int r = sd_bus_new(&raw);
  Bus bus(raw);
  r = r < 0 ? r : sd_bus_set_address(raw, address.c_str());
  r = r < 0 ? r : sd_bus_start(raw);
  return r < 0 ? nullptr : std::move(bus);
}

/// The manager's own socket, which needs no bus; nullptr where it is not for us.
Bus own_bus(RuntimeScope scope) {
  if (scope == RuntimeScope::System)
    return geteuid() == 0 ? private_bus("unix:path=/run/systemd/private") : nullptr;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  // Anything else would have to be escaped in an address; sd_bus_open_user(3) can do that.
  constexpr std::string_view kPlain =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/-_.";
  if (!runtime || std::string_view(runtime).find_first_not_of(kPlain) != std::string_view::npos)
    return nullptr;
  return private_bus(fmt::format("unix:path={}/systemd/private", runtime));
}

} // namespace

Result<std::unique_ptr<Manager>> connect_manager(RuntimeScope scope) {
  // The test of sd_booted(3): without it the message would be about a socket that nobody misses.
  if (access("/run/systemd/system", F_OK) != 0)
    return fail("systemd is not running here");
  Bus bus = own_bus(scope);
  if (!bus) {
    bool user = scope == RuntimeScope::User;
    sd_bus* raw = nullptr;
    int r = user ? sd_bus_open_user(&raw) : sd_bus_open_system(&raw);
    if (r < 0)
      return fail(user ? "cannot connect to the user's manager (is XDG_RUNTIME_DIR set?)"
                       : "cannot connect to the system bus",
                  -r);
    bus.reset(raw);
  }
  sd_bus_set_method_call_timeout(bus.get(), kTimeoutUsec);
  return std::make_unique<BusManager>(std::move(bus));
}

} // namespace unitlock::machine
