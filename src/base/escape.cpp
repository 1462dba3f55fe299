// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/escape.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace unitlock {
namespace {

/// Characters that are not seen, look like a space or turn the text around: categories Cc, Cf, Zl,
/// Zp, Co and Zs but for U+0020, and the noncharacters at the end of the first plane.
bool is_unfit(std::uint32_t code) {
  struct Range {
    std::uint32_t first, last;
  };
  static constexpr Range kUnfit[] = {
      {0x00, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},       {0x034f, 0x034f},
      {0x0600, 0x0605},   {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},
      {0x0890, 0x0891},   {0x08e2, 0x08e2},   {0x115f, 0x1160},   {0x1680, 0x1680},
      {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f},
      {0x205f, 0x206f},   {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},
      {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
      {0xffa0, 0xffa0},   {0xfff0, 0xfffc},   {0xfffe, 0xffff},   {0x110bd, 0x110bd},
      {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
      {0xe0000, 0x10ffff}};
  for (const Range& range : kUnfit)
    if (code >= range.first && code <= range.last)
      return true;
  return false;
}

void append_escaped(std::string& out, std::uint32_t code) {
  switch (code) {
  case '\n':
    out += "\\n";
    break;
  case '\t':
    out += "\\t";
    break;
  case '\r':
    out += "\\r";
    break;
  default:
    if (code < 0x80)
      out += fmt::format("\\x{:02x}", code);
    else if (code <= 0xffff)
      out += fmt::format("\\u{:04x}", code);
    else
      out += fmt::format("\\U{:08x}", code);
  }
}

} // namespace

std::string escape(std::string_view text, Backslash backslash) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Utf8Character character = decode_utf8(text);
    if (character.length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (character.code == '\\' && backslash == Backslash::Double)
      out += "\\\\";
    else if (is_unfit(character.code))
      append_escaped(out, character.code);
    else
      out += text.substr(0, character.length);
    text.remove_prefix(character.length);
  }
  return out;
}

} // namespace unitlock
