// SPDX-License-Identifier: LGPL-2.1-or-later
// What a word that nobody knows was probably meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace unitlock {

/// How many characters have to be added, removed, replaced or swapped with the next one
/// (Levenshtein, and Damerau's transposition).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean X?", to be put behind an error: the one of `known` that is nearest to `word` but
/// for upper and lower case. Empty where none is near, or two are equally near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

} // namespace unitlock
