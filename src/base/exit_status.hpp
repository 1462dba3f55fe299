// SPDX-License-Identifier: LGPL-2.1-or-later
// The wrapper's exit statuses: distinct, so that `systemctl status` alone tells what went wrong.
// From sysexits.h where one fits; 203 is what systemd itself uses for a failed execve(2).
#pragma once

#include <initializer_list>

namespace unitlock::exit_status {

inline constexpr int kUsage = 64;       ///< the wrapper's own arguments are wrong
inline constexpr int kNoPath = 66;      ///< a path of the policy cannot be opened
inline constexpr int kUnavailable = 69; ///< Compatibility=strict and not all can be enforced
inline constexpr int kNotProven = 70;   ///< an access that must be denied was not
inline constexpr int kKernel = 71;      ///< the kernel refused to build or enforce the ruleset
inline constexpr int kConfig = 78;      ///< the unit's declaration is invalid
inline constexpr int kExec = 203;       ///< the program cannot be executed

/// Whether the wrapper may have ended with this status; a service may, too.
constexpr bool is_wrappers(int status) {
  for (int own : {kUsage, kNoPath, kUnavailable, kNotProven, kKernel, kConfig, kExec})
    if (status == own)
      return true;
  return false;
}

} // namespace unitlock::exit_status
