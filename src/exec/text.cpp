// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/text.hpp"

#include "base/utf8.hpp"

namespace unitlock::exec {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// The length of the printable character that `text` begins with. 0 for control characters (C0, DEL
/// and C1) and for what is not UTF-8.
std::size_t printable(std::string_view text) {
  Utf8Character character = decode_utf8(text);
  bool control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
  return control ? 0 : character.length;
}

} // namespace

Text& Text::add_raw(std::string_view text) {
  constexpr std::string_view kCut = "...";
  if (cut_)
    return *this;
  // Room for the dots is always kept, so that they overwrite nothing.
  if (text.size() > capacity_ - kCut.size() - size_) {
    cut_ = true;
    text = kCut;
  }
  for (char c : text)
    data_[size_++] = c;
  return *this;
}

Text& Text::add(std::string_view text) {
  while (!text.empty() && !cut_) {
    std::size_t length = printable(text);
    if (length == 0) {
      auto byte = static_cast<unsigned char>(text[0]);
      const char escape[] = {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      add_raw({escape, sizeof escape});
      length = 1;
    } else {
      add_raw({text.data(), length});
    }
    text.remove_prefix(length);
  }
  return *this;
}

Text& Text::add_number(std::uint64_t number) {
  char digits[20];
  std::size_t first = sizeof digits;
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return add_raw({digits + first, sizeof digits - first});
}

Text& Text::add_hex(std::uint64_t number, unsigned digits) {
  char text[16];
  std::size_t first = sizeof text;
  while (first > 0 && (number != 0 || sizeof text - first < digits)) {
    text[--first] = kDigits[number & 15];
    number >>= 4;
  }
  return add_raw({text + first, sizeof text - first});
}

void Text::replace(char from, char to) {
  for (std::size_t i = 0; i < size_; ++i)
    if (data_[i] == from)
      data_[i] = to;
}

void Text::shrink(std::size_t size) {
  if (size >= size_)
    return;
  size_ = size;
  cut_ = false;
}

} // namespace unitlock::exec
