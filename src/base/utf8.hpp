// SPDX-License-Identifier: LGPL-2.1-or-later
// UTF-8, one character at a time. Constexpr and without heap, because the wrapper uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitlock {

struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t length = 0; ///< in bytes; 0: `text` does not begin with well-formed UTF-8
};

/// The character that `text`, which is not empty, begins with. Unicode scalar values only: no
/// surrogates, nothing over-long (RFC 3629).
constexpr Utf8Character decode_utf8(std::string_view text) {
  auto byte = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[i]));
  };
  unsigned first = byte(0);
  if (first < 0x80)
    return {first, 1};
  std::size_t length = first >= 0xf5 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || length == 0 || text.size() < length)
    return {};
  std::uint32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kShortest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    return {};
  return {code, length};
}

} // namespace unitlock
