// SPDX-License-Identifier: LGPL-2.1-or-later
// Symbolic links that lie in a granted directory and lead out of everything that is granted: what
// counts is the file that a link leads to.
//
// Source: docs/facts.md, "Landlock".
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "linked-outside". Looks at the first levels of the directories of the unit's own rules; says so
/// where it does not look at all of them.
void check_links(const Subject& subject, Findings& findings);

} // namespace unitlock::check
