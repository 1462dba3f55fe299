// SPDX-License-Identifier: LGPL-2.1-or-later
// What the policy grants on a path, found out as the kernel does: from the path up to the root, all
// rules on each inode. Opens every rule's path again, so it is for the rare cases only.
#pragma once

#include <cstdint>
#include <string_view>

#include "exec/plan.hpp"

namespace unitlock::exec {

/// False where it cannot be told. `path` is absolute and without symbolic links but "/proc/self".
bool granted_along(std::string_view path, const Plan& plan, OptionReader options,
                   std::uint64_t& granted);

} // namespace unitlock::exec
