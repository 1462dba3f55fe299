// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/inquiry.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/probe_marks.hpp"
#include "base/unique_fd.hpp"

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
    if (!may_bring_in(done))
      return done;
    auto path = tracee_.put(std::string_view(file.path.c_str(), file.path.size() + 1));
    if (!path)
      return untried(done, to_string(path.error()));
    auto at = static_cast<std::uint64_t>(AT_FDCWD);
    std::uint64_t flags =
        static_cast<std::uint64_t>(file.flags) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    auto opened = tracee_.call(SYS_openat, {at, *path, flags, 0});
    return judge(done, opened && *opened >= 0 ? closed(*opened, opened) : opened, EACCES);
  }

  Try try_port() {
    Try done = {Family::Network, Verdict::Untried, "", ""};
    if (!attempts_.port)
      return done;
    if (!may_bring_in(done))
      return done;
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

  /// See Tracee::has_filter().
  bool may_bring_in(Try& done) const {
    if (tracee_.has_filter())
      done.why = "it has a system call filter";
    return !tracee_.has_filter();
  }

  /// `result`, once the descriptor is closed.
  Result<long> closed(long descriptor, const Result<long>& result) {
    auto closed = tracee_.call(SYS_close, {static_cast<std::uint64_t>(descriptor)});
    return closed ? result : closed;
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
    return closed(*socket, tracee_.call(call, {fd, *where, address.size()}));
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
    if (!may_bring_in(done))
      return;
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

std::array<Try, 3> try_all(Tracee& tracee, const ProcessFacts& facts, const Attempts& attempts,
                           bool same_root) {
  Inquiry inquiry(tracee, facts, attempts);
  // In this order, which the initializer list keeps.
  return {inquiry.try_file(same_root), inquiry.try_port(), inquiry.try_scope()};
}

} // namespace unitlock::probe
