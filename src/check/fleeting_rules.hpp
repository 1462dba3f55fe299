// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules that are lost while the service runs, or that do not mean what they say: a rule is on the
// file that the wrapper opened, and neither on its name nor on what takes its place.
//
// Source: docs/facts.md, "Landlock".
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "replaced-file", "proc-file", "own-process".
void check_fleeting_rules(const Subject& subject, Findings& findings);

} // namespace unitlock::check
