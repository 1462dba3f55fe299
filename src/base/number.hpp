// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers out of text that holds nothing else: no sign but "-", no white space.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace unitlock {

/// False, with any value in `number`, where the text is no number of its type.
template <class Number>
bool parse_number(std::string_view text, Number& number, int base = 10) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

template <class Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
  Number number = 0;
  return parse_number(text, number, base) ? std::optional(number) : std::nullopt;
}

} // namespace unitlock
