// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/status_text.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/fields.hpp"
#include "cli/policy_text.hpp"
#include "cli/probe_text.hpp"
#include "cli/render.hpp"
#include "landlock/abi.hpp"
#include "policy/lower.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;
using machine::StartRecord;
using machine::State;
using nlohmann::ordered_json;

std::string abi_cell(const StartRecord* record) {
  if (!record || record->pin == 0)
    return "-";
  return fmt::format("{} of {}", std::min(record->abi, record->pin), record->pin);
}

/// "filesystem 16/17, network 2/4": of each family's rights how many are enforced.
std::string rights_cell(const StartRecord* record) {
  std::string cell;
  if (record)
    for (const FamilyWord& row : kFamilyWords)
      if (std::uint64_t asked = record->asked.of(row.family))
        cell += fmt::format("{}{} {}/{}", cell.empty() ? "" : ", ", row.word,
                            std::popcount(record->enforced.of(row.family)), std::popcount(asked));
  return cell.empty() ? "-" : cell;
}

/// A failed service is not running, but nobody should have to find that out elsewhere.
std::string state_cell(const ServiceReport& report) {
  std::string cell(to_string(report.verdict.state));
  const machine::Service* service = report.service();
  if (report.verdict.state == State::NotRunning && service && service->active_state == "failed")
    cell += " (failed)";
  return cell;
}

/// As one would type it.
std::string denials_command(bool of_user) {
  return fmt::format("unitlock {}denials", of_user ? "--user " : "");
}

std::string count_cell(const std::optional<std::uint64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

void print_verdict(std::FILE* stream, const std::string& units, const machine::Verdict& verdict) {
  fmt::print(stream, "{}: {}\n", shown(units), to_string(verdict.state));
  if (!verdict.reason.empty())
    fmt::print(stream, "  {}\n", shown(verdict.reason));
  for (const std::string& advice : verdict.advice)
    fmt::print(stream, "  → {}\n", shown(advice));
}

/// What is not well; services of which the same is to be said together.
void print_verdicts(std::FILE* stream, const std::vector<StatusEntry>& entries) {
  struct Group {
    std::string units;
    const machine::Verdict* verdict;
  };
  std::vector<Group> groups;
  for (const StatusEntry& entry : entries) {
    const machine::Verdict& verdict = entry.report.verdict;
    if (is_well(verdict.state) && !entry.failed_after_denials())
      continue;
    auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return group.verdict->state == verdict.state && group.verdict->reason == verdict.reason &&
             group.verdict->advice == verdict.advice;
    });
    if (same == groups.end())
      groups.push_back({entry.report.facts.unit, &verdict});
    else
      same->units += ", " + entry.report.facts.unit;
  }
  for (const Group& group : groups) {
    fmt::print(stream, "\n");
    print_verdict(stream, group.units, *group.verdict);
  }
}

std::string running_text(const machine::Service& service) {
  std::string text = fmt::format("{} ({})", service.active_state, service.sub_state);
  if (service.main_pid != 0)
    text += fmt::format(", PID {}", service.main_pid);
  if (machine::is_running(service) && service.inactive_exit_usec != 0)
    text += fmt::format(", since {}", local_time(service.inactive_exit_usec));
  return shown(text);
}

std::string record_text(const StartRecord& record, bool pid_matches) {
  return fmt::format("{}, PID {}{}{}", local_time(record.realtime_usec), record.pid,
                     record.from_stderr ? ", on its standard error" : "",
                     pid_matches ? "" : ", the first one of this start");
}

std::string abi_text(const StartRecord& record) {
  if (record.abi == 0)
    return fmt::format("none, of {} asked for", record.pin);
  return fmt::format("{} in the kernel, {} asked for", record.abi, record.pin);
}

/// Flaws of the kernel's that concern a policy and are not known to be mended.
std::vector<std::string> open_errata(const StartRecord& record) {
  std::vector<std::string> open;
  for (const landlock::Erratum& erratum : landlock::kErrata)
    if (erratum.first_abi <= record.abi && (record.errata >> erratum.bit & 1) == 0)
      open.push_back(fmt::format("not known to be fixed: {}", erratum.what));
  return open;
}

