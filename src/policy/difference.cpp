// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/difference.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/grants.hpp"

namespace unitlock {
namespace {

/// One line for each right of a range of ports, so that the order of rules does not matter.
void add_ports(const PortRule& rule, std::vector<PolicyLine>& lines) {
  for (const KeyedWord& said : words_of(rule))
    lines.push_back({fmt::format("{}={}", said.name, said.word), rule.from});
}

std::string families_line(const Policy& policy) {
  std::vector<std::string_view> words;
  for (const FamilyWord& row : kFamilyWords)
    if ((policy.families.value_or(kAllFamilies) & family_bit(row.family)) != 0)
      words.push_back(row.word);
  return fmt::format("Restrict={}", fmt::join(words, " "));
}

std::string scope_line(const Policy& policy) {
  std::vector<std::string_view> words;
  for (const ScopeWord& row : kScopeWords)
    if (!policy.scope || (*policy.scope & row.mask) != 0)
      words.push_back(row.word);
  return fmt::format("Scope={}", fmt::join(words, " "));
}

std::vector<PolicyLine> lines_of(Policy& policy) {
  if (policy.mode == Mode::Off)
    return {{"Mode=off", {}}};
  remove_duplicates(policy);
  std::vector<PolicyLine> lines = {
      {families_line(policy), {}},
      {scope_line(policy), {}},
      {fmt::format("ABI={}", policy.abi), {}},
      {policy.compatibility == Compatibility::Strict ? "Compatibility=strict"
                                                     : "Compatibility=best-effort",
       {}},
      {policy.mode == Mode::Permissive ? "Mode=permissive" : "Mode=enforce", {}},
      {policy.log_denials ? "LogDenials=yes" : "LogDenials=no", {}},
  };
  for (const PathRule& rule : policy.paths) {
    KeyedWord said = word_of(rule);
    lines.push_back({fmt::format("{}={}", said.name, said.word), rule.from});
  }
  for (const PortRule& rule : policy.ports)
    add_ports(rule, lines);
  for (const QuietRule& rule : policy.quiet)
    lines.push_back(
        {fmt::format("QuietPaths={}{}", rule.optional ? "-" : "", rule.path), rule.from});
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
