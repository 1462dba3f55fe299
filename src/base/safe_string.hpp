// SPDX-License-Identifier: LGPL-2.1-or-later
// systemd's string_is_safe(): what the path of a program and the header of a section may be. The
// wrapper asks too, so nothing here needs the heap.
#pragma once

#include <string_view>

namespace unitlock {

/// Whether the text holds no quote, no backslash and no control character.
constexpr bool is_safe_string(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == '\\')
      return false;
  return true;
}

} // namespace unitlock
