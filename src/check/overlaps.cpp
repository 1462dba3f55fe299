// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/overlaps.hpp"

#include <fmt/format.h>

#include "policy/vocabulary.hpp"

namespace unitlock::check {
namespace {

using landlock::Family;

std::string place_of(const Provenance& from) {
  return fmt::format("{} {}", from.said_by, to_string(from.where));
}

/// The first rule on a directory above that grants all that `placed` does.
const PlacedRule* swallower_of(const Subject& subject, const PlacedRule& placed) {
  for (const PlacedRule& other : subject.reach.rules())
    if (&other != &placed && other.is_directory() && path_is_below(placed.real, other.real) &&
        (placed.rule->access & ~other.rule->access) == 0 &&
        (other.real != placed.real || other.rule->access != placed.rule->access ||
         &other < &placed))
      return &other;
  return nullptr;
}

void check_path(const Subject& subject, const PlacedRule& placed, Findings& findings) {
  // Where a link leads depends on the machine.
  const PlacedRule* other = placed.path == placed.real ? swallower_of(subject, placed) : nullptr;
  if (!other)
    return;
  const PathRule& rule = *placed.rule;
  // Who knows ReadOnlyPaths= of systemd.exec(5) expects it to protect.
  bool meant_to_protect = (other->rule->access & kWrites) != 0 && (rule.access & kWrites) == 0 &&
                          !rule.optional && rule.access == kReadOnly;
  if (meant_to_protect)
    findings.push_back({Severity::Warning, "takes-nothing-away", rule.from.where,
                        fmt::format("{} can be written all the same: {} is granted by {}, and "
                                    "rules only add up",
                                    placed.path, other->path, place_of(other->rule->from)),
                        "grant less above; or set ReadOnlyPaths= in [Service], where it protects"});
  else
    findings.push_back({Severity::Note, "redundant-grant", rule.from.where,
                        fmt::format("{} has these rights already from {} ({})", placed.path,
                                    other->path, place_of(other->rule->from)),
                        ""});
}

std::string port_text(const PortRule& rule) {
  if (rule.any)
    return "any port";
  return rule.first == rule.last ? fmt::format("port {}", rule.first)
                                 : fmt::format("the ports {}-{}", rule.first, rule.last);
}

void check_port(const std::vector<PortRule>& rules, const PortRule& rule, Findings& findings) {
  for (const PortRule& other : rules) {
    bool covers = other.any || (!rule.any && other.first <= rule.first && other.last >= rule.last);
    if (&other == &rule || !covers || (rule.access & ~other.access) != 0)
      continue;
    findings.push_back({Severity::Note, "redundant-grant", rule.from.where,
                        fmt::format("{} {} already in {} ({})", port_text(rule),
                                    rule.first == rule.last ? "is" : "are", port_text(other),
                                    place_of(other.from)),
                        ""});
    return;
  }
}

/// A grant of what the policy leaves unrestricted reads as if the rest were denied.
void check_effect(const Subject& subject, const Provenance& from, Family family,
                  std::uint64_t access, Findings& findings) {
  const Policy& policy = subject.policy();
  if ((access & restricted_by(policy).of(family)) != 0)
    return;
  bool left_out = (policy.families.value_or(kAllFamilies) & family_bit(family)) == 0;
  if (left_out)
    findings.push_back(
        {Severity::Warning, "without-effect", from.where,
         fmt::format("{} grants nothing: Restrict= leaves the {} unrestricted", from.said_by,
                     family == Family::Filesystem ? "file system" : "network"),
         "add the family to Restrict=, or take the rule away"});
  else if ((access & landlock::known_to(policy.abi).of(family)) == 0)
    findings.push_back(
        {Severity::Note, "without-effect", from.where,
         fmt::format("{} grants nothing: ABI={} does not restrict it", from.said_by, policy.abi),
         ""});
}

/// What is set for rights that ABI= leaves out, or that only another kernel knows.
void check_settings_of_abi(const Subject& subject, Findings& findings) {
  const Policy& policy = subject.policy();
  const Assignment* scope = own_directive(subject.unit, "Scope");
  if (scope && landlock::known_to(policy.abi).scope == 0)
    findings.push_back({Severity::Note, "without-effect", scope->where,
                        fmt::format("Scope= keeps nothing inside: ABI={} restricts neither signals "
                                    "nor abstract sockets",
                                    policy.abi),
                        ""});
  if (!policy.quiet.empty() && subject.kernel_abi < landlock::kAbiOfQuiet)
    findings.push_back({Severity::Note, "without-effect", policy.quiet.front().from.where,
                        fmt::format("QuietPaths= keeps nothing out of the log: this kernel has ABI "
                                    "{}, and ABI {} is the first that can",
                                    subject.kernel_abi, landlock::kAbiOfQuiet),
                        ""});
}

} // namespace

void check_overlaps(const Subject& subject, Findings& findings) {
  const Policy written = as_written(subject.policy());
  for (const PathRule& rule : written.paths)
    if (subject.preset.empty() && subject.is_own(rule.from))
      check_effect(subject, rule.from, Family::Filesystem, rule.access, findings);
  for (const PortRule& rule : written.ports)
    if (subject.is_own(rule.from)) {
      if (subject.preset.empty())
        check_effect(subject, rule.from, Family::Network, rule.access, findings);
      check_port(written.ports, rule, findings);
    }
  if (subject.preset.empty())
    check_settings_of_abi(subject, findings);
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules())
    if (subject.is_own(placed.rule->from))
      check_path(subject, placed, findings);
}

} // namespace unitlock::check
