// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock status: what is declared, what the running services got of it, and whether denials can
// be seen. Exit status 0 only when nothing that is declared is missing; a service that is not
// running misses nothing as long as its next start would be confined, unless it has failed after it
// was denied something.
#include <algorithm>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/timestamp.hpp"
#include "cli/context.hpp"
#include "cli/declared_expectations.hpp"
#include "cli/glance.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "cli/service_list.hpp"
#include "cli/status_text.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "config.hpp"
#include "journal/denial_report.hpp"
#include "machine/see_denials.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;

struct Options {
  std::vector<std::string> units;
  bool probe = false;
};

/// Whether the present or last start of a service may have been denied something that is logged.
bool is_countable(const ServiceReport& report) {
  return report.service() && !report.service()->invocation.empty() &&
         report.facts.declaration.policy.log_denials;
}

/// Without a start record nothing is known to be confined, and no denials would mean nothing.
bool was_confined(const ServiceReport& report) {
  if (!report.facts.records || !*report.facts.records)
    return false;
  const auto& records = (*report.facts.records)->records;
  return std::any_of(records.begin(), records.end(), [](const machine::StartRecord& record) {
    return record.kind == machine::StartRecord::Kind::Confined;
  });
}

/// Since the first of these services was asked to start; nullopt where that is not known of each.
std::optional<std::uint64_t> first_start(const std::vector<StatusEntry>& entries) {
  std::optional<std::uint64_t> first;
  for (const StatusEntry& entry : entries) {
    if (!is_countable(entry.report))
      continue;
    std::uint64_t start = entry.report.service()->inactive_exit_usec;
    if (start == 0)
      return std::nullopt;
    first = std::min(first.value_or(start), start);
  }
  return first;
}

/// What was counted in one part of the journal.
Result<void> add_counts(journal::Journal& journal, journal::DenialQuery query,
                        journal::DenialCounts& counts) {
  query.wrapper = UNITLOCK_WRAPPER;
  auto counted = journal::count_denials(journal, query);
  if (!counted)
    return tl::unexpected(counted.error());
  for (const auto& [start, count] : counted->by_start)
    counts.by_start[start] += count;
  for (const auto& [unit, count] : counted->disputed)
    counts.disputed[unit] += count;
  counts.left_out += counted->left_out;
  return {};
}

std::uint64_t count_of_unit(const journal::DenialCounts& counts, const journal::UnitName& unit) {
  std::uint64_t sum = 0;
  for (const auto& [start, count] : counts.by_start)
    sum += start.first == unit ? count : 0;
  return sum;
}

/// What a person would want to know of a service that has failed.
void explain_failure(StatusEntry& entry) {
  if (!entry.failed_after_denials())
    return;
  machine::Verdict& verdict = entry.report.verdict;
  const std::string& unit = entry.report.facts.unit;
  const char* whose = entry.report.facts.of_user ? "--user " : "";
  verdict.reason =
      fmt::format("it has failed, after {} when it last ran",
                  *entry.denials == 1 ? "a denial" : fmt::format("{} denials", *entry.denials));
  verdict.advice = {fmt::format("unitlock {}denials {}", whose, unit)};
}

/// Of the present invocation of each service: what runs before ExecStart= belongs to it too, and so
/// does what happened before its start record was written. And of the last week, of all its
/// invocations. Each entry of the journal is read once. Gives the number of those that were left
/// out.
Result<std::uint64_t> count_denials(journal::Journal& journal, const DeclarationIndex& index,
                                    const Context& context, std::vector<StatusEntry>& entries) {
  if (entries.empty())
    return 0;
  constexpr std::uint64_t kWeekUsec = std::uint64_t{7} * 24 * 3600 * 1000000;
  const std::optional<std::uint32_t> user = context.uid();
  const std::uint64_t week = realtime_now_usec() - kWeekUsec;
  journal::DenialCounts counts;
  journal::DenialQuery query;
  query.since_usec = week;
  query.expectations = declared_expectations(index, context);
  if (auto added = add_counts(journal, query, counts); !added)
    return tl::unexpected(added.error());
  for (StatusEntry& entry : entries)
    if (entry.report.facts.declaration.policy.log_denials)
      entry.week = count_of_unit(counts, {entry.report.facts.unit, user});
  bool any = std::any_of(entries.begin(), entries.end(),
                         [](const StatusEntry& entry) { return is_countable(entry.report); });
  auto first = first_start(entries);
  query.since_usec = first;
  query.until_usec = week - 1;
  if (any && (!first || *first < week))
    if (auto added = add_counts(journal, query, counts); !added)
      return tl::unexpected(added.error());
  for (StatusEntry& entry : entries) {
    if (auto disputed = counts.disputed.find({entry.report.facts.unit, user});
        disputed != counts.disputed.end())
      entry.disputed = disputed->second;
    if (!is_countable(entry.report))
      continue;
    const std::string& invocation = entry.report.service()->invocation;
    auto found = counts.by_start.find({{entry.report.facts.unit, user}, invocation});
    if (found != counts.by_start.end())
      entry.denials = found->second;
    else if (was_confined(entry.report) && counts.left_out == 0)
      entry.denials = 0;
    explain_failure(entry);
  }
  return counts.left_out;
}

