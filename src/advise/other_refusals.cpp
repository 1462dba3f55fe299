// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/other_refusals.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "advise/permissions.hpp"
#include "base/text.hpp"
#include "policy/vocabulary.hpp"
#include "unit/address_families.hpp"
#include "unit/mount_settings.hpp"
#include "unit/service_directories.hpp"
#include "unit/words.hpp"

namespace unitlock::advise {
namespace {

bool writes(const landlock::Right& right) {
  std::string_view name = right.short_name();
  return name == "write_file" || name == "truncate" || is_decided_at_directory(right);
}

std::string said(const Assignment& assignment) {
  return fmt::format("{}={}", assignment.key, assignment.value);
}

/// "any", or "[ipv4:|ipv6:][tcp:|udp:][PORT|LOW-HIGH]".
bool covers_port(std::string_view item, std::string_view protocol, std::uint16_t port) {
  while (!item.empty()) {
    std::size_t colon = std::min(item.find(':'), item.size());
    std::string_view part = item.substr(0, colon);
    item.remove_prefix(std::min(colon + 1, item.size()));
    if (part == "any" || part == "ipv4" || part == "ipv6" || part == protocol)
      continue;
    unsigned low = 0;
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), low);
    if (error != std::errc())
      return false; // another protocol
    unsigned high = low;
    if (end != part.data() + part.size())
      std::from_chars(end + 1, part.data() + part.size(), high);
    if (port < low || port > high)
      return false;
  }
  return true;
}

class Collection {
public:
  Collection(const Question& question, const Surroundings& around)
      : question_(question), around_(around), mounts_(around.unit, around.scope),
        families_(around.unit) {}

  std::vector<OtherRefusal> run() {
    if (question_.is_path())
      look_at_path();
    else if (question_.is_port())
      look_at_port();
    else if (question_.right)
      look_at_scope();
    look_at_modules();
    return std::move(refusals_);
  }

private:
  const Unit& unit() const { return around_.unit; }
  const Assignment* setting(const char* key) const { return unit().scalar("Service", key); }
  const Assignment* on(const char* key) const {
    const Assignment* found = setting(key);
    return found && parse_boolean(found->value).value_or(false) ? found : nullptr;
  }
  bool lacks(unsigned capability) const {
    return around_.identity && !around_.identity->can(capability);
  }

  void refuse(const Assignment& by, std::string text, bool certain = true) {
    refusals_.push_back({certain, said(by), std::move(text), by.where});
  }

  void look_at_path() {
    if (!question_.right) {
      if (lacks(kCapSysAdmin))
        refusals_.push_back(
            {true, "CAP_SYS_ADMIN",
             fmt::format("{} lacks it, and mounting needs it", around_.identity->who),
             around_.identity->where});
      return;
    }
    if (around_.way.empty())
      return;
    look_at_mounts();
    look_at_process_files();
    look_at_device();
    if (question_.right->short_name() == "resolve_unix")
      if (const Assignment* by = families_.forbids({"AF_UNIX"}))
        refuse(*by, "it may open no UNIX socket");
    if (around_.identity)
      look_at_permissions();
  }

  void look_at_permissions() {
    auto refusal = refused_by_permissions(question_, *around_.identity, around_);
    if (!refusal)
      return;
    if (!around_.is_running_view && is_made_for_it()) {
      refusal->certain = false;
      refusal->text += "; systemd gives the service's own directories to its user when it starts";
    }
    refusals_.push_back(std::move(*refusal));
  }

  /// Below a directory that StateDirectory= or one of its siblings names.
  bool is_made_for_it() const {
    auto directories = own_directories(unit(), around_.scope);
    return std::any_of(directories.begin(), directories.end(), [&](const OwnDirectory& own) {
      return !own.is_for_reading && path_is_below(path(), own.path);
    });
  }

  const std::string& path() const { return around_.way.back().first; }
  const Node& node() const { return around_.way.back().second; }

  void look_at_mounts() {
    if (const Assignment* by = mounts_.inaccessible(path()))
      refuse(*by, fmt::format("{} is out of its reach", path()));
    if (writes(*question_.right) && !is_special())
      look_at_writing();
    if (question_.right->short_name() == "execute")
      look_at_executing();
    if (node().is_there() && node().immutable && writes(*question_.right))
      refusals_.push_back({true, "the attributes of " + path(), "it is immutable (chattr +i)", {}});
  }

  /// What a mount that is read-only does not protect.
  bool is_special() const {
    return node().is_there() && !S_ISREG(node().mode) && !S_ISDIR(node().mode);
  }

  void look_at_writing() {
    bool is_read_only = node().is_there() && node().read_only;
    bool is_writable_now = around_.is_running_view && node().is_there() && !is_read_only;
    if (const Assignment* by = mounts_.read_only(path()))
      refuse(*by,
             is_writable_now ? "what is to be read-only is not yet so for the running service"
                             : fmt::format("{} is read-only for it", path()),
             !is_writable_now);
    else if (is_read_only)
      refusals_.push_back({true, "the mount of " + path(), "it is read-only", {}});
  }

