// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that the unit's declaration says are a matter of course: QuietPaths=right:/path. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "journal/attribution.hpp"
#include "journal/audit_record.hpp"
#include "policy/policy.hpp"

namespace unitlock::journal {

/// Whether all that was missing at the object is expected. Never of what is no path, nor where
/// another right was missing too. The rules' paths are as the kernel names them.
bool is_expected(const std::string& blockers, const Object& object,
                 const std::vector<ExpectedRule>& rules);

/// What a unit expects; a function that is empty: no unit expects anything.
using Expectations = std::function<const std::vector<ExpectedRule>&(const UnitName&)>;

/// The same, of whom the denial is. Of what may be another's nothing is expected: whoever cannot be
/// told from the unit must not hide behind what it declares.
bool is_expected(const std::string& blockers, const Object& object, const Attribution& attribution,
                 const Expectations& expectations);

} // namespace unitlock::journal
