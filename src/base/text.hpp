// SPDX-License-Identifier: LGPL-2.1-or-later
// Text as systemd sees it: white space, UTF-8, booleans.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace unitlock {

/// systemd's WHITESPACE.
inline constexpr std::string_view kWhitespace = " \t\n\r";

/// ASCII letters in lower case, everything else as it is.
std::string lower_case(std::string_view text);

/// Without the white space at both ends.
std::string_view strip(std::string_view text);

/// Well-formed UTF-8 of Unicode scalar values (no surrogates, nothing over-long), without NUL.
bool is_valid_utf8(std::string_view text);

/// "1 yes y true t on" and "0 no n false f off", in any case (systemd's parse_boolean); nullopt for
/// anything else.
std::optional<bool> parse_boolean(std::string_view text);

} // namespace unitlock
