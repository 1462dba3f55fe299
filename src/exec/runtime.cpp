// SPDX-License-Identifier: LGPL-2.1-or-later
// The one function of the C++ runtime that <string_view> refers to where it checks a position. The
// wrapper links no C++ runtime; without exceptions there is nothing to do but to stop, and a
// stopped wrapper starts no service.
#include <string_view>

namespace std {

void __throw_out_of_range_fmt(const char*, ...) {
  __builtin_trap();
}

} // namespace std
