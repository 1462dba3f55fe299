// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/capabilities.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "unit/words.hpp"

namespace unitlock {

bool is_in_bounding_set(const Unit& unit, std::string_view capability) {
  bool is_in = true;
  bool is_all = true; // what comes first decides what the list means, as after "~" alone
  for (const Assignment& assignment : unit.assignments) {
    if (assignment.section != "Service" || assignment.key != "CapabilityBoundingSet")
      continue;
    std::string_view value = strip(assignment.value);
    bool is_inverted = value.starts_with('~');
    auto words = split_words(value.substr(is_inverted ? 1 : 0));
    if (!words)
      continue;
    bool is_named = std::find(words->begin(), words->end(), capability) != words->end();
    if (words->empty() || is_all)
      is_in = is_named != is_inverted;
    else if (is_named)
      is_in = !is_inverted;
    is_all = words->empty() && is_inverted;
  }
  return is_in;
}

} // namespace unitlock
