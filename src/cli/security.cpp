// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock security: how much services could still do under their policies, beside what
// systemd-analyze(1) says of their other settings. Exit status 1 where an exposure is over
// --threshold.
#include <algorithm>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/render.hpp"
#include "cli/security_text.hpp"
#include "cli/service_list.hpp"
#include "cli/shown_abi.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "landlock/abi.hpp"
#include "machine/effective_policy.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;

struct Options {
  std::vector<std::string> units;
  unsigned threshold = 100; ///< in tenths, as systemd-analyze has it
  int abi = -1;
  bool offline = false;

  /// What a kernel would make of the files, whatever runs here.
  bool reads_files_only(const Context& context) const {
    return offline || abi >= 0 || !context.is_this_machine();
  }
};

ScoredUnit score_of(const Root& root, const ServiceReport& report, const Context& context,
                    const Options& options) {
  ScoredUnit scored;
  scored.unit = report.facts.unit;
  scored.state = report.verdict.state;
  int abi = shown_abi(context, options.abi, report.facts.declaration.policy).abi;
  machine::EffectivePolicy effective = machine::effective_policy(report, abi, context.scope());
  scored.why = effective.why;
  scored.abi = effective.abi;
  scored.exposure = score::unconfined();
  if (!effective.policy)
    return scored;
  scored.exposure = score::assess(root, {*effective.policy, effective.abi, report.facts.unit,
                                         context.scope(), score::loose_commands(report.declared)});
  scored.is_confined = !score::restricts_nothing(*effective.policy, effective.abi);
  if (!scored.is_confined && scored.why.empty())
    scored.why = "nothing of its policy can be enforced";
  return scored;
}

/// Services that run and declare nothing: systemd-analyze lists them too. Errors: the manager does
/// not answer.
Result<void> add_undeclared(machine::Manager& manager, const machine::Survey& survey,
                            std::vector<ServiceReport>& reports) {
  std::set<std::string> known;
  for (const ServiceReport& report : reports)
    known.insert(report.facts.unit);
  auto names = manager.loaded_services();
  if (!names)
    return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    if (known.contains(name))
      continue;
    auto service = manager.service(name);
    if (!service || service->sub_state != "running" || !known.insert(service->name).second)
      continue;
    reports.push_back(survey.report(service->name));
  }
  std::sort(reports.begin(), reports.end(), [](const ServiceReport& a, const ServiceReport& b) {
    return a.facts.unit < b.facts.unit;
  });
  return {};
}

/// What cannot be had is said, and left out.
void add_systemds(const Context& context, const Options& options, std::vector<ScoredUnit>& scored) {
  std::vector<std::string> units;
  if (!options.units.empty())
    for (const ScoredUnit& unit : scored)
      units.push_back(unit.unit);
  auto exposures = machine::ask_systemd_analyze(context.scope(), units);
  if (!exposures) {
    complain(to_string(exposures.error()));
    return;
  }
  for (ScoredUnit& unit : scored)
    if (auto found = exposures->find(unit.unit); found != exposures->end())
      unit.systemd = found->second;
}

void print(const Context& context, const Options& options, const std::vector<ScoredUnit>& scored) {
  bool details = !options.units.empty();
  if (context.json()) {
    for (const ScoredUnit& unit : scored)
      fmt::print("{}", json_line(score_json(unit, details)));
    return;
  }
  print_services<ScoredUnit>(scored, details, {print_scores, print_items});
}

int security(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root, context.manager(*root));
  for (const Diagnostic& problem : index.problems())
    complain(to_string(problem));
  bool asks = !options.reads_files_only(context);
  ThisMachine here = asks ? ThisMachine::connect(context.scope()) : ThisMachine();
  machine::Survey survey = here.survey(*root, index, context);
  auto reports = reports_of(survey, options.units);
  if (!reports)
    return no_answer(reports.error());
  auto manager = here.manager_or_error();
  if (options.units.empty() && manager && *manager)
    if (auto added = add_undeclared(**manager, survey, *reports); !added)
      return no_answer(added.error());
  std::vector<ScoredUnit> scored;
  for (const ServiceReport& report : *reports)
    scored.push_back(score_of(*root, report, context, options));
  if (asks)
    add_systemds(context, options, scored);
  print(context, options, scored);
  bool well = std::all_of(scored.begin(), scored.end(), [&](const ScoredUnit& unit) {
    return unit.exposure.tenths <= options.threshold;
  });
  return well ? kWell : kNotWell;
}

} // namespace

void add_security(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("security", "Score how much services could still do, item by item");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT", options->units, "Services; \"nginx\" means nginx.service");
  verb->add_option("--threshold", options->threshold,
                   "Fail where an exposure is over it: 0 to 100, which stands for 0.0 to 10.0")
      ->check(CLI::Range(0, 100))
      ->type_name("N");
  verb->add_flag("--offline", options->offline,
                 "Score what the files declare, without asking what runs");
  verb->add_option("--abi", options->abi,
                   "What a kernel of this Landlock ABI enforces (0: none); implies --offline")
      ->check(CLI::Range(0, landlock::kNewestAbi))
      ->type_name("N");
  add_output_option(*verb, context, "table, or json (one object a line)");
  verb->footer("Exit status: 0, 1 an exposure is over the threshold, 2 no answer.\n"
               "See unitlock-security(1).");
  verb->callback([&context, options] {
    context.run = [&context, options] { return security(context, *options); };
  });
}

} // namespace unitlock::cli
