// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/attempts.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/probe_marks.hpp"
#include "policy/lower.hpp"

namespace unitlock::probe {
namespace {

using advise::Confinement;

constexpr advise::Verdict kNotGranted = {advise::Outcome::Denied, advise::Because::NotGranted};

/// By the permissions that everybody has, so that no EACCES comes from these. /proc/self is each
/// process's own, and open to it.
bool is_open_to_all(const advise::Sight& sight, const std::string& path) {
  if (path == probe_mark::kOwnFile)
    return true;
  advise::Node node = sight.look(path);
  if (!node.is_there() || node.has_acl || (node.mode & S_IROTH) == 0)
    return false;
  for (std::string at = path; at != "/";) {
    at = advise::parent_of(at);
    advise::Node above = sight.look(at);
    if (!above.is_there() || above.has_acl || (above.mode & S_IXOTH) == 0)
      return false;
  }
  return true;
}

/// What no service has a reason to read comes first, so that the denial is known for what it is:
/// the wrapper's own file, and for policies that grant /usr a file in /proc. Nothing is above "/".
/// What a policy that grants even that denies, such as writing, permissions deny as well.
std::optional<FileAttempt> choose_file(const Confinement& confinement, int abi,
                                       const std::string& wrapper) {
  const FileAttempt candidates[] = {
      {"fs.read_file", wrapper, O_RDONLY},
      {"fs.read_file", probe_mark::kOwnFile, O_RDONLY},
      {"fs.read_dir", "/", O_RDONLY | O_DIRECTORY},
  };
  for (const FileAttempt& candidate : candidates) {
    auto question = advise::named_question(candidate.right);
    if (!question)
      continue;
    question->path = candidate.path;
    if (is_open_to_all(confinement.sight, candidate.path) &&
        advise::why(confinement, *question, abi).verdict == kNotGranted)
      return candidate;
  }
  return std::nullopt;
}

std::optional<PortAttempt> choose_port(const Confinement& confinement, int abi) {
  using probe_mark::kDocumentation;
  const PortAttempt candidates[] = {
      {"net.bind_tcp", SOCK_STREAM, false, kDocumentation, 0},
      {"net.connect_tcp", SOCK_STREAM, true, probe_mark::kMulticast, 0},
      {"net.bind_udp", SOCK_DGRAM, false, kDocumentation, 0},
      {"net.connect_send_udp", SOCK_DGRAM, true, kDocumentation, 0},
  };
  for (PortAttempt candidate : candidates) {
    auto question = advise::named_question(candidate.right);
    // Below, binding may take a capability.
    for (unsigned port = 65535; question && port >= 1024; --port) {
      question->port = candidate.port = static_cast<std::uint16_t>(port);
      advise::Verdict verdict = advise::why(confinement, *question, abi).verdict;
      if (verdict == kNotGranted)
        return candidate;
      if (verdict.because != advise::Because::Granted)
        break; // the same for every port
    }
  }
  return std::nullopt;
}

} // namespace

Attempts choose_attempts(const Confinement& confinement, int abi, const std::string& wrapper) {
  std::uint64_t scope = lower(confinement.policy, abi).handled.scope;
  return {choose_file(confinement, abi, wrapper), choose_port(confinement, abi),
          (scope & landlock::mask_of("scope.signal")) != 0,
          (scope & landlock::mask_of("scope.abstract_unix_socket")) != 0};
}

} // namespace unitlock::probe
