// SPDX-License-Identifier: LGPL-2.1-or-later
// The plan as a ruleset of the kernel. One ruleset for all families: a network-only layer beside a
// file system layer would deny renames across directories that the latter grants.
#pragma once

#include <cstdint>

#include "exec/plan.hpp"
#include "exec/report.hpp"

namespace unitlock::exec {

struct Ruleset {
  int fd = -1; ///< closed by execve(2)
  unsigned long rules = 0;
  unsigned long skipped = 0; ///< optional paths that are missing
};

/// Does not return where anything fails.
Ruleset build_ruleset(const Plan& plan, OptionReader options, Reporter& reporter);

} // namespace unitlock::exec
