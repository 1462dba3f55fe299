// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/expected_denial.hpp"

#include <algorithm>

namespace unitlock::journal {

bool is_expected(const std::string& blockers, const Object& object,
                 const std::vector<ExpectedRule>& rules) {
  if (object.kind != Object::Kind::Path)
    return false;
  std::uint64_t expected = 0;
  for (const ExpectedRule& rule : rules)
    if (rule.path == object.path)
      expected |= rule.access;
  const std::vector<Blocker> missing = split_blockers(blockers);
  return !missing.empty() &&
         std::all_of(missing.begin(), missing.end(), [&](const Blocker& blocker) {
           return blocker.right && blocker.right->family == landlock::Family::Filesystem &&
                  (blocker.right->mask() & expected) != 0;
         });
}

bool is_expected(const std::string& blockers, const Object& object, const Attribution& attribution,
                 const Expectations& expectations) {
  return expectations && is_believed(attribution.certainty) &&
         is_expected(blockers, object, expectations(attribution.unit));
}

} // namespace unitlock::journal
