// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/specifier.hpp"

namespace unitlock {

std::optional<std::string> unknown_specifier(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 2))
    if (i + 1 >= text.size() || kSpecifiers.find(text[i + 1]) == std::string_view::npos)
      return std::string(text.substr(i, 2));
  return std::nullopt;
}

bool begins_with_directory_specifier(std::string_view text) {
  return text.size() >= 2 && text[0] == '%' &&
         kDirectorySpecifiers.find(text[1]) != std::string_view::npos;
}

bool has_specifier(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 2))
    if (i + 1 < text.size() && text[i + 1] != '%')
      return true;
  return false;
}

} // namespace unitlock
