// SPDX-License-Identifier: LGPL-2.1-or-later
// Grants by which a service could get out of its confinement, or make others do its work: writing
// what is executed, writing what others obey, talking to whoever does anything for the asking.
//
// Source: unitlock.unit(5); SECURITY.md.
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "writable-program", "powerful-grant", "broad-grant", "wrong-kind".
void check_power(const Subject& subject, Findings& findings);

} // namespace unitlock::check
