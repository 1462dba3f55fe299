// SPDX-License-Identifier: LGPL-2.1-or-later
// What Landlock does not restrict, and which of systemd's own settings would.
//
// Source: landlock(7), "Current limitations"; systemd.exec(5), systemd.resource-control(5).
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// One note at most: all of it is true of nearly every service.
void check_beyond(const Subject& subject, Findings& findings);

} // namespace unitlock::check
