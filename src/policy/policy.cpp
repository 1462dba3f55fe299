// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/policy.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace unitlock {

using landlock::AccessSet;
using landlock::Family;

AccessSet restricted_by(const Policy& policy) {
  FamilySet families = policy.families.value_or(kAllFamilies);
  AccessSet set = landlock::known_to(policy.abi);
  for (Family family : {Family::Filesystem, Family::Network, Family::Scope})
    if ((families & family_bit(family)) == 0)
      set.of(family) = 0;
  if (policy.scope)
    set.scope &= *policy.scope;
  for (const PortRule& rule : policy.ports)
    if (rule.any)
      set.net &= ~rule.access;
  return set;
}

Policy neutral_policy() {
  Policy policy;
  policy.families = FamilySet{0};
  policy.scope = 0;
  return policy;
}

void merge_into(Policy& into, const Policy& from) {
  into.paths.insert(into.paths.end(), from.paths.begin(), from.paths.end());
  into.ports.insert(into.ports.end(), from.ports.begin(), from.ports.end());
  into.quiet.insert(into.quiet.end(), from.quiet.begin(), from.quiet.end());
  into.expected.insert(into.expected.end(), from.expected.begin(), from.expected.end());
  into.not_derived.insert(from.not_derived.begin(), from.not_derived.end());
  // nullopt is "all", so it swallows whatever it is united with.
  if (into.families && from.families)
    into.families = static_cast<FamilySet>(*into.families | *from.families);
  else
    into.families.reset();
  if (into.scope && from.scope)
    into.scope = *into.scope | *from.scope;
  else
    into.scope.reset();
}

void allow_ephemeral_udp(Policy& policy) {
  constexpr std::uint64_t kBind = landlock::mask_of("net.bind_udp");
  constexpr std::uint64_t kSend = landlock::mask_of("net.connect_send_udp");
  if ((restricted_by(policy).net & kBind) == 0)
    return;
  auto sender = std::find_if(policy.ports.begin(), policy.ports.end(),
                             [&](const PortRule& rule) { return (rule.access & kSend) != 0; });
  if (sender != policy.ports.end())
    policy.ports.push_back({0, 0, false, kBind, Provenance(sender->from)});
}

namespace {

/// Keeps the first of each key and folds the later ones into it.
template <class Rule, class Key, class Fold>
void fold_by_key(std::vector<Rule>& rules, Key key, Fold fold) {
  std::map<decltype(key(rules.front())), std::size_t> seen;
  std::vector<Rule> kept;
  for (Rule& rule : rules) {
    auto [at, is_new] = seen.try_emplace(key(rule), kept.size());
    if (is_new)
      kept.push_back(std::move(rule));
    else
      fold(kept[at->second], rule);
  }
  rules = std::move(kept);
}

} // namespace

namespace {

/// `again` grants what `kept` did not: both are responsible for the rule that is left.
void unite(std::uint64_t& kept, std::uint64_t again, Provenance& from, const Provenance& also) {
  if ((again & ~kept) != 0 && !also.said_by.empty())
    from.said_by += also.where.file.empty()
                        ? ", " + also.said_by
                        : ", " + also.said_by + " (" + to_string(also.where) + ")";
  kept |= again;
}

} // namespace

void remove_duplicates(Policy& policy) {
  fold_by_key(
      policy.paths, [](const PathRule& r) { return r.path; },
      [](PathRule& kept, const PathRule& again) {
        unite(kept.access, again.access, kept.from, again.from);
        kept.optional = kept.optional && again.optional;
      });
  fold_by_key(
      policy.ports, [](const PortRule& r) { return std::tuple(r.first, r.last, r.any); },
      [](PortRule& kept, const PortRule& again) {
        unite(kept.access, again.access, kept.from, again.from);
      });
  fold_by_key(
      policy.quiet, [](const QuietRule& r) { return r.path; },
      [](QuietRule& kept, const QuietRule& again) {
        kept.optional = kept.optional && again.optional;
      });
  fold_by_key(
      policy.expected, [](const ExpectedRule& r) { return r.path; },
      [](ExpectedRule& kept, const ExpectedRule& again) {
        unite(kept.access, again.access, kept.from, again.from);
      });
}

} // namespace unitlock
