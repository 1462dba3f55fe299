// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock status: what is declared, what the running services got of it, and whether denials can
// be seen. Exit status 0 only when nothing that is declared is missing; a service that is not
// running misses nothing as long as its next start would be confined.
#include <algorithm>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "cli/status_text.hpp"
#include "cli/verbs.hpp"
#include "config.hpp"
#include "journal/denial_report.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;

struct Options {
  std::vector<std::string> units;
  std::string output = "table";
};

/// What there is to ask on this machine. In another root there is nothing.
struct Machine {
  Result<std::unique_ptr<machine::Manager>> manager = nullptr;
  std::optional<Result<journal::Journal>> journal;
  std::unique_ptr<machine::StartRecordSource> records;

  static Machine connect() {
    Machine here;
    here.manager = machine::connect_manager();
    here.journal = journal::Journal::open({});
    if (*here.journal)
      here.records = machine::start_records_of(**here.journal);
    return here;
  }

  Result<machine::Manager*> manager_or_error() const {
    if (!manager)
      return tl::unexpected(manager.error());
    return manager->get();
  }
  Result<machine::StartRecordSource*> records_or_error() const {
    if (journal && !*journal)
      return tl::unexpected(journal->error());
    return records.get();
  }
};

/// Denials since a service was started.
std::optional<std::uint64_t> count_denials(journal::Journal& journal, const ServiceReport& report) {
  const machine::StartRecord* record = report.record();
  if (!record || record->abi < landlock::kAbiOfDenialLog || record->enforced.empty())
    return std::nullopt;
  journal::DenialQuery query;
  query.wrapper = UNITLOCK_WRAPPER;
  query.units = {report.facts.unit};
  query.since_usec = record->realtime_usec;
  auto found = journal::read_denials(journal, query);
  if (!found)
    return std::nullopt;
  std::uint64_t count = 0;
  for (const journal::DenialGroup& group : found->groups)
    if (group.attribution.unit.name == report.facts.unit && !group.attribution.unit.user)
      count += group.count;
  return count;
}

Result<std::vector<ServiceReport>> survey_units(const machine::Survey& survey,
                                                const std::vector<std::string>& units) {
  if (units.empty())
    return survey.report_all();
  std::vector<ServiceReport> reports;
  for (const std::string& word : units) {
    std::string name = complete_unit_name(word);
    if (!name.ends_with(".service"))
      return fail(fmt::format("{} is no service: only services are confined", name));
    ServiceReport report = survey.report(name);
    const machine::Service* service = report.service();
    if (!report.declared.exists() && (!service || service->load_state == "not-found"))
      return fail(fmt::format("there is no {}", name));
    reports.push_back(std::move(report));
  }
  return reports;
}

void print(const std::vector<StatusEntry>& entries, const Diagnostics& problems,
           const Options& options) {
  if (options.output == "json") {
    auto units = nlohmann::ordered_json::array();
    for (const StatusEntry& entry : entries)
      units.push_back(status_json(entry));
    fmt::print("{}", json_line({{"units", units}, {"problems", diagnostics_json(problems)}}));
    return;
  }
  if (options.units.empty()) {
    if (entries.empty())
      fmt::print("No service declares anything: nothing is confined.\n");
    else
      print_overview(stdout, entries);
    return;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0)
      fmt::print("\n");
    print_details(stdout, entries[i]);
  }
}

int status(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root);
  for (const Diagnostic& problem : index.problems())
    complain(to_string(problem));
  bool is_machine = context.root_directory() == "/";
  Machine here = is_machine ? Machine::connect() : Machine();
  machine::Survey survey(
      {&*root, &index, here.manager_or_error(), here.records_or_error(), UNITLOCK_WRAPPER});
  auto reports = survey_units(survey, options.units);
  if (!reports)
    return no_answer(reports.error());
  std::vector<StatusEntry> entries;
  for (ServiceReport& report : *reports) {
    StatusEntry entry{std::move(report), std::nullopt};
    if (here.journal && *here.journal)
      entry.denials = count_denials(**here.journal, entry.report);
    entries.push_back(std::move(entry));
  }
  print(entries, index.problems(), options);
  bool well = !has_errors(index.problems()) &&
              std::all_of(entries.begin(), entries.end(), [](const StatusEntry& entry) {
                return is_well(entry.report.verdict.state);
              });
  return well ? kWell : kNotWell;
}

} // namespace

void add_status(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("status", "Show which services are confined, and how far");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT", options->units, "Services; \"nginx\" means nginx.service");
  verb->add_option("-o,--output", options->output, "table, or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("FORMAT");
  verb->footer("Exit status: 0 nothing that is declared is missing (or its service is not\n"
               "running), 1 something is, 2 no answer.");
  verb->callback([&context, options] {
    context.run = [&context, options] { return status(context, *options); };
  });
}

} // namespace unitlock::cli
