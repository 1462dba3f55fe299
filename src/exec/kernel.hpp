// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel says of its Landlock, and whether it is the kernel that says it: a system call
// filter can answer in its place.
#pragma once

#include "exec/record.hpp"
#include "exec/report.hpp"

namespace unitlock::exec {

/// Fills in the ABI and the errata, or why there is no Landlock. Does not return where the answer
/// is none that means that.
///
/// ENOSYS and EOPNOTSUPP are the only two answers that mean "no Landlock here"
/// (landlock_create_ruleset(2)). They are believed only if the two other system calls give the same
/// one, and the kernel's list of security modules, where it can be read, does not name Landlock.
void ask_kernel(Outcome& outcome, Reporter& reporter);

} // namespace unitlock::exec
