// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/synchronize.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/unique_fd.hpp"

namespace unitlock::journal {
namespace {

constexpr sockaddr_un kSocket = {AF_UNIX, "/run/systemd/journal/io.systemd.journal"};
constexpr timeval kPatience = {3, 0};
/// With its NUL, which ends a varlink message.
constexpr char kCall[] = R"({"method":"io.systemd.Journal.Synchronize"})";

tl::unexpected<Error> failure(int number) {
  return fail("cannot have the journal written", number);
}

} // namespace

Result<void> synchronize() {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd)
    return failure(errno);
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&kSocket), sizeof kSocket) < 0)
    return failure(errno);
  if (send(fd.get(), kCall, sizeof kCall, MSG_NOSIGNAL) != sizeof kCall)
    return failure(errno);
  std::string reply;
  while (reply.find('\0') == reply.npos) {
    char buffer[512];
    ssize_t size = recv(fd.get(), buffer, sizeof buffer, 0);
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0 || reply.size() > 65536)
      return failure(size < 0 ? errno : EPROTO);
    reply.append(buffer, static_cast<std::size_t>(size));
  }
  // {"error":…} for who is not root.
  return reply.find("\"error\"") == reply.npos ? Result<void>() : failure(EPERM);
}

} // namespace unitlock::journal
