// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths of a policy that the wrapper will not find: they do not exist, or the unit's own sandbox
// hides them. A missing path makes the start fail unless it is optional.
//
// Source: unitlock.unit(5), "PATHS"; systemd.exec(5), "Sandboxing".
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "missing-path" and "hidden-path"; "unchecked" for what only the start will tell.
void check_missing_paths(const Subject& subject, Findings& findings);

} // namespace unitlock::check
