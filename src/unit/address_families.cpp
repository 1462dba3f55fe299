// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/address_families.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

/// systemd takes names in any case.
std::string upper(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return word;
}

} // namespace

AddressFamilies::AddressFamilies(const Unit& unit) {
  bool none = false;
  for (const Assignment* assignment : unit.list("Service", "RestrictAddressFamilies")) {
    std::string_view value = strip(assignment->value);
    bool inverted = value.starts_with('~');
    bool is_first = !last_ || none;
    last_ = assignment;
    none = value == "none"; // as a word among others, or behind "~", it is no family
    if (none) {
      is_allow_list_ = true;
      named_.clear();
      continue;
    }
    if (is_first)
      is_allow_list_ = !inverted;
    auto words = split_words(value.substr(inverted ? 1 : 0));
    if (!words)
      continue;
    for (const std::string& word : *words)
      if (inverted != is_allow_list_)
        named_.insert(upper(word));
      else
        named_.erase(upper(word));
  }
}

const Assignment* AddressFamilies::forbids(std::initializer_list<std::string_view> families) const {
  bool leaves_one = std::any_of(families.begin(), families.end(), [&](std::string_view family) {
    return named_.contains(family) == is_allow_list_;
  });
  return last_ && !leaves_one ? last_ : nullptr;
}

} // namespace unitlock
