// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock-audit: turns the kernel's audit on, so that Landlock's denials are logged, without an
// audit daemon and without the rest of what audit then logs; and puts everything back. Run by
// unitlock-audit.service.
//
// Exit status: 0 done, 1 failed, 2 wrong usage.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "audit/saved_state.hpp"
#include "base/files.hpp"
#include "config.hpp"
#include "machine/kernel_audit.hpp"
#include "machine/manager.hpp"

namespace unitlock::audit {
namespace {

using machine::AuditStatus;
using machine::ExcludeRule;
using machine::KernelAudit;

/// The service's RuntimeDirectory=: kept when it is restarted, removed when it is stopped.
constexpr const char* kRunDirectory = "/run/unitlock-audit";
constexpr const char* kStateName = "state";
constexpr const char* kRestartedName = "journald-restarted";
constexpr const char* kSocket = "systemd-journald-audit.socket";

/// The kernel's own 64 records overflow within one burst of denials.
constexpr std::uint32_t kBacklogLimit = 1024;

/// What audit logs only since it is on, and what denials do not need. What the kernel also logs
/// with audit off stays (denials of AppArmor, SELinux, seccomp; USER_AVC).
constexpr ExcludeRule kRules[] = {
    {1006, 1006, 0},    // LOGIN
    {1100, 1199, 1107}, // messages of programs: SERVICE_START, USER_AUTH …; not USER_AVC
    {1325, 1325, 0},    // NETFILTER_CFG
    {1327, 1327, 0},    // PROCTITLE: the SYSCALL record beside it has the program
    {1334, 1335, 0},    // BPF, EVENT_LISTENER: systemd loads programs for nearly every unit
};

struct Options {
  bool journald = false; ///< make journald listen, by restarting it once if need be
  bool everything = false;
};

std::string run_path(const char* name) {
  return fmt::format("{}/{}", kRunDirectory, name);
}

Result<SavedState> load_state() {
  auto root = Root::open("/");
  if (!root)
    return tl::unexpected(root.error());
  auto text = root->read_file(run_path(kStateName));
  if (!text)
    return tl::unexpected(text.error());
  return parse_state(*text);
}

/// Whether somebody else wants audit on: the kernel command line, an audit daemon, or journald with
/// its audit socket enabled for its own sake. Since journald turns audit on by default, it may be
/// on when the service starts only because the service wants the socket.
bool wanted_by_others(const AuditStatus& status) {
  if (status.auditd != 0)
    return true;
  for (const char* directory : {"/etc", "/usr/lib", "/lib"}) {
    auto link = fmt::format("{}/systemd/system/sockets.target.wants/{}", directory, kSocket);
    if (access(link.c_str(), F_OK) == 0)
      return true;
  }
  auto root = Root::open("/");
  auto line = root ? root->read_file("/proc/cmdline") : tl::unexpected(root.error());
  std::string words = " " + line.value_or("");
  return words.find(" audit=1") != words.npos || words.find(" audit=on") != words.npos;
}

/// A second `on` must not take the first one's doing for the state before.
Result<SavedState> state_before(const AuditStatus& status, const Options& options) {
  auto saved = load_state();
  if (saved || saved.error().number != ENOENT)
    return saved;
  SavedState state;
  state.was_enabled = status.enabled != 0 && (!options.journald || wanted_by_others(status));
  return state;
}

Result<void> add_rules(KernelAudit& audit, SavedState& state) {
  for (std::uint32_t i = 0; i < std::size(kRules); ++i) {
    auto added = audit.add(kRules[i]);
    if (added)
      state.rules |= 1U << i;
    else if (added.error().number != EEXIST) // somebody else's, or ours from before
      return added;
  }
  return {};
}

Result<void> raise_backlog(KernelAudit& audit, const AuditStatus& status, SavedState& state) {
  // 0 means no limit.
  if (status.backlog_limit == 0 || status.backlog_limit >= kBacklogLimit)
    return {};
  auto raised = audit.set_backlog_limit(kBacklogLimit);
  if (raised && state.backlog_limit == 0)
    state.backlog_limit = status.backlog_limit;
  return raised;
}

Result<void> make_changes(KernelAudit& audit, const AuditStatus& status, const Options& options,
                          SavedState& state) {
  if (status.auditd != 0) {
    fmt::print("an audit daemon runs (PID {}): its rules are left alone\n", status.auditd);
  } else {
    if (!options.everything)
      if (auto added = add_rules(audit, state); !added)
        return added;
    if (auto raised = raise_backlog(audit, status, state); !raised)
      return raised;
  }
  return status.enabled != 0 ? Result<void>() : audit.set_enabled(true);
}

Result<void> turn_on(KernelAudit& audit, const Options& options) {
  auto status = audit.status();
  if (!status)
    return tl::unexpected(status.error());
  if (status->enabled == 2) {
    fmt::print("audit is on, and locked until the next boot: nothing is changed\n");
    return {};
  }
  auto state = state_before(*status, options);
  if (!state)
    return tl::unexpected(state.error());
  auto changed = make_changes(audit, *status, options, *state);
  // Also after a failure, so that `off` takes back what was done.
  auto saved = write_atomically(kRunDirectory, kStateName, to_text(*state));
  return changed ? saved : changed;
}

/// journald may turn audit on when it starts, and its restart restarts the service: that is not the
/// state to come back to. So the service keeps what was before its first start; systemd removes the
/// file with the directory when the service is really stopped.
Result<void> forget(SavedState state) {
  state.rules = 0;
  state.backlog_limit = 0;
  if (std::getenv("RUNTIME_DIRECTORY"))
    return write_atomically(kRunDirectory, kStateName, to_text(state));
  unlink(run_path(kStateName).c_str());
  return {};
}

Result<void> turn_off(KernelAudit& audit) {
  auto state = load_state();
  if (!state && state.error().number == ENOENT) {
    fmt::print("not turned on by unitlock-audit: nothing to do\n");
    return {};
  }
  if (!state)
    return tl::unexpected(state.error());
  auto status = audit.status();
  if (!status)
    return tl::unexpected(status.error());
  Result<void> result;
  // An audit daemon that came meanwhile goes on needing the rest.
  if (status->auditd == 0 && !state->was_enabled && status->enabled == 1)
    if (auto off = audit.set_enabled(false); !off)
      result = off;
  if (status->auditd == 0 && state->backlog_limit != 0)
    if (auto lowered = audit.set_backlog_limit(state->backlog_limit); !lowered)
      result = lowered;
  for (std::uint32_t i = 0; i < std::size(kRules); ++i)
    if ((state->rules & (1U << i)) != 0)
      if (auto removed = audit.remove(kRules[i]); !removed && removed.error().number != ENOENT)
        result = removed;
  return result ? forget(*state) : result;
}

/// journald opens its audit socket when it starts, and systemd lets the socket start only while
/// journald does not run. Since the service is wanted by journald and wants the socket, a restart
/// of journald brings them up in order; descriptors of running services survive it. Tried once
/// only.
Result<void> make_journald_listen() {
  auto manager = machine::connect_manager(RuntimeScope::System);
  if (!manager)
    return tl::unexpected(manager.error());
  auto state = (*manager)->active_state(kSocket);
  if (!state)
    return tl::unexpected(state.error());
  std::string marker = run_path(kRestartedName);
  if (*state == "active") {
    unlink(marker.c_str());
    return {};
  }
  if (access(marker.c_str(), F_OK) == 0)
    return fail(fmt::format("journald does not listen to audit: {} is {}", kSocket, *state));
  if (auto marked = write_atomically(kRunDirectory, kRestartedName, ""); !marked)
    return marked;
  fmt::print("restarting journald, so that it listens to audit\n");
  std::fflush(stdout);
  return (*manager)->queue_restart("systemd-journald.service");
}

Result<void> print_status(KernelAudit& audit) {
  auto status = audit.status();
  if (!status)
    return tl::unexpected(status.error());
  auto saved = load_state();
  fmt::print("enabled={} auditd={} lost={} backlog={} backlog_limit={} by-unitlock={}\n",
             status->enabled, status->auditd, status->lost, status->backlog, status->backlog_limit,
             saved ? "yes" : "no");
  return {};
}

Result<void> run(std::string_view verb, const Options& options) {
  auto audit = KernelAudit::open();
  if (!audit)
    return tl::unexpected(audit.error());
  if (verb == "status")
    return print_status(*audit);
  if (verb == "off")
    return turn_off(*audit);
  auto on = turn_on(*audit, options);
  return on && options.journald ? make_journald_listen() : on;
}

int usage(std::FILE* stream, int status) {
  fmt::print(stream, "Usage: unitlock-audit on [--journald] [--everything] | off | status\n\n"
                     "  on            turn the kernel's audit on, so that denials are logged\n"
                     "    --journald    make journald listen, restarting it if need be\n"
                     "    --everything  log the rest of audit too, not denials only\n"
                     "  off           put back what \"on\" changed\n"
                     "  status        one line about the kernel's audit\n");
  return status;
}

} // namespace
} // namespace unitlock::audit

int main(int argc, char** argv) {
  using namespace unitlock::audit;
  std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "--help" || verb == "-h")
    return usage(stdout, 0);
  if (verb == "--version")
    return fmt::print("unitlock-audit " UNITLOCK_VERSION "\n"), 0;
  if (verb != "on" && verb != "off" && verb != "status")
    return usage(stderr, 2);
  Options options;
  for (int i = 2; i < argc; ++i) {
    std::string_view option = argv[i];
    if (verb != "on" || (option != "--journald" && option != "--everything"))
      return usage(stderr, 2);
    (option == "--journald" ? options.journald : options.everything) = true;
  }
  auto done = run(verb, options);
  if (done)
    return 0;
  const unitlock::Error& error = done.error();
  bool shut_out = error.number == EPERM || error.number == ECONNREFUSED;
  fmt::print(stderr, "unitlock-audit: {}{}\n", unitlock::to_string(error),
             shut_out ? " (only the host's root may, not a container's)" : "");
  return 1;
}
