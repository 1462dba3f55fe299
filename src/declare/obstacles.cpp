// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/obstacles.hpp"

#include <fmt/format.h>

#include "declare/declaration.hpp"
#include "unit/path_fate.hpp"
#include "unit/system_call_filter.hpp"

namespace unitlock {
namespace {

constexpr std::string_view kSetting = "SystemCallFilter";

void block(Diagnostics& out, const Assignment& setting, std::string why) {
  out.push_back({Severity::Error, setting.where, std::move(why)});
}

/// They put the wrapper itself into a security context, from which executing the service would be
/// denied or would change it.
void check_context(const Unit& unit, Diagnostics& out) {
  for (const char* key : {"AppArmorProfile", "SELinuxContext", "SmackProcessLabel"})
    if (const Assignment* found = unit.scalar("Service", key))
      return block(out, *found, fmt::format("{}= would apply to the wrapper", key));
}

void check_sight(const Unit& unit, std::string_view wrapper, Diagnostics& out) {
  if (const Assignment* hides = fate_of(unit, wrapper).inaccessible)
    block(out, *hides, fmt::format("{}= hides {}", hides->key, wrapper));
}

/// What the wrapper cannot do without, and what the drop-in does not add to a filter because it
/// would open too much: with openat(2) a service reaches files that its filter keeps from it.
void check_filter(const Unit& unit, Diagnostics& out) {
  SystemCallFilter filter(unit);
  std::string_view refused =
      filter.first_refused({"openat", "close", "arch_prctl", "set_tid_address"});
  if (!refused.empty())
    block(out, *unit.list("Service", kSetting).back(),
          fmt::format("{}= refuses {}, which the wrapper needs", kSetting, refused));
}

/// The values since the last empty one, up to the first assignment for which `stop` says so.
template <class Stop>
std::vector<std::string_view> filter_values(const Unit& unit, Stop stop) {
  std::vector<std::string_view> values;
  for (const Assignment& assignment : unit.assignments) {
    if (assignment.section != "Service" || assignment.key != kSetting)
      continue;
    if (stop(assignment, values))
      break;
    if (assignment.value.empty())
      values.clear();
    else
      values.push_back(assignment.value);
  }
  return values;
}

/// What the drop-in lets through, a drop-in that sorts behind it may refuse again. An answer of
/// ENOSYS would then pass for a kernel without Landlock.
void check_later_filter(const Unit& unit, Diagnostics& out) {
  const Assignment* later = later_setting(unit, kSetting);
  if (!later)
    return;
  constexpr std::string_view kOurs =
      "landlock_create_ruleset landlock_add_rule landlock_restrict_self prctl";
  auto add_ours = [&](const Assignment& assignment, std::vector<std::string_view>& values) {
    if (&assignment == later && !values.empty())
      values.push_back(kOurs);
    return false;
  };
  std::string_view refused = SystemCallFilter(filter_values(unit, add_ours))
                                 .first_refused({"landlock_create_ruleset", "landlock_add_rule",
                                                 "landlock_restrict_self", "prctl"});
  if (!refused.empty())
    block(out, *later,
          fmt::format("a drop-in that sorts behind {} makes {}= refuse {}", kDropInName, kSetting,
                      refused));
}

} // namespace

SystemCallFilter filter_before_drop_in(const Unit& unit) {
  const Assignment* later = later_setting(unit, kSetting);
  return SystemCallFilter(filter_values(
      unit, [&](const Assignment& assignment, const auto&) { return &assignment == later; }));
}

Diagnostics setting_obstacles(const Unit& unit, std::string_view wrapper) {
  Diagnostics out;
  check_context(unit, out);
  check_sight(unit, wrapper, out);
  check_filter(unit, out);
  check_later_filter(unit, out);
  return out;
}

} // namespace unitlock
