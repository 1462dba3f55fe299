// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/shown_abi.hpp"

#include <cerrno>

#include "landlock/syscalls.hpp"

namespace unitlock::cli {

ShownAbi shown_abi(const Context& context, int asked, const Policy& policy) {
  if (asked >= 0)
    return {asked, "--abi="};
  if (context.root.empty()) {
    long abi = landlock::kernel_abi();
    if (abi >= 0)
      return {static_cast<int>(abi), "this kernel"};
    if (errno == ENOSYS || errno == EOPNOTSUPP)
      return {0, "this kernel"};
  }
  return {policy.abi, ""};
}

} // namespace unitlock::cli
