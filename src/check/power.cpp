// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/power.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/places.hpp"

namespace unitlock::check {
namespace {

std::string listed(const std::vector<std::string>& all) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> shown(all.begin(),
                                 all.begin() + static_cast<long>(std::min(kShown, all.size())));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     all.size() > kShown ? fmt::format(" and {} more", all.size() - kShown) : "");
}

/// What the unit says of itself in other settings is for its author to judge.
Severity severity_for(const Provenance& from) {
  return from.origin == Origin::Unit ? Severity::Note : Severity::Warning;
}

/// Only root may write there, whatever Landlock grants.
bool is_for_root_alone(std::string_view lever) {
  return path_is_below(lever, "/proc/sys") || path_is_below(lever, "/sys/kernel");
}

std::vector<std::string> levers_of(const Subject& subject, const PlacedRule& placed) {
  std::vector<std::string> found;
  // The other unit files lie in directories of the table.
  const std::string& file = subject.unit.fragment;
  bool is_linked = !file.empty() && file[0] == '/' && subject.root.read_link(file);
  if (is_linked && placed.touches(subject.root.resolve(file).value_or(file), false))
    found.emplace_back("the unit's own file");
  for (const Lever& lever : kLevers) {
    std::string path(lever.path);
    if (is_for_root_alone(path) && subject.is_unprivileged())
      continue;
    if (placed.touches(subject.root.resolve(path).value_or(path), lever.all_below))
      found.emplace_back(lever.path);
  }
  return found;
}

void check_levers(const Subject& subject, const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  if ((rule.access & kWrites) == 0)
    return;
  std::vector<std::string> levers = levers_of(subject, placed);
  if (levers.empty())
    return;
  findings.push_back({severity_for(rule.from), "powerful-grant", rule.from.where,
                      fmt::format("writing to {} lets the service decide what others do outside "
                                  "of its confinement: {}",
                                  placed.path, listed(levers)),
                      "grant the files or directories that it needs, and no more"});
}

void check_sockets(const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  if ((rule.access & kResolveUnix) == 0)
    return;
  std::vector<std::string> found;
  for (std::string_view socket : kPowerfulSockets)
    if (placed.touches(socket, true))
      found.emplace_back(socket);
  if (found.empty() || (placed.kind == FileKind::Missing && rule.optional))
    return;
  findings.push_back({severity_for(rule.from), "powerful-grant", rule.from.where,
                      fmt::format("who may connect to {} can have things done outside of the "
                                  "confinement: {}",
                                  placed.path, listed(found)),
                      "grant the sockets that the service needs, and no more"});
}

/// Reading or writing all there is, when the confinement was meant to be one.
void check_breadth(const Subject& subject, const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  bool is_root = !subject.unit.scalar("Service", "User") && !subject.is_on("DynamicUser");
  constexpr auto kWide =
      std::to_array<std::string_view>({"/", "/var", "/home", "/var/lib", "/srv"});
  bool wide = std::find(kWide.begin(), kWide.end(), placed.real) != kWide.end();
  if (placed.real == "/" && (rule.access & kWrites) == 0 && (rule.access & kReadFile) != 0)
    findings.push_back({Severity::Warning, "broad-grant", rule.from.where,
                        fmt::format("{} is everything: keys, passwords and other services' data "
                                    "are readable",
                                    placed.path),
                        "grant the directories that the service reads"});
  else if (placed.real == "/etc" && (rule.access & kReadFile) != 0)
    findings.push_back(
        {is_root ? Severity::Warning : Severity::Note, "broad-grant", rule.from.where,
         fmt::format("{} holds keys and the hashes of passwords (/etc/shadow), which "
                     "the service can read there {}",
                     placed.path, is_root ? "as root" : "as far as its user may"),
         "grant the files and directories that it reads"});
  else if (wide && (rule.access & kWrites) != 0)
    findings.push_back(
        {Severity::Warning, "broad-grant", rule.from.where,
         fmt::format("writing to all of {} reaches other services' data", placed.path),
         "grant the directories that the service writes"});
}

void check_kind(const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  bool is_device = rule.from.said_by.rfind("DevicePaths=", 0) == 0;
  bool is_socket = rule.from.said_by.rfind("SocketPaths=", 0) == 0;
  bool is_file = placed.kind == FileKind::Regular;
  if (is_device && (is_file || (placed.is_directory() && !path_is_below(placed.real, "/dev"))))
    findings.push_back({Severity::Warning, "wrong-kind", rule.from.where,
                        fmt::format("{} is no device: DevicePaths= makes {} readable and writable",
                                    placed.path, is_file ? "it" : "every file in it"),
                        ""});
  if (is_socket && is_file)
    findings.push_back({Severity::Warning, "wrong-kind", rule.from.where,
                        fmt::format("{} is a file, and no socket to connect to", placed.path), ""});
}

void check_writable_program(const Subject& subject, const PlacedRule& writes, Findings& findings) {
  if ((writes.rule->access & kWrites) == 0 || !writes.can_hold_programs())
    return;
  for (const PlacedRule& executes : subject.reach.rules()) {
    if ((executes.rule->access & kExecute) == 0 || !writes.meets(executes))
      continue;
    const Provenance& from = writes.rule->from;
    const Provenance& other = executes.rule->from;
    if (!subject.preset.empty() && !subject.is_own(from) && !subject.is_own(other))
      continue;
    bool of_unit_alone = from.origin == Origin::Unit && other.origin == Origin::Unit;
    const Provenance& blamed = from.origin == Origin::Section ? from : other;
    std::string inner = path_is_below(writes.real, executes.real) ? writes.path : executes.path;
    findings.push_back(
        {of_unit_alone ? Severity::Note : Severity::Warning, "writable-program", blamed.where,
         fmt::format("{} can be written ({}) and executed ({}): who takes the service over can "
                     "bring programs along",
                     inner, from.said_by, other.said_by),
         "keep what is written apart from what is executed"});
    return;
  }
}

} // namespace

void check_power(const Subject& subject, Findings& findings) {
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules()) {
    check_writable_program(subject, placed, findings);
    bool is_vendors = subject.preset.empty() && placed.rule->from.origin == Origin::Preset;
    if (is_vendors || (!subject.preset.empty() && !subject.is_own(placed.rule->from)))
      continue;
    std::size_t before = findings.size();
    check_levers(subject, placed, findings);
    if (findings.size() == before && subject.is_own(placed.rule->from))
      check_breadth(subject, placed, findings);
    check_sockets(placed, findings);
    if (subject.is_own(placed.rule->from))
      check_kind(placed, findings);
  }
}

} // namespace unitlock::check
