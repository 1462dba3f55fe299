// SPDX-License-Identifier: LGPL-2.1-or-later
// A policy as the lines of a declaration that would say the same.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace unitlock {

struct PolicyLine {
  std::string text; ///< "ReadOnlyPaths=-/srv", "ABI=7"
  Provenance from;  ///< of a rule; empty for a setting

  bool operator==(const PolicyLine&) const = default;
};

/// All settings, those too that say what would be meant anyway. Mode=off is the only one where it
/// is meant.
std::vector<PolicyLine> setting_lines(const Policy& policy);
/// One for each rule, and for each right of a rule on ports, in the policy's order.
std::vector<PolicyLine> rule_lines(const Policy& policy);

} // namespace unitlock
