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
  /// Scopes that the configuration restricts: no rule can lift one, a unit has to say Scope=.
  std::uint64_t scope = 0;
};

/// Relative paths, ".." and control characters are among the losses. Everything is optional, as a
/// missing path is skipped there.
Imported to_policy(const Configuration& configuration);

struct Exported {
  Configuration configuration;
  Diagnostics losses; ///< Warnings
};

/// `unit`: whose specifiers are meant; what depends on the machine or the user is among the losses.
/// Whoever applies the configuration restricts no more than the policy does, and less where the
/// losses say so.
Exported from_policy(const Policy& policy, std::string_view unit, RuntimeScope scope);

} // namespace unitlock::landlockconfig
