// SPDX-License-Identifier: LGPL-2.1-or-later
// Words of a setting's value: white space, quotes and C escapes as systemd reads and writes them.
//
// Source: systemd's src/basic/extract-word.c and escape.c; systemd.syntax(7), "Quoting".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace unitlock {

/// Cuts the first word off `rest`: its text as written, quotes and escapes included. White space in
/// front of it and behind it is removed too. Empty where nothing is left. Errors: a quote that is
/// not closed.
Result<std::string_view> next_raw_word(std::string_view& rest);

/// Removes quotes and resolves C escapes. An escape that is none stays as it is, as systemd keeps
/// it with a warning.
std::string unquote_word(std::string_view raw);

/// All words, unquoted.
Result<std::vector<std::string>> split_words(std::string_view value);

/// Writes a word so that systemd reads it back to the same text: quoted where it must be.
/// Specifiers (%) and variables ($) are not touched.
std::string quote_word(std::string_view word);

/// A field of "a:b:c", from 0 on; empty where there are not so many.
std::string colon_field(std::string_view word, std::size_t number);

/// The path behind "-" and "+", which may stand in front of it in this order.
std::string without_path_marks(std::string_view word);

/// "%" → "%%" and "$" → "$$".
std::string escape_specifiers(std::string_view text);
std::string escape_variables(std::string_view text);

} // namespace unitlock
