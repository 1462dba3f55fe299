// SPDX-License-Identifier: LGPL-2.1-or-later
// All processes of a running service, asked one after the other.
#pragma once

#include <string>
#include <vector>

#include "machine/survey.hpp"
#include "probe/probe.hpp"

namespace unitlock::probe {

struct ServiceProbe {
  std::string problem; ///< why none could be asked; empty where some were
  std::vector<ProbedProcess> processes;

  /// Some process was denied something: without that nothing is known.
  bool saw_denial() const;
  /// Some process was allowed what the policy denies.
  bool was_allowed() const;
};

/// What the policy denies is chosen by what the service was started with, or, where that is not
/// known, by what is declared. `manager` says which processes are the service's: what other
/// commands than ExecStart=, or an earlier run, have left behind is among them. Those that run now
/// and that Commands= leaves unconfined are named and not asked.
ServiceProbe probe_service(const machine::ServiceReport& report, machine::Manager& manager,
                           RuntimeScope scope);

/// What becomes of the verdict when some process was allowed what is denied to a confined one.
void amend(machine::Verdict& verdict, const std::string& unit, const ServiceProbe& probe);

} // namespace unitlock::probe
