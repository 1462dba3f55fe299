// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock diff: what a running service is confined by, beside what is declared for it now. Exit
// status as diff(1): 0 the same, 1 not, 2 no answer.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/context.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "cli/running_policy.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "machine/survey.hpp"
#include "policy/difference.hpp"

namespace unitlock::cli {
namespace {

using machine::ServiceReport;
using nlohmann::ordered_json;

struct Options {
  std::string unit;
};

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
