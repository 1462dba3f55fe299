// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/running_policy.hpp"

#include <fmt/format.h>

#include "cli/policy_text.hpp"
#include "machine/effective_policy.hpp"
#include "policy/command_line.hpp"

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
  if (machine::runs_unwrapped(report))
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

Result<Policy> declared_policy(const Context& context, const ServiceReport& report) {
  const Declaration& declaration = report.facts.declaration;
  switch (declaration.state) {
  case Declaration::State::Confined: {
    Policy policy = machine::as_started(report, context.scope());
    policy.expected.clear(); // the wrapper is not told, so nothing that runs differs in it
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
