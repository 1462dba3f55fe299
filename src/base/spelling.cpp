// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/spelling.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace unitlock {
namespace {

/// Beyond, nobody has mistyped a name, and comparing would take long.
constexpr std::size_t kLongestWord = 64;

/// How far a word may be from what was meant: of a short one too little would be left.
std::size_t allowed_distance(std::string_view word) {
  return word.size() < 2 ? 0 : word.size() < 6 ? 1 : 2;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Of each beginning of `b` to the beginning of `a` that is one and two characters shorter.
  std::vector<std::size_t> before_last, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replaced = last[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > kLongestWord)
    return "";
  std::string lower = lower_case(word);
  const std::string* nearest = nullptr;
  std::size_t least = allowed_distance(word) + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestWord)
      continue;
    std::size_t distance = edit_distance(lower, lower_case(candidate));
    if (distance < least)
      nearest = &candidate;
    else if (distance == least)
      nearest = nullptr; // either could be meant
    least = std::min(least, distance);
  }
  return nearest ? fmt::format("; did you mean {}?", *nearest) : "";
}

} // namespace unitlock
