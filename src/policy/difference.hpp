// SPDX-License-Identifier: LGPL-2.1-or-later
// What one policy says that another does not, as lines of a declaration.
#pragma once

#include <vector>

#include "policy/lines.hpp"

namespace unitlock {

struct PolicyDifference {
  std::vector<PolicyLine> only_in_first;
  std::vector<PolicyLine> only_in_second;

  bool empty() const { return only_in_first.empty() && only_in_second.empty(); }
};

/// Compares what the two mean: rules on one path or port are united before, and their order does
/// not matter. Of Mode=off that is all there is to say. Paths are compared as they are written.
/// Which commands are wrapped has no part in it.
PolicyDifference difference(Policy first, Policy second);

} // namespace unitlock
