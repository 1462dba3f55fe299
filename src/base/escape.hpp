// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes foreign bytes fit to be shown. Paths, thread names and journal fields come from whoever
// was denied; printed as they are, they could move the cursor, forge lines or hide characters.
#pragma once

#include <string>
#include <string_view>

namespace unitlock {

enum class Backslash {
  Double, ///< nothing is lost: two different inputs never look the same
  Keep,   ///< for text that unitlock itself composed
};

/// Control characters, invalid UTF-8, bidirectional overrides, invisible characters and spaces
/// other than U+0020 become "\n", "\t", "\x1b", "\u202e", "\U000e0001"; the rest stays as it is. A
/// byte that is not part of valid UTF-8 becomes "\xff"; U+0080 to U+009F become "\u0085".
std::string escape(std::string_view text, Backslash backslash = Backslash::Double);

} // namespace unitlock
