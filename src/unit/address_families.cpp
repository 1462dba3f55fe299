// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/address_families.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "unit/words.hpp"

namespace unitlock {

AddressFamilies::AddressFamilies(const Unit& unit) {
  for (const Assignment* assignment : unit.list("Service", "RestrictAddressFamilies")) {
    std::string_view value = strip(assignment->value);
    bool inverted = value.starts_with('~');
    if (!last_)
      is_allow_list_ = !inverted;
    last_ = assignment;
    auto words = split_words(value.substr(inverted ? 1 : 0));
    if (!words)
      continue;
    for (const std::string& word : *words)
      if (word == "none")
        is_allow_list_ = true;
      else if (inverted != is_allow_list_)
        named_.insert(word);
      else
        named_.erase(word);
  }
}

const Assignment* AddressFamilies::forbids(std::initializer_list<std::string_view> families) const {
  bool leaves_one = std::any_of(families.begin(), families.end(), [&](std::string_view family) {
    return named_.contains(family) == is_allow_list_;
  });
  return last_ && !leaves_one ? last_ : nullptr;
}

} // namespace unitlock
