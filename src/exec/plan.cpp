// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/plan.hpp"

#include "landlock/syscalls.hpp"

namespace unitlock::exec {
namespace {

using landlock::AccessSet;

AccessSet asked_by(const Settings& settings) {
  AccessSet set = landlock::known_to(settings.pin);
  if (settings.families)
    for (const FamilyWord& row : kFamilyWords)
      if ((*settings.families & (1U << static_cast<unsigned>(row.family))) == 0)
        set.of(row.family) = 0;
  if (settings.scope)
    set.scope &= *settings.scope;
  set.net &= ~settings.any_port;
  return set;
}

} // namespace

Plan plan(const Settings& settings, int abi) {
  Plan plan;
  plan.abi = abi;
  plan.asked = asked_by(settings);
  if (!settings.permissive)
    plan.handled = landlock::handled_by(plan.asked, settings.pin, abi);
  if (plan.handled.empty())
    return plan;
  if (abi >= landlock::kAbiOfDenialLog) {
    // The wrapper's own proof must not look like a denial of the service; what the service is
    // denied after execve(2) is logged only where the kernel is asked to.
    plan.restrict_flags = landlock::kRestrictSelfLogSameExecOff;
    if (settings.log_denials)
      plan.restrict_flags |= landlock::kRestrictSelfLogNewExecOn;
  }
  plan.quiet = abi >= landlock::kAbiOfQuiet && plan.handled.fs != 0;
  return plan;
}

Decision decide(const Settings& settings, const Plan& plan) {
  if (plan.asked.empty())
    return Decision::RefuseEmpty;
  if (settings.permissive)
    return Decision::StartPermissive;
  // A pin beyond the table asks for rights that this program cannot even name.
  if (settings.strict && (!plan.dropped().empty() || settings.pin > landlock::kNewestAbi))
    return Decision::RefusePartial;
  return plan.handled.empty() ? Decision::StartUnconfined : Decision::Confine;
}

} // namespace unitlock::exec
