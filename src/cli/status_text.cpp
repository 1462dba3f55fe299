// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/status_text.hpp"

#include <bit>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/fields.hpp"
#include "cli/policy_text.hpp"
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

/// For text of unitlock's own with names and paths of others in it.
std::string fit(std::string_view text) {
  return escape(text, Backslash::Keep);
}

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

std::string count_cell(const std::optional<std::uint64_t>& count) {
  return count ? std::to_string(*count) : "-";
}

/// The reason, and what to do; nothing for what needs no words.
void print_words(std::FILE* stream, const ServiceReport& report) {
  const machine::Verdict& verdict = report.verdict;
  if (!verdict.reason.empty())
    fmt::print(stream, "  {}\n", fit(verdict.reason));
  for (const std::string& advice : verdict.advice)
    fmt::print(stream, "  → {}\n", fit(advice));
}

std::string running_text(const machine::Service& service) {
  std::string text = fmt::format("{} ({})", service.active_state, service.sub_state);
  if (service.main_pid != 0)
    text += fmt::format(", PID {}", service.main_pid);
  if (machine::is_running(service) && service.inactive_exit_usec != 0)
    text += fmt::format(", since {}", local_time(service.inactive_exit_usec));
  return fit(text);
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
      open.push_back(fmt::format("{}: {}", erratum.bit + 1, erratum.what));
  return open;
}

void add_record(Fields& fields, const ServiceReport& report, const StartRecord& record) {
  fields.add("Start record", record_text(record, report.verdict.pid_matches));
  if (report.verdict.records.size() > 1)
    fields.add("Commands", fmt::format("{} have a start record; this is the first",
                                       report.verdict.records.size()));
  fields.add("Landlock ABI", abi_text(record));
  fields.add_words("Enforced", names_of(record.enforced));
  std::vector<std::string> dropped = names_of(record.dropped);
  for (const std::string& name : record.unknown)
    dropped.push_back(fit(name));
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
    fields.add("Kernel errata not known to be fixed", open_errata(record));
  std::string hash = record.policy;
  if (!report.verdict.loaded_policy.empty() && report.verdict.loaded_policy != hash)
    hash += fmt::format(", and {} at the next start", report.verdict.loaded_policy);
  fields.add("Policy", fit(hash));
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
          {"confined", record.kind == StartRecord::Kind::Confined},
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

void print_overview(std::FILE* stream, const std::vector<StatusEntry>& entries) {
  Table table({{"UNIT"}, {"STATE"}, {"ABI"}, {"ENFORCED RIGHTS", false, true}, {"DENIALS", true}});
  for (const StatusEntry& entry : entries) {
    const StartRecord* record = entry.report.record();
    table.add({fit(entry.report.facts.unit), std::string(to_string(entry.report.verdict.state)),
               abi_cell(record), rights_cell(record), count_cell(entry.denials)});
  }
  table.print(stream);
  for (const StatusEntry& entry : entries) {
    const machine::Verdict& verdict = entry.report.verdict;
    if (is_well(verdict.state) || (verdict.reason.empty() && verdict.advice.empty()))
      continue;
    fmt::print(stream, "\n{}: {}\n", fit(entry.report.facts.unit), to_string(verdict.state));
    print_words(stream, entry.report);
  }
}

void print_details(std::FILE* stream, const StatusEntry& entry) {
  const ServiceReport& report = entry.report;
  fmt::print(stream, "{}: {}\n", fit(report.facts.unit), to_string(report.verdict.state));
  print_words(stream, report);
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
  if (entry.denials)
    fields.add("Denials", *entry.denials == 0
                              ? "none since it was started"
                              : fmt::format("{} since it was started; see: unitlock denials {}",
                                            *entry.denials, fit(report.facts.unit)));
  fields.print(stream);
}

ordered_json status_json(const StatusEntry& entry) {
  const ServiceReport& report = entry.report;
  const machine::Verdict& verdict = report.verdict;
  auto texts = [](const std::vector<std::string>& list) {
    auto json = ordered_json::array();
    for (const std::string& text : list)
      json.push_back(json_bytes(text));
    return json;
  };
  std::string state(to_string(verdict.state));
  std::replace(state.begin(), state.end(), ' ', '-');
  auto records = ordered_json::array();
  for (std::size_t index : verdict.records)
    records.push_back(record_json((*report.facts.records)->records[index], verdict.pid_matches));
  return {{"unit", json_bytes(report.facts.unit)},
          {"state", state},
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
          {"denials", entry.denials ? ordered_json(*entry.denials) : ordered_json()}};
}

} // namespace unitlock::cli
