// SPDX-License-Identifier: LGPL-2.1-or-later
// What was written where it means nothing: a section whose name is misspelt, a directive of ours in
// a section of systemd's. systemd and the generator would pass over both.
#pragma once

#include "check/finding.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::check {

/// "section-name", "misplaced-directive".
void check_writing(const Unit& unit, Findings& findings);

} // namespace unitlock::check
