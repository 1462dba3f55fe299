// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/visibility.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "landlock/abi.hpp"
#include "landlock/syscalls.hpp"
#include "machine/kernel_audit.hpp"
#include "machine/manager.hpp"

namespace unitlock::machine {
namespace {

void judge_kernel(const VisibilityFacts& facts, Visibility& result) {
  if (facts.kernel_abi >= landlock::kAbiOfDenialLog)
    return;
  result.visible = Visible::No;
  if (facts.kernel_abi == 0)
    result.words.push_back("this kernel has no Landlock, or it was turned off at boot: nothing is "
                           "confined and nothing denied");
  else
    result.words.push_back(
        fmt::format("this kernel (Landlock ABI {}) does not log denials: Linux {} does",
                    facts.kernel_abi, landlock::kernel_of(landlock::kAbiOfDenialLog)));
}

void judge_audit(const VisibilityFacts& facts, Visibility& result) {
  bool off = !facts.audit_on.value_or(true), deaf = !facts.journald_listens.value_or(true);
  if (off)
    result.words.push_back("the kernel's audit is off, so denials are not logged");
  if (deaf)
    result.words.push_back(
        fmt::format("journald does not listen to audit{}",
                    facts.auditd_runs ? "; auditd has the records: \"ausearch -m 1423\"" : ""));
  if (!off && !deaf)
    return;
  result.visible = Visible::No;
  result.words.push_back(
      facts.in_container
          ? "\"systemctl enable systemd-journald-audit.socket\" and a reboot of the container make "
            "it "
            "listen; audit itself is the host's, as is \"systemctl enable --now "
            "unitlock-audit.service\" to turn it on"
          : "\"systemctl enable --now unitlock-audit.service\" makes denials visible");
}

} // namespace

Visibility judge(const VisibilityFacts& facts) {
  Visibility result;
  result.visible = Visible::Yes;
  judge_kernel(facts, result);
  if (result.visible == Visible::No)
    return result;
  judge_audit(facts, result);
  if (result.visible == Visible::No)
    return result;
  if (!facts.records_seen && !(facts.audit_on && facts.journald_listens)) {
    result.visible = Visible::Unknown;
    result.words.push_back(
        facts.records_hidden
            ? "only root and members of the group systemd-journal may read the audit records in "
              "the journal: become one of them, and log in again"
            : "it cannot be told from here whether the kernel's audit is on: only the host's root "
              "may ask, and the journal has no audit record of this boot");
  }
  if (facts.processes_hidden)
    result.words.push_back("an audit rule (\"-a never,task\") keeps the program out of denials");
  if (facts.lost > 0)
    result.words.push_back(
        fmt::format("the kernel has lost {} audit records since it was booted", facts.lost));
  return result;
}

VisibilityFacts gather_visibility() {
  VisibilityFacts facts;
  long abi = landlock::kernel_abi();
  facts.kernel_abi = abi > 0 ? static_cast<int>(abi) : 0;
  if (auto audit = KernelAudit::open()) {
    if (auto status = audit->status()) {
      facts.audit_on = status->enabled != 0;
      facts.auditd_runs = status->auditd != 0;
      facts.lost = status->lost;
    }
    facts.processes_hidden = audit->hides_processes().value_or(false);
  }
  facts.in_container = access("/run/systemd/container", F_OK) == 0; // systemd(1) writes it
  if (auto manager = connect_manager(RuntimeScope::System))
    if (auto state = (*manager)->active_state("systemd-journald-audit.socket"))
      facts.journald_listens = *state == "active";
  return facts;
}

} // namespace unitlock::machine
