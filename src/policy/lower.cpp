// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/lower.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "landlock/syscalls.hpp"

namespace unitlock {
namespace {

using landlock::AccessSet;
using landlock::Right;
using Kind = Shortfall::Kind;

std::string joined(const AccessSet& set) {
  return fmt::format("{}", fmt::join(names_of(set), " "));
}

void note_restrictions(Ruleset& ruleset) {
  if (ruleset.asked.empty()) {
    ruleset.shortfalls.push_back({Kind::EmptyPolicy, {}, {}, "the policy restricts nothing"});
    return;
  }
  if (ruleset.abi < 1) {
    ruleset.shortfalls.push_back(
        {Kind::NoLandlock, ruleset.asked, {}, "the kernel has no Landlock: nothing is enforced"});
    return;
  }
  AccessSet dropped = ruleset.dropped();
  if (ruleset.handled.empty())
    ruleset.shortfalls.push_back(
        {Kind::NothingLeft,
         dropped,
         {},
         fmt::format("ABI {} knows none of the restricted rights: nothing is enforced",
                     ruleset.abi)});
  else if (!dropped.empty())
    ruleset.shortfalls.push_back({Kind::NotRestricted,
                                  dropped,
                                  {},
                                  fmt::format("not restricted by ABI {}: {}", ruleset.abi,
                                              names_with_kernels(dropped, "does"))});
}

void lower_paths(const Policy& policy, Ruleset& ruleset) {
  constexpr std::uint64_t kRefer = landlock::mask_of("fs.refer");
  for (const PathRule& rule : policy.paths) {
    PathRule lowered = rule;
    lowered.access = landlock::rule_access(rule.access, ruleset.handled.fs, true);
    if ((rule.access & kRefer) && ruleset.handled.fs && ruleset.abi < landlock::kAbiOfRefer)
      ruleset.shortfalls.push_back(
          {Kind::ReferAlwaysDenied,
           {kRefer, 0, 0},
           rule.from,
           fmt::format("{}: ABI 1 denies link and rename across directories, granted or not",
                       rule.path)});
    if (lowered.access)
      ruleset.paths.push_back(std::move(lowered));
    else
      ruleset.shortfalls.push_back({Kind::RuleWithoutEffect,
                                    {rule.access, 0, 0},
                                    rule.from,
                                    fmt::format("{}: grants only what is not restricted here: {}",
                                                rule.path, joined({rule.access, 0, 0}))});
  }
}

void lower_ports(const Policy& policy, Ruleset& ruleset) {
  for (const PortRule& rule : policy.ports) {
    if (rule.any)
      continue; // taken out of what is restricted, see restricted_by()
    PortRule lowered = rule;
    lowered.access &= ruleset.handled.net;
    if (lowered.access)
      ruleset.ports.push_back(std::move(lowered));
    else
      ruleset.shortfalls.push_back(
          {Kind::RuleWithoutEffect,
           {0, rule.access, 0},
           rule.from,
           fmt::format("port {}: grants only what is not restricted here: {}", rule.first,
                       joined({0, rule.access, 0}))});
  }
}

void lower_logging(const Policy& policy, Ruleset& ruleset) {
  if (ruleset.handled.empty())
    return;
  if (ruleset.abi >= landlock::kAbiOfDenialLog) {
    ruleset.restrict_flags = landlock::kRestrictSelfLogSameExecOff;
    if (policy.log_denials)
      ruleset.restrict_flags |= landlock::kRestrictSelfLogNewExecOn;
  } else if (policy.log_denials) {
    ruleset.shortfalls.push_back(
        {Kind::LogUnknown,
         {},
         {},
         fmt::format("the kernel does not log denials before ABI {} (Linux {})",
                     landlock::kAbiOfDenialLog, landlock::kernel_of(landlock::kAbiOfDenialLog))});
  }
  if (policy.quiet.empty())
    return;
  if (ruleset.abi >= landlock::kAbiOfQuiet && ruleset.handled.fs)
    ruleset.quiet = policy.quiet;
  else
    ruleset.shortfalls.push_back(
        {Kind::QuietUnknown,
         {},
         policy.quiet.front().from,
         fmt::format("QuietPaths= needs ABI {} (Linux {}): those denials are logged",
                     landlock::kAbiOfQuiet, landlock::kernel_of(landlock::kAbiOfQuiet))});
}

} // namespace

Ruleset lower(const Policy& policy, int abi) {
  Ruleset ruleset;
  ruleset.abi = abi;
  ruleset.asked = restricted_by(policy);
  ruleset.handled = landlock::handled_by(ruleset.asked, policy.abi, abi);
  note_restrictions(ruleset);
  lower_paths(policy, ruleset);
  lower_ports(policy, ruleset);
  lower_logging(policy, ruleset);
  return ruleset;
}

bool is_refused(const Policy& policy, const Ruleset& ruleset) {
  return policy.compatibility == Compatibility::Strict && policy.mode == Mode::Enforce &&
         !ruleset.dropped().empty();
}

std::vector<std::string> names_of(const AccessSet& set) {
  std::vector<std::string> names;
  for (const Right& right : landlock::kRights)
    if (set.has(right))
      names.emplace_back(right.name);
  return names;
}

std::string names_with_kernels(const AccessSet& set, std::string_view verb) {
  std::vector<std::string> groups;
  for (int abi = 1; abi <= landlock::kNewestAbi; ++abi)
    if (AccessSet added = set & landlock::added_by(abi); !added.empty())
      groups.push_back(
          fmt::format("{} (Linux {} {})", joined(added), landlock::kernel_of(abi), verb));
  return fmt::format("{}", fmt::join(groups, ", "));
}

} // namespace unitlock
