// SPDX-License-Identifier: LGPL-2.1-or-later
// What a running service was started with, beside what is declared for it now.
#pragma once

#include "cli/context.hpp"
#include "machine/survey.hpp"
#include "policy/policy.hpp"

namespace unitlock::cli {

/// What the wrapper was told when it started the service; Mode=off where it runs unconfined. Paths
/// are expanded. Errors: nothing runs, or what runs has left no word of it.
Result<Policy> running_policy(const machine::ServiceReport& report);

/// What is declared, with the paths as they will be when the service starts, as far as that can be
/// told, and without what only concerns lists of denials; Mode=off where nothing is to be confined.
/// Errors: there is no valid declaration.
Result<Policy> declared_policy(const Context& context, const machine::ServiceReport& report);

} // namespace unitlock::cli
