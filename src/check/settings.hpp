// SPDX-License-Identifier: LGPL-2.1-or-later
// Services that do what Landlock cannot allow, told by their settings and programs: before they
// break.
//
// Source: landlock(7), "BUGS" and "Current limitations"; systemd.exec(5), systemd.service(5).
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "mounts", "starts-sessions", "signals-others", "no-new-privileges", "pid-file", "bus-socket".
void check_settings(const Subject& subject, Findings& findings);

} // namespace unitlock::check
