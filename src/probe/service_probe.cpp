// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/service_probe.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "landlock/syscalls.hpp"
#include "machine/effective_policy.hpp"
#include "probe/process_files.hpp"

namespace unitlock::probe {
namespace {

using machine::ServiceReport;
using machine::State;

using Inode = std::pair<dev_t, ino_t>;

/// Of what is at the path, links followed: of a process's root directory, of its mount namespace.
std::optional<Inode> inode_of(const std::string& path) {
  struct stat st = {};
  return stat(path.c_str(), &st) == 0 ? std::optional(Inode(st.st_dev, st.st_ino)) : std::nullopt;
}

std::optional<Inode> mounts_of(std::int64_t pid) {
  return inode_of(fmt::format("/proc/{}/ns/mnt", pid));
}

std::string root_path(std::int64_t pid) {
  return fmt::format("/proc/{}/root", pid);
}

machine::EffectivePolicy policy_of(const ServiceReport& report, RuntimeScope scope) {
  int abi = std::max(0, static_cast<int>(landlock::kernel_abi()));
  machine::EffectivePolicy policy = machine::effective_policy(report, abi, scope);
  if (!policy.policy && report.facts.declaration.state == Declaration::State::Confined) {
    policy.policy = machine::as_started(report, scope);
    policy.abi = abi;
  }
  return policy;
}

/// The root directory that the rules were made in, so that paths mean there what they mean in the
/// policy; nullopt where the process has left it with chroot(2).
std::optional<Inode> root_of_rules(const ServiceReport& report, std::int64_t pid) {
  auto own = inode_of(root_path(pid));
  for (const char* key : {"RootDirectory", "RootImage", "RootMStack"})
    if (report.declared.unit.scalar("Service", key))
      return own;
  return own == inode_of("/") ? own : std::nullopt;
}

ServiceProbe cannot(std::string problem) {
  return {std::move(problem), {}};
}

/// With PAMName=, systemd forks a helper before it executes the command, so outside of the
/// confinement; it closes the PAM session when the service has ended (systemd: exec-invoke.c,
/// setup_pam()).
bool is_pam_helper(const ServiceReport& report, std::int64_t pid, std::int64_t main) {
  return pid != main && report.declared.unit.scalar("Service", "PAMName") &&
         process_file(pid, "comm") == "(sd-pam)" &&
         process_status(pid).number<std::int64_t>("PPid") == main;
}

/// The setting whose command the control process runs (systemd: unit-def.c, service_state_table).
ExecLine line_of(std::string_view sub_state) {
  struct Row {
    std::string_view begins;
    ExecLine line;
  };
  // "stop-post" before "stop". What is "final" comes after it.
  constexpr Row kRows[] = {
      {"condition", ExecLine::Condition}, {"start-pre", ExecLine::Pre},
      {"start-post", ExecLine::Post},     {"reload", ExecLine::Reload},
      {"stop-post", ExecLine::StopPost},  {"stop", ExecLine::Stop},
      {"final", ExecLine::StopPost},
  };
  for (const Row& row : kRows)
    if (sub_state.starts_with(row.begins))
      return row.line;
  return ExecLine::Start;
}

bool descends_from(std::int64_t pid, std::int64_t ancestor) {
  constexpr int kDeepest = 64; // a process that moves meanwhile must not keep us here
  for (int depth = 0; depth < kDeepest && pid > 1; ++depth) {
    if (pid == ancestor)
      return true;
    pid = process_status(pid).number<std::int64_t>("PPid").value_or(0);
  }
  return false;
}

/// The setting of a command that nobody meant to confine, if that is what the process is of, for as
/// long as the command runs. What it leaves behind is asked.
std::string_view unconfined_setting(const ServiceReport& report, std::int64_t pid) {
  const machine::Service& service = *report.service();
  if (service.control_pid == 0 || !descends_from(pid, service.control_pid))
    return "";
  const ExecLine line = line_of(service.sub_state);
  const auto& commands = report.facts.declaration.commands;
  bool is_confined = std::any_of(commands.begin(), commands.end(),
                                 [&](const WrappedCommand& each) { return each.line == line; });
  for (const ExecLineWord& word : kExecLines)
    if (word.line == line && !is_confined)
      return word.setting;
  return "";
}

ProbedProcess left_alone(std::int64_t pid, std::string why) {
  ProbedProcess process;
  process.pid = pid;
  process.name = process_file(pid, "comm");
  process.problem = std::move(why);
  return process;
}

std::string what_was_allowed(const ProbedProcess& process) {
  for (const Try& done : process.tries)
    if (done.verdict == Verdict::Allowed)
      return done.what;
  return "";
}

} // namespace

bool ServiceProbe::saw_denial() const {
  return std::any_of(processes.begin(), processes.end(),
                     [](const ProbedProcess& process) { return process.has(Verdict::Denied); });
}

bool ServiceProbe::was_allowed() const {
  return std::any_of(processes.begin(), processes.end(),
                     [](const ProbedProcess& process) { return process.has(Verdict::Allowed); });
}

ServiceProbe probe_service(const ServiceReport& report, machine::Manager& manager,
                           RuntimeScope scope) {
  const machine::Service* service = report.service();
  if (!service)
    return cannot("it is not running");
  // What has stopped may have left processes behind (KillMode=process).
  auto pids = manager.processes(service->name);
  if (!machine::is_running(*service) && (!pids || pids->empty()))
    return cannot("it is not running");
  machine::EffectivePolicy policy = policy_of(report, scope);
  if (!policy.policy)
    return cannot("there is no policy that could be tried: " + policy.why);
  if (!pids)
    return cannot(to_string(pids.error()));
  if (pids->empty())
    return cannot("it has no process");
  std::int64_t main = service->main_pid != 0 ? service->main_pid : pids->front();
  auto rules_root = root_of_rules(report, main);
  auto root = Root::open(root_path(main));
  if (!root)
    return cannot(to_string(root.error()));
  advise::Sight sight(*root);
  Attempts attempts = choose_attempts({*policy.policy, sight, report.facts.unit, scope}, policy.abi,
                                      report.facts.wrapper);
  ServiceProbe probe;
  for (std::int64_t pid : *pids) {
    if (is_pam_helper(report, pid, main)) {
      probe.processes.push_back(
          left_alone(pid, "it is systemd's own, for the PAM session, and is not confined"));
      continue;
    }
    if (std::string_view setting = unconfined_setting(report, pid); !setting.empty()) {
      probe.processes.push_back(
          left_alone(pid, fmt::format("it is of {}=, which Commands= leaves unconfined", setting)));
      continue;
    }
    bool same_root =
        rules_root && inode_of(root_path(pid)) == rules_root && mounts_of(pid) == mounts_of(main);
    probe.processes.push_back(probe_process(pid, service->name, attempts, same_root));
  }
  return probe;
}

void amend(machine::Verdict& verdict, const std::string& unit, const ServiceProbe& probe) {
  auto is_free = [](const ProbedProcess& process) { return process.has(Verdict::Allowed); };
  auto first = std::find_if(probe.processes.begin(), probe.processes.end(), is_free);
  bool is_claimed = verdict.state == State::Enforced || verdict.state == State::Partly ||
                    verdict.state == State::CannotTell || verdict.state == State::NotRunning;
  if (first == probe.processes.end() || !is_claimed)
    return;
  auto count = std::count_if(probe.processes.begin(), probe.processes.end(), is_free);
  verdict.state = State::NotEnforced;
  verdict.reason = fmt::format("the kernel let process {} ({}) do what the policy denies: {}",
                               first->pid, first->name, what_was_allowed(*first));
  if (count > 1)
    verdict.reason += fmt::format("; {} of {} processes", count, probe.processes.size());
  verdict.advice = {fmt::format("systemctl status {}", unit)};
}

} // namespace unitlock::probe
