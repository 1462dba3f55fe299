// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/text.hpp"

namespace unitlock::exec {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// Whether `text` begins with `more` continuation bytes behind its first byte.
bool continued(std::string_view text, std::size_t more) {
  for (std::size_t i = 1; i <= more; ++i)
    if ((byte_at(text, i) & 0xc0U) != 0x80U)
      return false;
  return true;
}

/// The length of the printable character that `text` begins with, 0 if it is none: control
/// characters (C0, DEL and C1) and what is not UTF-8 (RFC 3629, table 3-7 of Unicode).
std::size_t printable(std::string_view text) {
  unsigned first = byte_at(text, 0), second = byte_at(text, 1);
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first >= 0xc2 && first <= 0xdf)
    return continued(text, 1) && !(first == 0xc2 && second < 0xa0) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    bool overlong = first == 0xe0 && second < 0xa0;
    bool surrogate = first == 0xed && second >= 0xa0;
    return continued(text, 2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    bool overlong = first == 0xf0 && second < 0x90;
    bool too_large = first == 0xf4 && second >= 0x90;
    return continued(text, 3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
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
      unsigned byte = byte_at(text, 0);
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
