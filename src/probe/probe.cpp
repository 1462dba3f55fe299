// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/probe.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/probe_marks.hpp"
#include "base/unique_fd.hpp"
#include "probe/target.hpp"
#include "probe/tracee.hpp"

namespace unitlock::probe {
namespace {

using landlock::Family;

std::string error_words(long error) {
  return std::generic_category().message(static_cast<int>(error));
}

template <class Address>
std::string_view bytes_of(const Address& address, std::size_t size = sizeof(Address)) {
  return {reinterpret_cast<const char*>(&address), size};
}

/// See Tracee::has_filter().
constexpr const char* kFilter = "it has a system call filter";

/// The tries, done through a stopped process.
class Inquiry {
public:
  Inquiry(Tracee& tracee, const ProcessFacts& facts, const Attempts& attempts)
      : tracee_(tracee), facts_(facts), attempts_(attempts) {}

  Try try_file(bool same_root) {
    Try done = {Family::Filesystem, Verdict::Untried, "", ""};
    if (!attempts_.file)
      return done;
    const FileAttempt& file = *attempts_.file;
    done.what = fmt::format("{} {}", file.right, file.path);
    if (!same_root) {
      done.why = "its root directory is another one";
      return done;
    }
    if (tracee_.has_filter())
      return untried(done, kFilter);
    auto path = tracee_.put(std::string_view(file.path.c_str(), file.path.size() + 1));
    if (!path)
      return untried(done, to_string(path.error()));
    auto at = static_cast<std::uint64_t>(AT_FDCWD);
    std::uint64_t flags =
        static_cast<std::uint64_t>(file.flags) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    return judge(done, opened(tracee_.call(SYS_openat, {at, *path, flags, 0})), EACCES);
  }

  Try try_port() {
    Try done = {Family::Network, Verdict::Untried, "", ""};
    if (!attempts_.port)
      return done;
    if (tracee_.has_filter())
      return untried(done, kFilter);
    const PortAttempt& port = *attempts_.port;
    done.what = fmt::format("{} {}", port.right, port.port);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port.port);
    address.sin_addr.s_addr = htonl(port.address);
    auto result =
        with_socket(AF_INET, port.type, bytes_of(address), port.connects ? SYS_connect : SYS_bind);
    if (result && (*result == -EADDRNOTAVAIL || *result == -ENETUNREACH))
      result = 0; // past Landlock
    return judge(done, result, EACCES);
  }

  Try try_scope() {
    Try done = {Family::Scope, Verdict::Untried, "", ""};
    if (attempts_.signal)
      try_signal(done);
    if (done.verdict == Verdict::Untried && attempts_.abstract_socket)
      try_abstract_socket(done);
    return done;
  }

private:
  static Try untried(Try done, std::string why) {
    done.why = std::move(why);
    return done;
  }

  /// `denial`: the error that Landlock gives. Only what succeeds is allowed.
  Try judge(Try done, const Result<long>& result, int denial) const {
    if (!result)
      return untried(done, to_string(result.error()));
    if (*result >= 0)
      done.verdict = Verdict::Allowed;
    else if (*result != -denial)
      done.why = error_words(-*result);
    else if (denial == EACCES && !facts_.other_module.empty())
      done.why = fmt::format("{} confines it too", facts_.other_module);
    else
      done.verdict = Verdict::Denied;
    return done;
  }

  /// The result of an open or a socket call, which is closed again.
  Result<long> opened(const Result<long>& result) {
    if (result && *result >= 0)
      if (auto closed = tracee_.call(SYS_close, {static_cast<std::uint64_t>(*result)}); !closed)
        return closed;
    return result;
  }

  Result<long> with_socket(int family, int type, std::string_view address, long call) {
    auto where = tracee_.put(address);
    if (!where)
      return tl::unexpected(where.error());
    auto socket = tracee_.call(SYS_socket, {static_cast<std::uint64_t>(family),
                                            static_cast<std::uint64_t>(type | SOCK_CLOEXEC), 0});
    if (!socket)
      return socket;
    if (*socket < 0)
      return fail("it gets no socket", static_cast<int>(-*socket));
    auto fd = static_cast<std::uint64_t>(*socket);
    auto result = tracee_.call(call, {fd, *where, address.size()});
    if (auto closed = tracee_.call(SYS_close, {fd}); !closed)
      return closed;
    return result;
  }

  /// Signal 0 is only checked, never sent.
  void try_signal(Try& done) {
    done.what = "scope.signal";
    if (!facts_.same_pid_namespace) {
      done.why = "it is in another PID namespace";
      return;
    }
    SignalTarget target(facts_.uid, facts_.gid);
    if (target.pid() <= 0) {
      done.why = "there is no process to be signalled";
      return;
    }
    done =
        judge(done, tracee_.call(SYS_kill, {static_cast<std::uint64_t>(target.pid()), 0}), EPERM);
  }