/// Says why the counts are not all.
std::uint64_t count_what_is_logged(journal::Journal& journal, const DeclarationIndex& index,
                                   const Context& context, std::vector<StatusEntry>& entries) {
  auto left_out = count_denials(journal, index, context, entries);
  if (!left_out)
    complain(to_string(left_out.error()));
  else if (*left_out > 0)
    complain(fmt::format("of {} denials it was not looked up whose they are, there were too many "
                         "starts: the counts of denials are what there is at least",
                         *left_out));
  return left_out.value_or(0);
}

Result<machine::MachineReport> survey_units(const machine::Survey& survey,
                                            const std::vector<std::string>& units) {
  if (units.empty())
    return survey.report_machine();
  auto reports = reports_of(survey, units);
  if (!reports)
    return tl::unexpected(reports.error());
  return machine::MachineReport{std::move(*reports), {}};
}

/// What there is to say.
struct Answer {
  std::vector<StatusEntry> entries;
  std::optional<machine::Visibility> visibility; ///< nullopt: in another root nothing is logged
  std::optional<Glance> glance;                  ///< only of all services

  bool is_well() const {
    return std::all_of(entries.begin(), entries.end(), [](const StatusEntry& entry) {
      return machine::is_well(entry.report.verdict.state) && !entry.failed_after_denials() &&
             !entry.is_unproven();
    });
  }
};

void print_json(const Answer& answer) {
  const machine::Visibility* visibility = answer.visibility ? &*answer.visibility : nullptr;
  for (const StatusEntry& entry : answer.entries)
    fmt::print("{}", json_line(status_json(entry, visibility)));
  if (answer.glance)
    fmt::print("{}", json_line(glance_json(*answer.glance)));
}

void print_text(const Answer& answer, const Context& context, bool details) {
  print_services<StatusEntry>(answer.entries, details, {print_overview, print_details});
  if (answer.glance)
    print_glance(stdout, *answer.glance);
  if (!answer.visibility || answer.entries.empty())
    return;
  fmt::print("\n");
  print_visibility(stdout, *answer.visibility, context.user);
}

/// Asks all processes of each service that runs.
void probe_services(machine::Manager& manager, RuntimeScope scope,
                    std::vector<StatusEntry>& entries) {
  for (StatusEntry& entry : entries) {
    entry.probe = probe::probe_service(entry.report, manager, scope);
    probe::amend(entry.report.verdict, entry.report.facts.unit, *entry.probe);
  }
}

/// The journal of this machine, or nullptr.
journal::Journal* journal_of(ThisMachine& here) {
  return here.journal && *here.journal ? &**here.journal : nullptr;
}

/// The manager whose processes are to be asked; nullptr where none are.
Result<machine::Manager*> manager_to_probe(const Context& context, const Options& options,
                                           const ThisMachine& here) {
  if (!options.probe)
    return nullptr;
  if (!context.is_this_machine())
    return fail("--probe asks what runs, and in another root nothing does");
  return here.manager_or_error();
}

Result<Answer> find_answer(const Context& context, const Options& options, const Root& root,
                           const DeclarationIndex& index) {
  const bool is_machine = context.is_this_machine();
  ThisMachine here = is_machine ? ThisMachine::connect(context.scope()) : ThisMachine();
  auto to_probe = manager_to_probe(context, options, here);
  if (!to_probe)
    return tl::unexpected(to_probe.error());
  journal::Journal* journal = journal_of(here);
  for (const std::string& warning : journal ? journal->warnings() : std::vector<std::string>())
    complain(warning);
  auto surveyed = survey_units(here.survey(root, index, context), options.units);
  if (!surveyed)
    return tl::unexpected(surveyed.error());
  Answer answer;
  for (ServiceReport& report : surveyed->services)
    answer.entries.push_back({std::move(report), std::nullopt});
  std::uint64_t left_out = 0;
  if (is_machine)
    answer.visibility = machine::see_denials(journal);
  if (journal && answer.visibility->visible == machine::Visible::Yes)
    left_out = count_what_is_logged(*journal, index, context, answer.entries);
  if (*to_probe)
    probe_services(**to_probe, context.scope(), answer.entries);
  if (options.units.empty()) {
    answer.glance =
        glance_at(answer.entries, surveyed->undeclared, VendorList(root, context.manager(root)));
    answer.glance->nothing_runs = !is_machine;
    answer.glance->denials_left_out = left_out;
  }
  return answer;
}

int status(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root, context.manager(*root));
  for (const Diagnostic& problem : index.problems())
    complain(to_string(problem));
  auto answer = find_answer(context, options, *root, index);
  if (!answer)
    return no_answer(answer.error());
  if (context.json())
    print_json(*answer);
  else
    print_text(*answer, context, !options.units.empty() || options.probe);
  return answer->is_well() && !has_errors(index.problems()) ? kWell : kNotWell;
}

} // namespace

void add_status(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("status", "Show which services are confined, and how far");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT", options->units, "Services; \"nginx\" means nginx.service");
  verb->add_flag("--probe", options->probe, "Have the running processes try what they are denied");
  add_output_option(*verb, context, "table, or json (one object a line)");
  verb->footer("Exit status: 0 nothing that is declared is missing (or its service is not\n"
               "running), 1 something is, or a service failed after denials, 2 no answer.");
  verb->callback([&context, options] {
    context.run = [&context, options] { return status(context, *options); };
  });
}

} // namespace unitlock::cli
