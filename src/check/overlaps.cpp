// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/overlaps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/lower.hpp"
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

std::string_view family_text(Family family) {
  switch (family) {
  case Family::Filesystem:
    return "file system";
  case Family::Network:
    return "network";
  case Family::Scope:
    break;
  }
  return "scopes";
}

/// What is said of rights that the policy leaves unrestricted reads as if the rest were denied, and
/// all of it is open.
void check_effect(const Subject& subject, const Provenance& from, Family family,
                  std::uint64_t access, Findings& findings) {
  const Policy& policy = subject.policy();
  landlock::AccessSet rights;
  rights.of(family) = access;
  if ((policy.families.value_or(kAllFamilies) & family_bit(family)) == 0) {
    findings.push_back({Severity::Warning, "without-effect", from.where,
                        fmt::format("{} limits nothing: Restrict= leaves the {} unrestricted",
                                    from.said_by, family_text(family)),
                        "add the family to Restrict=, or take the rule away"});
  } else if ((rights & landlock::known_to(policy.abi)).empty()) {
    const int needed = landlock::first_abi_of(rights);
    findings.push_back(
        {Severity::Warning, "without-effect", from.where,
         fmt::format("{} limits nothing: ABI={} does not restrict {}, and all of it is open; ABI "
                     "{} is the first that can",
                     from.said_by, policy.abi, fmt::join(names_of(rights), " "), needed),
         fmt::format("raise ABI= to {} or newer, or remove it", needed)});
  }
}

/// Of a whole declaration: what Scope= keeps inside, and what only another kernel knows.
void check_scope_and_quiet(const Subject& subject, Findings& findings) {
  const Policy& policy = subject.policy();
  const Assignment* scope = own_directive(subject.unit, "Scope");
  if (scope && policy.scope)
    check_effect(subject, {scope->where, "Scope="}, Family::Scope, *policy.scope, findings);
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
      if (subject.preset.empty() && !rule.any)
        check_effect(subject, rule.from, Family::Network, rule.access, findings);
      check_port(written.ports, rule, findings);
    }
  if (subject.preset.empty())
    check_scope_and_quiet(subject, findings);
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules())
    if (subject.is_own(placed.rule->from))
      check_path(subject, placed, findings);
}

} // namespace unitlock::check
