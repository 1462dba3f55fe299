// SPDX-License-Identifier: LGPL-2.1-or-later
// A configuration of landlockconfig as a policy of ours, and back. Each says what the other side
// cannot.
#pragma once

#include "base/manager_environment.hpp"
#include "landlockconfig/configuration.hpp"
#include "policy/policy.hpp"

namespace unitlock::landlockconfig {

struct Imported {
  /// To be composed (neutral_policy() and its rules). What the configuration leaves unhandled is
  /// granted everywhere, because a unit that says nothing of a right restricts it: so the policy
  /// denies what the configuration denies, and nothing else.
  Policy policy;
  /// What could not be taken over, each a Warning with the place of what is meant.
  Diagnostics losses;
  /// What the configuration handles: no rule can lift the restriction of a family, of a scope or of
  /// mounting; a unit has to say it.
  landlock::AccessSet handled;
};

/// Relative paths, ".." and control characters are among the losses. Everything is optional, as a
/// missing path is skipped there.
Imported to_policy(const Configuration& configuration);

struct Exported {
  Configuration configuration;
  Diagnostics losses; ///< Warnings
};

/// `unit`: whose specifiers are meant; what depends on the machine or the user is among the losses.
/// But for the losses, whoever applies the configuration restricts what the policy does: less where
/// a right has no word there, more where a path cannot be expanded.
Exported from_policy(const Policy& policy, std::string_view unit, RuntimeScope scope);

} // namespace unitlock::landlockconfig
