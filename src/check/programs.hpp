// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs that would not start: they are missing, or the policy itself keeps the kernel from
// executing them or the loader from finding their libraries.
//
// Source: execve(2); security/landlock/fs.c (executing is opening for reading and executing);
// ld.so(8).
#pragma once

#include "check/finding.hpp"
#include "check/subject.hpp"

namespace unitlock::check {

/// "missing-program", "program-not-granted", "unreadable-libraries", "starts-others"; "unchecked"
/// for programs that only the start will tell.
void check_programs(const Subject& subject, Findings& findings);

/// Whether a program of the unit is not in this root.
bool lacks_program(const Root& root, const Unit& unit, const Declaration& declaration,
                   RuntimeScope scope);

} // namespace unitlock::check