  void look_at_executing() {
    if (const Assignment* by = mounts_.not_executable(path()))
      refuse(*by, fmt::format("nothing on {} may be executed", path()));
    else if (node().is_there() && node().no_exec)
      refusals_.push_back({true, "the mount of " + path(), "it is noexec", {}});
  }

  void look_at_process_files() {
    if (!path_is_below(path(), "/proc") || path() == "/proc")
      return;
    std::string_view rest = std::string_view(path()).substr(6);
    bool is_process = rest[0] >= '0' && rest[0] <= '9';
    const Assignment* protect = setting("ProtectProc");
    if (is_process && protect && protect->value != "default")
      refuse(*protect, "other users' processes are hidden", false);
    const Assignment* subset = setting("ProcSubset");
    if (!is_process && !rest.starts_with("self") && !rest.starts_with("thread-self") && subset &&
        subset->value == "pid")
      refuse(*subset, "/proc shows processes only");
  }

  void look_at_device() {
    bool is_device = node().is_there() && (S_ISCHR(node().mode) || S_ISBLK(node().mode));
    bool in_dev = path_is_below(path(), "/dev") && path() != "/dev";
    if (const Assignment* by = on("PrivateDevices"); by && in_dev && !around_.is_running_view)
      refuse(*by, "/dev has only pseudo devices", false);
    if (!is_device)
      return;
    const Assignment* policy = setting("DevicePolicy");
    auto allowed = unit().words("Service", "DeviceAllow");
    bool is_listed = std::any_of(allowed.begin(), allowed.end(),
                                 [&](const Unit::Word& word) { return word.text == path(); });
    if (is_listed)
      return;
    if (policy && (policy->value == "strict" || policy->value == "closed"))
      refuse(*policy, fmt::format("DeviceAllow= does not name {}", path()), false);
    else if (!allowed.empty())
      refuse(*allowed.front().assignment, fmt::format("it does not name {}", path()), false);
  }

  void look_at_port() {
    bool binds = question_.right->short_name().starts_with("bind");
    if (const Assignment* by = families_.forbids({"AF_INET", "AF_INET6"}))
      refuse(*by, "it may open no internet socket");
    if (binds)
      look_at_binding();
    else if (const Assignment* by = on("PrivateNetwork"))
      refuse(*by, "it has a network of its own, with nobody in it", false);
    if (const Assignment* by = first_of("IPAddressDeny"))
      refuse(*by, "it depends on the address", false);
  }

  const Assignment* first_of(const char* key) const {
    auto list = unit().list("Service", key);
    return list.empty() ? nullptr : list.front();
  }

  void look_at_binding() {
    if (question_.port != 0 && question_.port < around_.first_free_port &&
        lacks(kCapNetBindService))
      refusals_.push_back({true, "CAP_NET_BIND_SERVICE",
                           fmt::format("{} lacks it, and ports below {} need it",
                                       around_.identity->who, around_.first_free_port),
                           around_.identity->where});
    if (covering_port("SocketBindAllow"))
      return;
    if (const Assignment* by = covering_port("SocketBindDeny"))
      refuse(*by, "SocketBindAllow= does not name the port");
  }

  const Assignment* covering_port(const char* key) const {
    std::string_view protocol;
    for (const PortDirective& row : kPortDirectives)
      if (row.access == question_.right->mask())
        protocol = row.protocol;
    for (const Unit::Word& word : unit().words("Service", key))
      if (covers_port(word.text, protocol, question_.port))
        return word.assignment;
    return nullptr;
  }

  void look_at_scope() {
    if (question_.right->short_name() == "signal") {
      if (lacks(kCapKill) && around_.identity->uid != 0)
        refusals_.push_back(
            {false, "CAP_KILL",
             fmt::format("{} may signal processes of its user only", around_.identity->who),
             around_.identity->where});
      return;
    }
    if (const Assignment* by = families_.forbids({"AF_UNIX"}))
      refuse(*by, "it may open no UNIX socket");
    if (const Assignment* by = on("PrivateNetwork"))
      refuse(*by, "abstract sockets of other networks are not there", false);
  }

  /// What other security modules are told, and only they know the meaning of.
  void look_at_modules() {
    for (const char* key : {"AppArmorProfile", "SELinuxContext", "SmackProcessLabel"})
      if (const Assignment* by = setting(key))
        refuse(*by, "what it allows is not known here", false);
    const Assignment* file_systems = first_of("RestrictFileSystems");
    if (question_.is_path() && file_systems)
      refuse(*file_systems, "it depends on the type of the file system", false);
  }

  const Question& question_;
  const Surroundings& around_;
  MountSettings mounts_;
  AddressFamilies families_;
  std::vector<OtherRefusal> refusals_;
};

} // namespace

std::vector<OtherRefusal> other_refusals(const Question& question, const Surroundings& around) {
  return Collection(question, around).run();
}

} // namespace unitlock::advise
