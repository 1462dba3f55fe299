// SPDX-License-Identifier: LGPL-2.1-or-later
// Becoming the service, and if that fails, why: the policy may deny the program, its interpreter or
// its loader, and the error is the same for all three.
#pragma once

#include "exec/plan.hpp"
#include "exec/report.hpp"

namespace unitlock::exec {

/// Does not return.
[[noreturn]] void become(const CommandLine& line, const Settings& settings, const Plan& plan,
                         char* const* environment, Reporter& reporter);

} // namespace unitlock::exec
