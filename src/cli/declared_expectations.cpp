// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/declared_expectations.hpp"

#include <map>
#include <memory>
#include <utility>

#include "unit/expand.hpp"

namespace unitlock::cli {
namespace {

using Rules = std::vector<ExpectedRule>;

Rules rules_of(const DeclaredUnit& declared, RuntimeScope scope) {
  Rules rules;
  if (declared.declaration.state != Declaration::State::Confined)
    return rules;
  for (ExpectedRule rule : declared.declaration.policy.expected)
    if (auto path = expand(rule.path, declared.unit.name, scope)) {
      rule.path = std::move(*path);
      rules.push_back(std::move(rule));
    }
  return rules;
}

} // namespace

journal::Expectations declared_expectations(const DeclarationIndex& index, const Context& context) {
  auto known = std::make_shared<std::map<std::string, Rules>>();
  return [known, &index, uid = context.uid(),
          scope = context.scope()](const journal::UnitName& unit) -> const Rules& {
    static const Rules none;
    if (unit.user != uid)
      return none;
    auto found = known->find(unit.name);
    if (found == known->end())
      found = known->emplace(unit.name, rules_of(index.find(unit.name), scope)).first;
    return found->second;
  };
}

} // namespace unitlock::cli