void add_record(Fields& fields, const ServiceReport& report, const StartRecord& record) {
  fields.add("Start record", record_text(record, report.verdict.pid_matches));
  if (report.verdict.records.size() > 1)
    fields.add("Commands", fmt::format("{} have a start record; this is the first",
                                       report.verdict.records.size()));
  if (record.kind == StartRecord::Kind::Refused || record.kind == StartRecord::Kind::Failed) {
    fields.add("Wrapper", fmt::format("did not start it, exit status {}", record.exit_status));
    return;
  }
  fields.add("Landlock ABI", abi_text(record));
  fields.add_words("Enforced", names_of(record.enforced));
  std::vector<std::string> dropped = names_of(record.dropped);
  for (const std::string& name : record.unknown)
    dropped.push_back(shown(name));
  fields.add_words("Not enforced", dropped);
  std::vector<std::string> proven;
  for (const FamilyWord& row : kFamilyWords)
    if (record.proven & family_bit(row.family))
      proven.emplace_back(row.word);
  fields.add("Proven", proven.empty()
                           ? "nothing could be tried"
                           : fmt::format("a denial was seen: {}", fmt::join(proven, " ")));
  fields.add("Rules", record.skipped == 0
                          ? std::to_string(record.rules)
                          : fmt::format("{}, and {} paths skipped that are not there", record.rules,
                                        record.skipped));
  if (record.abi > 0)
    fields.add("Kernel errata", open_errata(record));
  std::string hash = record.policy;
  if (!report.verdict.loaded_policy.empty() && report.verdict.loaded_policy != hash)
    hash += fmt::format(", and {} at the next start", report.verdict.loaded_policy);
  fields.add("Policy", shown(hash));
}

/// Nothing where they could not be counted.
std::vector<std::string> denials_text(const StatusEntry& entry) {
  const ServiceReport& report = entry.report;
  if (!report.facts.declaration.policy.log_denials)
    return {"not logged (LogDenials=no)"};
  if (!entry.denials)
    return {};
  const char* when = report.service() && machine::is_running(*report.service())
                         ? "since it was started"
                         : "when it last ran";
  std::vector<std::string> lines;
  if (*entry.denials == 0)
    lines.push_back(fmt::format("{} {}", entry.disputed > 0 ? "none for certain" : "none", when));
  else
    lines.push_back(fmt::format("{} {}; see: {} {}", *entry.denials, when,
                                denials_command(report.facts.of_user), shown(report.facts.unit)));
  if (entry.disputed > 0)
    lines.push_back(fmt::format("{} that another claims too; see: {}", entry.disputed,
                                denials_command(report.facts.of_user)));
  return lines;
}

/// What there is to say about the declaration beside what was said above as the reason.
void add_diagnostics(Fields& fields, const ServiceReport& report) {
  std::vector<std::string> warnings, errors;
  for (const Diagnostic& diagnostic : report.facts.declaration.diagnostics) {
    std::string text = unitlock::to_string(diagnostic);
    if (report.verdict.reason.find(text) != std::string::npos)
      continue;
    if (diagnostic.severity == Severity::Warning)
      warnings.push_back(shown(text));
    else if (diagnostic.severity == Severity::Error)
      errors.push_back(shown(text));
  }
  fields.add("Errors", std::move(errors));
  fields.add("Warnings", std::move(warnings));
}

std::string_view kind_word(StartRecord::Kind kind) {
  switch (kind) {
  case StartRecord::Kind::Confined:
    return "confined";
  case StartRecord::Kind::NotConfined:
    return "not-confined";
  case StartRecord::Kind::Permissive:
    return "permissive";
  case StartRecord::Kind::Refused:
    return "refused";
  case StartRecord::Kind::Failed:
    return "failed";
  }
  return "unknown";
}

ordered_json record_json(const StartRecord& record, bool pid_matches) {
  std::vector<std::string> proven;
  for (const FamilyWord& row : kFamilyWords)
    if (record.proven & family_bit(row.family))
      proven.emplace_back(row.word);
  return {{"time", utc_time(record.realtime_usec)},
          {"pid", record.pid},
          {"pid_matches", pid_matches},
          {"from_stderr", record.from_stderr},
          {"kind", kind_word(record.kind)},
          {"exit_status", record.exit_status},
          {"message", json_bytes(record.message)},
          {"abi", record.abi},
          {"pin", record.pin},
          {"errata", record.errata},
          {"asked", names_of(record.asked)},
          {"enforced", names_of(record.enforced)},
          {"dropped", names_of(record.dropped)},
          {"proven", proven},
          {"rules", record.rules},
          {"skipped", record.skipped},
          {"policy", json_bytes(record.policy)}};
}

/// null: cannot be told.
ordered_json visible_json(const machine::Visibility* visibility) {
  if (!visibility || visibility->visible == machine::Visible::Unknown)
    return nullptr;
  return visibility->visible == machine::Visible::Yes;
}

ordered_json service_json(const machine::Service& service) {
  return {{"load_state", json_bytes(service.load_state)},
          {"active_state", json_bytes(service.active_state)},
          {"sub_state", json_bytes(service.sub_state)},
          {"main_pid", service.main_pid},
          {"invocation", json_bytes(service.invocation)},
          {"started", service.inactive_exit_usec == 0
                          ? ordered_json()
                          : ordered_json(utc_time(service.inactive_exit_usec))}};
}

} // namespace

