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

bool PlacedRule::covers(std::string_view path) const {
  // What is on the way of a file is not in it.
  bool has_below = is_directory() || kind == FileKind::Missing;
  return path == real || (has_below && path_is_below(path, real));
}

bool PlacedRule::can_hold_programs() const {
  if (kind == FileKind::Missing) // an image has no devices
    return !path_is_below(real, "/dev") || path_is_below(real, "/dev/shm");
  return is_directory() || kind == FileKind::Regular;
}

bool PlacedRule::touches(std::string_view path, bool all_below) const {
  return covers(path) || (all_below && path_is_below(real, path));
}

bool PlacedRule::meets(const PlacedRule& other) const {
  return covers(other.real) || other.covers(real);
}

Reach::Reach(const Root& root, const Policy& policy, const std::string& unit, RuntimeScope scope)
    : written_(as_written(policy).paths) {
  for (const PathRule& rule : written_) {
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

std::uint64_t PlacedRule::rights_at(std::string_view path) const {
  bool is_file = !is_directory() && kind != FileKind::Missing;
  return !covers(path) ? 0 : is_file ? on_file(rule->access) : rule->access;
}

std::uint64_t Reach::rights_at(std::string_view real) const {
  std::uint64_t rights = 0;
  for (const PlacedRule& placed : rules_)
    rights |= placed.rights_at(real);
  for (std::size_t i = 0; i < unknown_.size(); ++i)
    if (real.substr(0, beginnings_[i].size()) == beginnings_[i])
      rights |= unknown_[i]->access;
  return rights;
}

const PathRule* Reach::granting(std::string_view real, std::uint64_t rights) const {
  for (const PlacedRule& placed : rules_)
    if ((placed.rights_at(real) & rights) != 0)
      return placed.rule;
  for (std::size_t i = 0; i < unknown_.size(); ++i)
    if ((unknown_[i]->access & rights) != 0 &&
        real.substr(0, beginnings_[i].size()) == beginnings_[i])
      return unknown_[i];
  return nullptr;
}

const PathRule* Reach::granting_below(std::string_view real, std::uint64_t rights) const {
  for (const PlacedRule& placed : rules_)
    if (placed.real != real && path_is_below(placed.real, real) &&
        (placed.rights_at(placed.real) & rights) != 0)
      return placed.rule;
  for (std::size_t i = 0; i < unknown_.size(); ++i)
    if ((unknown_[i]->access & rights) != 0 && path_is_below(beginnings_[i], real))
      return unknown_[i];
  return nullptr;
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
