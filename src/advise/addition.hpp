// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock suggest --write` adds to an administrator's drop-in, and how it is taken back.
// What was there stays byte for byte: the addition is a block at the end, which begins with a line
// that holds a checksum of the rest. So nothing else has to be kept to undo it, and a block that
// somebody has changed, or written behind, is recognized and left alone.
#pragma once

#include <string>
#include <vector>

#include "advise/grant.hpp"
#include "declare/declaration_index.hpp"

namespace unitlock::advise {

struct ChosenLine {
  std::string line; ///< of line_of()
  Grant grant;
  std::vector<std::string> comments; ///< harmless text, without "#"
};

/// The text with the lines added; `text` may be empty.
std::string with_addition(const std::string& text, const std::vector<ChosenLine>& lines);

/// The text as it was before the last addition. Errors: there is none, or it was changed since.
Result<std::string> without_last_addition(const std::string& text);

/// Whether `after` declares what `before` does and these grants, and nothing else is in it: no
/// other line, no other section, no other policy. Errors say what is not as it was meant.
Result<void> adds_only(const DeclaredUnit& before, const DeclaredUnit& after,
                       const std::vector<ChosenLine>& lines);

/// The unified diff of two texts, the second of which begins with the first. `path` is for its
/// head.
std::string appended_diff(const std::string& path, const std::string& before,
                          const std::string& after);

} // namespace unitlock::advise
