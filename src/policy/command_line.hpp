// SPDX-License-Identifier: LGPL-2.1-or-later
// A policy as the wrapper's options, and back. The policy travels in the command line, so that
// `systemctl cat` shows it and unit and policy can never be out of step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"

namespace unitlock {

/// The options that carry `policy`, one a word, not quoted for any file; "--unit=" and "--program="
/// are the caller's. Order: settings, then rules in the policy's order. parse_options() gives the
/// same policy back, but for provenance and what is not the wrapper's business (Mode=off,
/// commands).
std::vector<std::string> render_options(const Policy& policy);

/// What the wrapper would understand. Errors: the first option that it would refuse.
struct WrapperOptions {
  Policy policy;
  std::string unit;
  std::string program;
  bool avoid_sockets = false;
  std::vector<std::string> refusals; ///< not empty: an invalid declaration's injected command
};
Result<WrapperOptions> parse_options(const std::vector<std::string>& options);

/// The hash that the wrapper puts into its start record for these options: over those that make the
/// policy (is_policy()), in their order.
std::string policy_hash(const std::vector<std::string>& options);

} // namespace unitlock
