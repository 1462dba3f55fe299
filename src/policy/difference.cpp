// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/difference.hpp"

#include <algorithm>

namespace unitlock {
namespace {

std::vector<PolicyLine> lines_of(Policy& policy) {
  remove_duplicates(policy);
  std::vector<PolicyLine> lines = setting_lines(policy);
  if (policy.mode != Mode::Off)
    for (PolicyLine& line : rule_lines(policy))
      lines.push_back(std::move(line));
  return lines;
}

std::vector<PolicyLine> without(const std::vector<PolicyLine>& lines,
                                const std::vector<PolicyLine>& others) {
  std::vector<PolicyLine> left;
  for (const PolicyLine& line : lines)
    if (std::none_of(others.begin(), others.end(),
                     [&](const PolicyLine& other) { return other.text == line.text; }))
      left.push_back(line);
  return left;
}

} // namespace

PolicyDifference difference(Policy first, Policy second) {
  const auto first_lines = lines_of(first);
  const auto second_lines = lines_of(second);
  return {without(first_lines, second_lines), without(second_lines, first_lines)};
}

} // namespace unitlock
