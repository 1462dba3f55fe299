// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/declared_expectations.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
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

using Find = std::function<DeclaredUnit(const std::string& name)>;

journal::Expectations remembered(Find find, const Context& context) {
  auto known = std::make_shared<std::map<std::string, Rules>>();
  return [known, find = std::move(find), uid = context.uid(),
          scope = context.scope()](const journal::UnitName& unit) -> const Rules& {
    static const Rules none;
    if (unit.user != uid)
      return none;
    auto found = known->find(unit.name);
    if (found == known->end())
      found = known->emplace(unit.name, rules_of(find(unit.name), scope)).first;
    return found->second;
  };
}

} // namespace

journal::Expectations declared_expectations(const DeclarationIndex& index, const Context& context) {
  return remembered([&index](const std::string& name) { return index.find(name); }, context);
}

journal::Expectations declared_expectations(const Root& root, const Context& context) {
  auto index = std::make_shared<std::optional<DeclarationIndex>>();
  return remembered(
      [index, &root, manager = context.manager(root)](const std::string& name) {
        if (!*index)
          index->emplace(root, manager);
        return (*index)->find(name);
      },
      context);
}

} // namespace unitlock::cli
