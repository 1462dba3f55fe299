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

template <class Rule>
std::vector<Share> shares_of(const Rule& rule) {
  return rule.shares.empty() ? std::vector<Share>{{rule.access, rule.from}} : rule.shares;
}

template <class Rule>
std::vector<Rule> split(const Rule& rule) {
  std::vector<Rule> apart;
  for (const Share& share : shares_of(rule)) {
    if ((share.access & rule.access) == 0)
      continue; // lowered: the kernel knows none of its rights
    apart.push_back(rule);
    apart.back().access = share.access & rule.access;
    apart.back().from = share.from;
    apart.back().shares.clear();
  }
  return apart;
}

template <class Rule>
std::vector<Rule> split_all(const std::vector<Rule>& rules) {
  std::vector<Rule> apart;
  for (const Rule& rule : rules)
    for (Rule& each : split(rule))
      apart.push_back(std::move(each));
  return apart;
}

void name_too(Provenance& from, const Provenance& also) {
  if (!also.said_by.empty())
    from.said_by += also.where.file.empty()
                        ? ", " + also.said_by
                        : ", " + also.said_by + " (" + to_string(also.where) + ")";
}

/// Where `again` grants what `kept` did not, both are responsible for the rule that is left.
template <class Rule>
void unite(Rule& kept, const Rule& again) {
  if ((again.access & ~kept.access) == 0)
    return;
  std::vector<Share> shares = shares_of(kept), more = shares_of(again);
  shares.insert(shares.end(), more.begin(), more.end());
  kept.shares = std::move(shares);
  kept.access |= again.access;
  name_too(kept.from, again.from);
}

} // namespace

void remove_duplicates(Policy& policy) {
  fold_by_key(
      policy.paths, [](const PathRule& r) { return r.path; },
      [](PathRule& kept, const PathRule& again) {
        unite(kept, again);
        kept.optional = kept.optional && again.optional;
      });
  fold_by_key(
      policy.ports, [](const PortRule& r) { return std::tuple(r.first, r.last, r.any); },
      [](PortRule& kept, const PortRule& again) { unite(kept, again); });
  fold_by_key(
      policy.quiet, [](const QuietRule& r) { return r.path; },
      [](QuietRule& kept, const QuietRule& again) {
        kept.optional = kept.optional && again.optional;
      });
  fold_by_key(
      policy.expected, [](const ExpectedRule& r) { return r.path; },
      [](ExpectedRule& kept, const ExpectedRule& again) {
        if ((again.access & ~kept.access) != 0)
          name_too(kept.from, again.from);
        kept.access |= again.access;
      });
}

std::vector<PathRule> as_written(const PathRule& rule) {
  return split(rule);
}

std::vector<PortRule> as_written(const PortRule& rule) {
  return split(rule);
}

Policy as_written(Policy policy) {
  policy.paths = split_all(policy.paths);
  policy.ports = split_all(policy.ports);
  return policy;
}

} // namespace unitlock
