// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/running_policy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/policy_text.hpp"
#include "policy/command_line.hpp"
#include "unit/expand.hpp"

namespace unitlock::cli {

using machine::ServiceReport;
using machine::StartRecord;

namespace {

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

} // namespace

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

namespace {

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

} // namespace

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

} // namespace unitlock::cli
