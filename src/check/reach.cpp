// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/reach.hpp"

#include "policy/lower.hpp"
#include "unit/expand.hpp"

namespace unitlock::check {
namespace {

/// Links in /proc lead to this very process.
std::string resolved(const Root& root, const std::string& path) {
  return path_is_below(path, "/proc") ? path : root.resolve(path).value_or(path);
}

} // namespace

Reach::Reach(const Root& root, const Policy& policy, const std::string& unit, RuntimeScope scope) {
  for (const PathRule& rule : policy.paths) {
    auto path = expand(rule.path, unit, scope);
    if (!path) {
      unknown_.push_back(&rule);
      beginnings_.push_back(known_beginning(rule.path, unit, scope));
      continue;
    }
    std::string simple = simplify_path(*path);
    rules_.push_back({&rule, simple, resolved(root, simple), root.kind(simple)});
  }
}

std::uint64_t Reach::rights_at(std::string_view real) const {
  std::uint64_t rights = 0;
  for (const PlacedRule& placed : rules_) {
    bool directory = placed.is_directory() || placed.kind == FileKind::Missing;
    if (directory && path_is_below(real, placed.real))
      rights |= placed.rule->access;
    else if (real == placed.real)
      rights |= on_file(placed.rule->access);
  }
  for (std::size_t i = 0; i < unknown_.size(); ++i)
    if (real.substr(0, beginnings_[i].size()) == beginnings_[i])
      rights |= unknown_[i]->access;
  return rights;
}

bool is_of_one_process(std::string_view real) {
  constexpr std::string_view kProc = "/proc/";
  if (real.substr(0, kProc.size()) != kProc)
    return false;
  std::string_view name = real.substr(kProc.size());
  name = name.substr(0, name.find('/'));
  return name == "self" || name == "thread-self" ||
         (!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos);
}

} // namespace unitlock::check
