// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that the declaration expects (QuietPaths=right:/path) and that no record can look like:
// whoever wrote them goes on being told.
//
// Source: unitlock.unit(5), QuietPaths=; security/landlock/audit.c: a record names the file itself,
// and for what is made, removed or moved its directory.
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "without-effect".
void check_expectations(const Subject& subject, Findings& findings);

} // namespace unitlock::check
