// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules of the declaration's own that say less than they seem to: another one grants the same
// already, they were meant to take something away, or they are about what is not restricted.
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "redundant-grant", "takes-nothing-away", "without-effect".
void check_overlaps(const Subject& subject, Findings& findings);

} // namespace unitlock::check
