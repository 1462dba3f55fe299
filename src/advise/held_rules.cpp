// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/held_rules.hpp"

#include "policy/lower.hpp"
#include "unit/expand.hpp"

namespace unitlock::advise {

HeldRules::HeldRules(const Policy& policy, const Sight& sight, const std::string& unit,
                     RuntimeScope scope)
    : sight_(sight) {
  for (const PathRule& rule : policy.paths) {
    auto path = expand(rule.path, unit, scope);
    if (!path) {
      unknown_.push_back({&rule, known_beginning(rule.path, unit, scope)});
      continue;
    }
    std::string real = sight.resolve(*path);
    placed_.push_back({&rule, real, sight.look(real)});
  }
}

/// By inode, so that a bind mount is what it shows. Where either cannot be looked at, by name.
bool HeldRules::is_same(const Placed& placed, const std::string& path, const Node& node) {
  using State = Node::State;
  if (placed.node.state == State::Missing || node.state == State::Missing)
    return false;
  if (placed.node.is_there() && node.is_there())
    return placed.node.is(node);
  return placed.real == path;
}

std::vector<HeldRules::Held> HeldRules::at(const std::string& real) const {
  std::vector<Held> held;
  for (std::string path = real;; path = parent_of(path)) {
    Node node = sight_.look(path);
    for (const Placed& placed : placed_) {
      if (!is_same(placed, path, node))
        continue;
      bool is_file = placed.node.is_there() && !placed.node.is_directory();
      if (!is_file || path == real)
        held.push_back({placed.rule, is_file ? on_file(placed.rule->access) : placed.rule->access});
    }
    if (path == "/")
      return held;
  }
}

std::vector<const PathRule*> HeldRules::missing_at(const std::string& real) const {
  std::vector<const PathRule*> missing;
  for (const Placed& placed : placed_)
    if (placed.node.state == Node::State::Missing && path_is_below(real, placed.real))
      missing.push_back(placed.rule);
  return missing;
}

std::vector<const PathRule*> HeldRules::unknown_at(const std::string& real) const {
  std::vector<const PathRule*> rules;
  for (const Unknown& unknown : unknown_)
    if (real.starts_with(unknown.beginning))
      rules.push_back(unknown.rule);
  return rules;
}

} // namespace unitlock::advise
