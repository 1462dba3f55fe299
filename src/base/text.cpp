// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.hpp"

#include <string>

namespace unitlock {

std::string_view strip(std::string_view text) {
  std::size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kWhitespace) - first + 1);
}

namespace {

/// The length of the UTF-8 sequence at the front, 0 where there is no well-formed one. The table of
/// well-formed sequences is that of the Unicode standard, section 3.9.
std::size_t utf8_sequence(std::string_view text) {
  auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  unsigned lead = byte(0);
  if (lead == 0)
    return 0;
  if (lead < 0x80)
    return 1;
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4)
    return 0;
  unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high)
    return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf)
      return 0;
  return length;
}

} // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    std::size_t length = utf8_sequence(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string lower;
  for (char c : text)
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const char* yes : {"1", "yes", "y", "true", "t", "on"})
    if (lower == yes)
      return true;
  for (const char* no : {"0", "no", "n", "false", "f", "off"})
    if (lower == no)
      return false;
  return std::nullopt;
}

} // namespace unitlock
