// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel and journald say of a start of nginx.service and of what it is denied.
#pragma once

#include <string>

#include <fmt/format.h>

namespace unitlock::journal {

inline constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";
inline const std::string kInvocation = "7e58517c73c146de9821f757842a734d";
inline const std::string kTag = "ul-7e58517c73c1";

/// The body of a 1423 record.
inline std::string read_denied(const std::string& domain, const std::string& path) {
  return fmt::format("domain={} blockers=fs.read_file path=\"{}\" dev=\"sda\" ino=2", domain, path);
}
/// Of the 1424 record of a new domain.
inline std::string allocated(const std::string& domain, int pid, const std::string& tag = kTag,
                             const std::string& exe = kWrapper) {
  return fmt::format(
      "domain={} status=allocated mode=enforcing pid={} uid=0 exe=\"{}\" comm=\"{}\"", domain, pid,
      exe, tag);
}
/// Of the 1300 record of a denial.
inline constexpr const char* kByNginx = "pid=101 comm=\"nginx\" exe=\"/usr/sbin/nginx\"";

} // namespace unitlock::journal
