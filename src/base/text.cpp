// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"

#include "base/utf8.hpp"

namespace unitlock {

std::string lower_case(std::string_view text) {
  std::string lower;
  for (char c : text)
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string_view strip(std::string_view text) {
  std::size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kWhitespace) - first + 1);
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    Utf8Character character = decode_utf8(text);
    if (character.length == 0 || character.code == 0)
      return false;
    text.remove_prefix(character.length);
  }
  return true;
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string lower = lower_case(text);
  for (const char* yes : {"1", "yes", "y", "true", "t", "on"})
    if (lower == yes)
      return true;
  for (const char* no : {"0", "no", "n", "false", "f", "off"})
    if (lower == no)
      return false;
  return std::nullopt;
}

} // namespace unitlock
