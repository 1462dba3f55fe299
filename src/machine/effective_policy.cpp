// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/effective_policy.hpp"

#include <algorithm>

#include "policy/command_line.hpp"
#include "unit/expand.hpp"

namespace unitlock::machine {
namespace {

EffectivePolicy nothing(std::string why) {
  return {std::nullopt, 0, std::move(why)};
}

std::string reason_of(const Verdict& verdict) {
  return verdict.reason.empty() ? std::string(to_string(verdict.state)) : verdict.reason;
}

/// The options that systemd would start the wrapper with now; nullopt where it would not start it,
/// or where they are not known.
std::optional<WrapperOptions> loaded_options(const ServiceReport& report) {
  const Service* service = report.service();
  if (!service || service->exec_start.empty())
    return std::nullopt;
  auto command = read_wrapper_command(service->exec_start[0], report.facts.wrapper);
  if (!command || command->options.empty())
    return std::nullopt;
  auto options = parse_options(command->options);
  return options ? std::optional(std::move(*options)) : std::nullopt;
}

/// Whether systemd would have each command of the service confined.
bool would_be_confined(const Service& service, const std::string& wrapper) {
  return std::all_of(service.exec_start.begin(), service.exec_start.end(),
                     [&](const LoadedCommand& loaded) {
                       auto command = read_wrapper_command(loaded, wrapper);
                       return command && !command->refuses && !command->permissive;
                     });
}

/// What runs, by the records of its start.
EffectivePolicy running_policy(const ServiceReport& report) {
  if (runs_unwrapped(report) || report.verdict.records.empty())
    return nothing(reason_of(report.verdict));
  const std::vector<StartRecord>& records = (*report.facts.records)->records;
  const StartRecord& first = *report.record();
  for (std::size_t index : report.verdict.records) {
    const StartRecord& record = records[index];
    if (record.kind != StartRecord::Kind::Confined)
      return nothing(reason_of(report.verdict));
    if (record.policy != first.policy)
      return nothing("its commands run under different policies");
  }
  auto options = parse_options(first.options);
  if (first.options.empty() || !options)
    return nothing("its start record does not hold its policy; " + reason_of(report.verdict));
  return {std::move(options->policy), first.abi, reason_of(report.verdict)};
}

/// systemd has not read what is declared now: what it has read counts.
EffectivePolicy loaded_policy(const ServiceReport& report, int kernel_abi) {
  auto options = loaded_options(report);
  if (options && would_be_confined(*report.service(), report.facts.wrapper))
    return {std::move(options->policy), kernel_abi, reason_of(report.verdict)};
  return nothing(reason_of(report.verdict));
}

EffectivePolicy declared_policy(const ServiceReport& report, int abi, RuntimeScope scope) {
  const Declaration& declaration = report.facts.declaration;
  bool enforces =
      declaration.state == Declaration::State::Confined && declaration.policy.mode == Mode::Enforce;
  if (!enforces)
    return nothing(reason_of(report.verdict));
  return {as_started(report, scope), abi, report.verdict.reason};
}

} // namespace

EffectivePolicy effective_policy(const ServiceReport& report, int kernel_abi, RuntimeScope scope) {
  bool runs = report.service() && is_running(*report.service());
  switch (report.verdict.state) {
  case State::Enforced:
  case State::Partly:
    return declared_policy(report, report.record() ? report.record()->abi : 0, scope);
  case State::NotRunning:
  case State::StartRefused:
  case State::Declared:
    return declared_policy(report, kernel_abi, scope);
  case State::RestartNeeded:
    return running_policy(report);
  case State::ReloadNeeded:
    return runs ? running_policy(report) : loaded_policy(report, kernel_abi);
  case State::Invalid:
    return runs ? running_policy(report) : nothing(reason_of(report.verdict));
  case State::NotEnforced:
  case State::Permissive:
  case State::Off:
  case State::Undeclared:
  case State::CannotTell:
    break;
  }
  return nothing(reason_of(report.verdict));
}

bool runs_unwrapped(const ServiceReport& report) {
  const auto& commands = report.service()->exec_start;
  return std::any_of(commands.begin(), commands.end(), [&](const LoadedCommand& command) {
    return command.pid != 0 && command.path != report.facts.wrapper;
  });
}

Policy as_started(const ServiceReport& report, RuntimeScope scope) {
  Policy policy = report.facts.declaration.policy;
  auto loaded = loaded_options(report);
  bool same = loaded && loaded->policy.paths.size() == policy.paths.size();
  for (std::size_t i = 0; i < policy.paths.size(); ++i) {
    PathRule& rule = policy.paths[i];
    if (auto path = expand(rule.path, report.facts.unit, scope))
      rule.path = *path;
    else if (same && loaded->policy.paths[i].access == rule.access)
      rule.path = loaded->policy.paths[i].path;
  }
  for (QuietRule& rule : policy.quiet)
    if (auto path = expand(rule.path, report.facts.unit, scope))
      rule.path = *path;
  for (ExpectedRule& rule : policy.expected)
    if (auto path = expand(rule.path, report.facts.unit, scope))
      rule.path = *path;
  return policy;
}

} // namespace unitlock::machine
