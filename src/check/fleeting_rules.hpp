// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules that are lost while the service runs, or that do not mean what they say: a rule is on the
// file that the wrapper opened, and neither on its name nor on what takes its place.
//
// Source: docs/facts.md, "Landlock".
#pragma once

#include <cstdint>
#include <string_view>

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "replaced-file", "proc-file", "own-process".
void check_fleeting_rules(const Subject& subject, Findings& findings);

/// Whether a rule on this file, for these rights, is one that is lost when programs, editors or
/// packages replace the file by rename.
bool is_lost_when_replaced(std::string_view real, std::uint64_t access);

} // namespace unitlock::check
