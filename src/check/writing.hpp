// SPDX-License-Identifier: LGPL-2.1-or-later
// What was written where it means nothing: a section whose name is misspelt, a directive of ours in
// a section of systemd's. systemd and the generator would pass over both.
#pragma once

#include <string_view>

#include "check/finding.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::check {

/// Whether a line of a unit file's text is the header of a section whose name is nearly ours.
bool has_misspelt_section(std::string_view text);
bool has_misspelt_section(const Unit& unit);

/// "section-name", "misplaced-directive".
void check_writing(const Unit& unit, Findings& findings);

} // namespace unitlock::check
