// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/grants.hpp"

namespace unitlock {
std::vector<PolicyLine> setting_lines(const Policy& policy) {
  if (policy.mode == Mode::Off)
    return {{"Mode=off", {}}};
  auto families = words_of_families(policy.families.value_or(kAllFamilies));
  auto scopes = words_of_scope(policy.scope.value_or(landlock::all_of(landlock::Family::Scope)));
  return {
      {fmt::format("Restrict={}", fmt::join(families, " ")), {}},
      {fmt::format("Scope={}", fmt::join(scopes, " ")), {}},
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
  for (const ExpectedRule& rule : policy.expected)
    lines.push_back({fmt::format("QuietPaths={}", word_of(rule)), rule.from});
  return lines;
}

} // namespace unitlock
