// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock diff: what a running service is confined by, beside what is declared for it now. Exit
// status as diff(1): 0 the same, 1 not, 2 no answer.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/context.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "machine/survey.hpp"
#include "policy/command_line.hpp"
#include "policy/difference.hpp"
#include "unit/expand.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;
using machine::StartRecord;
using nlohmann::ordered_json;

struct Options {
  std::string unit;
};

/// A service that nothing confines.
Policy no_policy() {
  Policy policy;
  policy.mode = Mode::Off;
  return policy;
}

/// systemd knows that it started what runs by another command.
bool runs_unwrapped(const ServiceReport& report) {
  const auto& commands = report.service()->exec_start;
  return std::any_of(commands.begin(), commands.end(), [&](const machine::LoadedCommand& command) {
    return command.pid != 0 && command.path != report.facts.wrapper;
  });
}

/// What the wrapper was told when it started the service. Errors: nothing runs, or what runs has
/// left no word of it.
Result<Policy> running_policy(const ServiceReport& report) {
  if (report.facts.is_template)
    return fail(fmt::format("{} is a template: name an instance", report.facts.unit));
  if (!report.service())
    return fail("systemd cannot be asked what runs");
  if (!report.declared.exists() && report.service()->load_state == "not-found")
    return fail(fmt::format("there is no {}", report.facts.unit));
  if (!machine::is_running(*report.service()))
    return fail(fmt::format("{} is not running; \"unitlock show\" has what is declared",
                            report.facts.unit));
  if (runs_unwrapped(report))
    return no_policy();
  const StartRecord* record = report.record();
  if (!record) {
    if (report.facts.records && !*report.facts.records)
      return tl::unexpected(report.facts.records->error());
    return fail(
        fmt::format("what confines {} is not known: {}", report.facts.unit, report.verdict.reason));
  }
  if (record->kind == StartRecord::Kind::NotConfined)
    return no_policy();
  if (record->options.empty())
    return fail(fmt::format("the start record of {} does not hold its policy", report.facts.unit));
  auto options = parse_options(record->options);
  if (!options)
    return tl::unexpected(options.error());
  return options->policy;
}

/// The options that systemd would start the wrapper with now; none where it would not.
std::vector<std::string> loaded_options(const ServiceReport& report) {
  if (report.service()->exec_start.empty())
    return {};
  auto command =
      machine::read_wrapper_command(report.service()->exec_start[0], report.facts.wrapper);
  return command ? command->options : std::vector<std::string>();
}

/// The declared paths as they will be when the service starts. What only systemd can expand is
/// taken from what it has loaded, if that is of the same declaration.
void expand_paths(const Context& context, const ServiceReport& report, Policy& policy) {
  auto loaded = parse_options(loaded_options(report));
  bool same = loaded && loaded->policy.paths.size() == policy.paths.size();
  for (std::size_t i = 0; i < policy.paths.size(); ++i) {
    PathRule& rule = policy.paths[i];
    if (auto path = expand(rule.path, report.facts.unit, context.scope()))
      rule.path = *path;
    else if (same && loaded->policy.paths[i].access == rule.access)
      rule.path = loaded->policy.paths[i].path;
  }
  for (QuietRule& rule : policy.quiet)
    if (auto path = expand(rule.path, report.facts.unit, context.scope()))
      rule.path = *path;
}

/// Errors: there is no valid declaration.
Result<Policy> declared_policy(const Context& context, const ServiceReport& report) {
  const Declaration& declaration = report.facts.declaration;
  switch (declaration.state) {
  case Declaration::State::Confined: {
    Policy policy = declaration.policy;
    expand_paths(context, report, policy);
    return policy;
  }
  case Declaration::State::None:
  case Declaration::State::Off:
  case Declaration::State::NothingToConfine:
    return no_policy();
  case Declaration::State::Invalid:
  case Declaration::State::Unwrappable:
    break;
  }
  return fail(
      fmt::format("the declaration of {} is {}", report.facts.unit, to_string(declaration.state)));
}

void print(char side, const std::vector<PolicyLine>& lines) {
  for (const PolicyLine& line : lines)
    fmt::print("{}{}\n", side, line_text(line));
}

ordered_json lines_json(const std::vector<PolicyLine>& lines) {
  auto list = ordered_json::array();
  for (const PolicyLine& line : lines)
    list.push_back({{"line", json_bytes(line.text)}, {"where", place_json(line.from.where)}});
  return list;
}

int report_difference(const Context& context, const std::string& unit,
                      const PolicyDifference& difference) {
  if (context.json()) {
    fmt::print("{}", json_line({{"unit", unit},
                                {"only_running", lines_json(difference.only_in_first)},
                                {"only_declared", lines_json(difference.only_in_second)}}));
  } else if (!difference.empty()) {
    fmt::print("--- {} as it runs\n+++ {} as declared\n", escape(unit), escape(unit));
    print('-', difference.only_in_first);
    print('+', difference.only_in_second);
  }
  return difference.empty() ? kWell : kNotWell;
}

int diff(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  if (!context.is_this_machine())
    return no_answer({"nothing runs below another root", 0, {}});
  DeclarationIndex index(*root, context.manager(*root));
  auto name = service_name(options.unit);
  if (!name)
    return no_answer(name.error());
  ThisMachine machine = ThisMachine::connect(context.scope());
  ServiceReport report = machine.survey(*root, index, context).report(*name);
  auto running = running_policy(report);
  if (!running)
    return no_answer(running.error());
  auto declared = declared_policy(context, report);
  if (!declared)
    return no_answer(declared.error());
  return report_difference(context, report.facts.unit,
                           difference(std::move(*running), std::move(*declared)));
}

} // namespace

void add_diff(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("diff", "Compare what a service runs under with what is declared");
  auto options = std::make_shared<Options>();
  verb->add_option("unit", options->unit, "A service; \"nginx\" means nginx.service")
      ->required()
      ->type_name("UNIT");
  add_output_option(*verb, context, "table (default) or json");
  verb->callback([&context, options] {
    context.run = [&context, options] { return diff(context, *options); };
  });
}

} // namespace unitlock::cli