bool StatusEntry::failed_after_denials() const {
  const machine::Service* service = report.service();
  return report.verdict.state == State::NotRunning && service &&
         service->active_state == "failed" && denials.value_or(0) > 0;
}

bool StatusEntry::is_unproven() const {
  State state = report.verdict.state;
  return probe && (state == State::Enforced || state == State::Partly) && report.service() &&
         machine::is_running(*report.service()) && !probe->saw_denial();
}

void print_overview(std::FILE* stream, const std::vector<StatusEntry>& entries) {
  // Nothing is counted in another root, nor where denials cannot be seen.
  bool has_week = std::any_of(entries.begin(), entries.end(),
                              [](const StatusEntry& entry) { return entry.week.has_value(); });
  std::vector<Column> columns = {
      {"UNIT"}, {"STATE"}, {"ABI"}, {"ENFORCED RIGHTS", false, true}, {"DENIALS", true}};
  if (has_week)
    columns.push_back({"7 DAYS", true});
  Table table(std::move(columns));
  for (const StatusEntry& entry : entries) {
    const StartRecord* record = entry.report.record();
    std::vector<Cell> cells = {shown(entry.report.facts.unit), state_cell(entry.report),
                               abi_cell(record), rights_cell(record), count_cell(entry.denials)};
    if (has_week)
      cells.emplace_back(count_cell(entry.week));
    table.add(std::move(cells));
  }
  table.print(stream);
  print_verdicts(stream, entries);
}

void print_visibility(std::FILE* stream, const machine::Visibility& visibility, bool of_user) {
  switch (visibility.visible) {
  case machine::Visible::Yes:
    fmt::print(stream, "Denials are logged on this machine: see {}.\n", denials_command(of_user));
    break;
  case machine::Visible::No:
    fmt::print(stream, "Denials cannot be seen on this machine:\n");
    break;
  case machine::Visible::Unknown:
    fmt::print(stream, "Whether denials can be seen on this machine is not known:\n");
    break;
  }
  for (const std::string& words : visibility.words)
    fmt::print(stream, "  {}\n", shown(words));
}

void print_details(std::FILE* stream, const StatusEntry& entry) {
  const ServiceReport& report = entry.report;
  print_verdict(stream, report.facts.unit, report.verdict);
  Fields fields;
  std::vector<std::string> files;
  if (!report.declared.unit.fragment.empty())
    files.push_back(escape(report.declared.unit.fragment));
  for (const std::string& path : report.declared.unit.drop_ins)
    files.push_back(escape(path));
  fields.add("Files", files);
  if (!report.facts.drop_in.path.empty())
    fields.add("Injected", escape(report.facts.drop_in.path));
  if (const machine::Service* service = report.service())
    fields.add("Service", running_text(*service));
  if (const StartRecord* record = report.record())
    add_record(fields, report, *record);
  if (entry.probe)
    fields.add("Probe", probe_text(*entry.probe));
  fields.add("Denials", denials_text(entry));
  add_diagnostics(fields, report);
  fields.print(stream);
}

ordered_json status_json(const StatusEntry& entry, const machine::Visibility* visibility) {
  const ServiceReport& report = entry.report;
  const machine::Verdict& verdict = report.verdict;
  auto texts = [](const std::vector<std::string>& list) {
    auto json = ordered_json::array();
    for (const std::string& text : list)
      json.push_back(json_bytes(text));
    return json;
  };
  auto records = ordered_json::array();
  for (std::size_t index : verdict.records)
    records.push_back(record_json((*report.facts.records)->records[index], verdict.pid_matches));
  return {{"unit", json_bytes(report.facts.unit)},
          {"state", program_word(verdict.state)},
          {"well", is_well(verdict.state)},
          {"reason", json_bytes(verdict.reason)},
          {"advice", texts(verdict.advice)},
          {"declaration", to_string(report.facts.declaration.state)},
          {"diagnostics", diagnostics_json(report.facts.declaration.diagnostics)},
          {"fragment", json_bytes(report.declared.unit.fragment)},
          {"drop_ins", texts(report.declared.unit.drop_ins)},
          {"injected", json_bytes(report.facts.drop_in.path)},
          {"service", report.service() ? service_json(*report.service()) : ordered_json()},
          {"policy_at_next_start", json_bytes(verdict.loaded_policy)},
          {"records", records},
          {"probe", entry.probe ? probe_json(*entry.probe) : ordered_json()},
          {"denials", entry.denials ? ordered_json(*entry.denials) : ordered_json()},
          {"denials_disputed", entry.disputed},
          {"denials_7_days", entry.week ? ordered_json(*entry.week) : ordered_json()},
          {"denials_visible", visible_json(visibility)}};
}

} // namespace unitlock::cli
