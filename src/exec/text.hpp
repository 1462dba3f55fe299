// SPDX-License-Identifier: LGPL-2.1-or-later
// Text in a buffer of fixed size. What does not fit is cut and ends in "..."; control characters
// and invalid UTF-8 are escaped, so that no path or unit name can forge a line or a journal field.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitlock::exec {

class Text {
public:
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  /// Escapes with \xNN what is not printable.
  Text& add(std::string_view text);
  Text& add_number(std::uint64_t number);
  /// Lower case, at least `digits` digits.
  Text& add_hex(std::uint64_t number, unsigned digits);
  /// As it is: only for constants.
  Text& add_raw(std::string_view text);
  void replace(char from, char to);

  std::string_view view() const { return {data_, size_}; }
  bool cut() const { return cut_; }
  /// Back to an earlier size.
  void shrink(std::size_t size);

protected:
  Text(char* data, std::size_t capacity) : data_(data), capacity_(capacity) {}

private:
  char* data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  bool cut_ = false;
};

namespace detail {
template <std::size_t Capacity>
struct Storage {
  std::array<char, Capacity> bytes;
};
} // namespace detail

template <std::size_t Capacity>
class FixedText : private detail::Storage<Capacity>, public Text {
public:
  FixedText() : Text(this->bytes.data(), Capacity) {}
};

} // namespace unitlock::exec
