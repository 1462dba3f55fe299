// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/glance.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/render.hpp"
#include "machine/effective_policy.hpp"

namespace unitlock::cli {
namespace {

using machine::State;
using nlohmann::ordered_json;

/// Some policy is in force, if not the one that is declared now.
bool runs_confined(const StatusEntry& entry) {
  const machine::StartRecord* record = entry.report.record();
  const machine::Service* service = entry.report.service();
  return service && machine::is_running(*service) && record &&
         record->kind == machine::StartRecord::Kind::Confined &&
         !(entry.probe && entry.probe->was_allowed()) && !machine::runs_unwrapped(entry.report);
}

/// It runs, and nobody can tell whether confined.
bool is_unknown(const StatusEntry& entry) {
  const machine::Service* service = entry.report.service();
  return service && machine::is_running(*service) && !runs_confined(entry) &&
         entry.report.verdict.state == State::CannotTell;
}

std::string state_words(const Glance& glance) {
  std::string words;
  for (const auto& [state, count] : glance.states)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, to_string(state));
  return words;
}

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    shown.push_back(escape(names[i], Backslash::Keep));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     names.size() > kShown ? fmt::format(" and {} more", names.size() - kShown)
                                           : "");
}

ordered_json names_json(const std::vector<std::string>& names) {
  auto list = ordered_json::array();
  for (const std::string& name : names)
    list.push_back(json_bytes(name));
  return list;
}

} // namespace

Glance glance_at(const std::vector<StatusEntry>& entries,
                 const std::vector<machine::UndeclaredService>& undeclared,
                 const VendorList& vendor) {
  Glance glance;
  for (const StatusEntry& entry : entries) {
    const machine::Service* service = entry.report.service();
    State state = entry.report.verdict.state;
    ++glance.states[state];
    glance.running += service && machine::is_running(*service) ? 1 : 0;
    glance.running_confined += runs_confined(entry) ? 1 : 0;
    glance.running_unknown += is_unknown(entry) ? 1 : 0;
    if (state == State::RestartNeeded)
      glance.restart_needed.push_back(entry.report.facts.unit);
    if (entry.failed_after_denials())
      glance.failed_after_denials.push_back(entry.report.facts.unit);
    if (entry.week)
      glance.denials = glance.denials.value_or(0) + *entry.week;
  }
  for (const machine::UndeclaredService& service : undeclared) {
    ++glance.running;
    const UnitPresets* entry = vendor.entry_for(service.names);
    if (service.exempted || (entry && entry->presets.empty() && !entry->error))
      glance.excluded.push_back(service.names.front());
    else if (entry && !entry->error)
      glance.with_preset.push_back(service.names.front());
    else
      ++glance.others;
  }
  return glance;
}

void print_glance(std::FILE* stream, const Glance& glance) {
  fmt::print(stream, "\nDeclared: {}.\n", glance.states.empty() ? "nothing" : state_words(glance));
  if (!glance.restart_needed.empty())
    fmt::print(stream, "Not under the declared policy until restarted: {}.\n",
               listed(glance.restart_needed));
  if (!glance.failed_after_denials.empty())
    fmt::print(stream, "Failed, after denials: {}.\n", listed(glance.failed_after_denials));
  if (glance.nothing_runs)
    return;
  fmt::print(stream, "Running: {} services, {} of them {}confined{}.\n", glance.running,
             glance.running_confined, glance.running_unknown > 0 ? "known to be " : "",
             glance.running_unknown > 0
                 ? fmt::format("; of {} it cannot be told", glance.running_unknown)
                 : "");
  if (!glance.with_preset.empty())
    fmt::print(stream, "Not enabled, with a preset made for them: {} (unitlock enable).\n",
               listed(glance.with_preset));
  if (!glance.excluded.empty())
    fmt::print(stream, "Not to be confined: {}.\n", listed(glance.excluded));
}

ordered_json glance_json(const Glance& glance) {
  ordered_json states = ordered_json::object();
  for (const auto& [state, count] : glance.states)
    states[machine::program_word(state)] = count;
  return {{"summary",
           {{"states", states},
            {"restart_needed", names_json(glance.restart_needed)},
            {"failed_after_denials", names_json(glance.failed_after_denials)},
            {"running", glance.running},
            {"running_confined", glance.running_confined},
            {"running_unknown", glance.running_unknown},
            {"with_preset", names_json(glance.with_preset)},
            {"excluded", names_json(glance.excluded)},
            {"others", glance.others},
            {"denials_7_days", glance.denials ? ordered_json(*glance.denials) : ordered_json()},
            {"denials_left_out", glance.denials_left_out}}}};
}

} // namespace unitlock::cli
