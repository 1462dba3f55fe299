// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/grants.hpp"

namespace unitlock {
namespace {

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

} // namespace

std::vector<PolicyLine> setting_lines(const Policy& policy) {
  if (policy.mode == Mode::Off)
    return {{"Mode=off", {}}};
  return {
      {families_line(policy), {}},
      {scope_line(policy), {}},
      {fmt::format("ABI={}", policy.abi), {}},
      {policy.compatibility == Compatibility::Strict ? "Compatibility=strict"
                                                     : "Compatibility=best-effort",
       {}},
      {policy.mode == Mode::Permissive ? "Mode=permissive" : "Mode=enforce", {}},
      {policy.log_denials ? "LogDenials=yes" : "LogDenials=no", {}},
  };
}

std::vector<PolicyLine> rule_lines(const Policy& policy) {
  std::vector<PolicyLine> lines;
  for (const PathRule& rule : policy.paths) {
    KeyedWord said = word_of(rule);
    lines.push_back({fmt::format("{}={}", said.name, said.word), rule.from});
  }
  for (const PortRule& rule : policy.ports)
    for (const KeyedWord& said : words_of(rule))
      lines.push_back({fmt::format("{}={}", said.name, said.word), rule.from});
  for (const QuietRule& rule : policy.quiet)
    lines.push_back(
        {fmt::format("QuietPaths={}{}", rule.optional ? "-" : "", rule.path), rule.from});
  return lines;
}

} // namespace unitlock
