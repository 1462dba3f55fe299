// SPDX-License-Identifier: LGPL-2.1-or-later
// Suggestions for people, as a drop-in that could be written, and for programs.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "advise/addition.hpp"
#include "advise/suggestion.hpp"

namespace unitlock::cli {

/// The lines of ordinary suggestions with their evidence as comments, and everything else as
/// comments too: the text may be put into a drop-in as it is.
void print_advice(std::FILE* stream, const std::string& unit, const advise::Advice& advice);
/// One object a line.
void print_advice_json(const std::string& unit, const advise::Advice& advice);

/// What a suggestion rests on, a line each, harmless for a terminal and for a comment.
std::vector<std::string> evidence_lines(const advise::Suggestion& suggestion);
/// A suggestion's line (or its wider one, or QuietPaths=) with its evidence.
advise::ChosenLine chosen(const advise::Suggestion& suggestion);
advise::ChosenLine chosen_wider(const advise::Suggestion& suggestion);
advise::ChosenLine chosen_quiet(const advise::Suggestion& suggestion);

} // namespace unitlock::cli
