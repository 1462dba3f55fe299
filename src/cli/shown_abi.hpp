// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel that a policy is judged for.
#pragma once

#include <string_view>

#include "cli/context.hpp"
#include "policy/policy.hpp"

namespace unitlock::cli {

struct ShownAbi {
  int abi = 0;
  std::string_view whose; ///< "this kernel", "--abi="; empty: the one that is asked for
};

/// The kernel that somebody who asks has in mind: the one that --abi= names (`asked`, -1 for none),
/// else the running one, unless another root is looked at or the kernel does not say.
ShownAbi shown_abi(const Context& context, int asked, const Policy& policy);

} // namespace unitlock::cli