  void try_abstract_socket(Try& done) {
    done.what = "scope.abstract_unix_socket";
    done.why.clear();
    if (tracee_.has_filter()) {
      done.why = kFilter;
      return;
    }
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::string name = fmt::format("{}-{}", probe_mark::kName, getpid());
    std::copy(name.begin(), name.end(), address.sun_path + 1);
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket || bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) < 0) {
      done.why = "there is no socket to connect to";
      return;
    }
    auto result = with_socket(AF_UNIX, SOCK_DGRAM, bytes_of(address, size), SYS_connect);
    if (result && *result == -ECONNREFUSED)
      done.why = "it is in another network namespace";
    else
      done = judge(done, result, EPERM);
  }

  Tracee& tracee_;
  const ProcessFacts& facts_;
  const Attempts& attempts_;
};

/// What the child sends: the tries without what the parent knows itself.
struct Wire {
  Verdict verdicts[3];
  char problem[160];
  char what[3][160];
  char why[3][160];
};

template <std::size_t Size>
void put_text(char (&out)[Size], std::string_view text) {
  std::size_t size = std::min(text.size(), Size - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

/// Whether the process is in the unit's control group, or below it (systemd's names of them: an
/// underscore in front of what would clash with the kernel's).
bool is_of(std::int64_t pid, const std::string& unit) {
  if (unit.empty())
    return true;
  std::string groups = control_groups_of(pid) + "/";
  for (char& c : groups)
    c = c == '\n' ? '/' : c;
  return groups.find("/" + unit + "/") != std::string::npos ||
         groups.find("/_" + unit + "/") != std::string::npos;
}

Wire ask(std::int64_t pid, const std::string& unit, const Attempts& attempts, bool same_root) {
  Wire wire = {};
  auto facts = facts_of(pid);
  if (!facts) {
    put_text(wire.problem, to_string(facts.error()));
    return wire;
  }
  auto tracee = Tracee::stop(static_cast<pid_t>(pid));
  if (!tracee) {
    put_text(wire.problem, to_string(tracee.error()));
    return wire;
  }
  if (!is_of(pid, unit)) {
    put_text(wire.problem, "it is of another unit by now");
    return wire;
  }
  Inquiry inquiry(**tracee, *facts, attempts);
  const Try tries[] = {inquiry.try_file(same_root), inquiry.try_port(), inquiry.try_scope()};
  for (std::size_t i = 0; i < 3; ++i) {
    wire.verdicts[i] = tries[i].verdict;
    put_text(wire.what[i], tries[i].what);
    put_text(wire.why[i], tries[i].why);
  }
  return wire;
}

/// In a process of its own, which nobody interrupts: registers of another one are in its hands.
[[noreturn]] void ask_and_exit(int out, std::int64_t pid, const std::string& unit,
                               const Attempts& attempts, bool same_root) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  prctl(PR_SET_NAME, probe_mark::kName);
  Wire wire = ask(pid, unit, attempts, same_root);
  ssize_t written = write(out, &wire, sizeof wire);
  _exit(written == sizeof wire ? 0 : 1);
}

} // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
  case Verdict::Denied:
    return "denied";
  case Verdict::Allowed:
    return "allowed";
  case Verdict::Untried:
    break;
  }
  return "untried";
}

bool ProbedProcess::has(Verdict verdict) const {
  return std::any_of(tries.begin(), tries.end(),
                     [&](const Try& done) { return done.verdict == verdict; });
}

ProbedProcess probe_process(std::int64_t pid, const std::string& unit, const Attempts& attempts,
                            bool same_root) {
  ProbedProcess probed;
  probed.pid = pid;
  probed.name = name_of(pid);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    probed.problem = to_string(Error{"pipe2", errno, std::nullopt});
    return probed;
  }
  UniqueFd in(ends[0]), out(ends[1]);
  pid_t child = fork();
  if (child == 0)
    ask_and_exit(out.get(), pid, unit, attempts, same_root);
  out = UniqueFd();
  Wire wire = {};
  bool answered = child > 0 && read(in.get(), &wire, sizeof wire) == sizeof wire;
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  probed.problem = answered ? wire.problem : "the process that asks has failed";
  for (std::size_t i = 0; i < probed.tries.size(); ++i)
    probed.tries[i] = {static_cast<Family>(i), wire.verdicts[i], wire.what[i], wire.why[i]};
  return probed;
}

} // namespace unitlock::probe
