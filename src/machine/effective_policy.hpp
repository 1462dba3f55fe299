// SPDX-License-Identifier: LGPL-2.1-or-later
// By what a service is confined in truth: by what it was started with while it runs, by what it
// would be started with otherwise. Where that is not known, by nothing.
#pragma once

#include <optional>
#include <string>

#include "machine/survey.hpp"
#include "policy/policy.hpp"

namespace unitlock::machine {

struct EffectivePolicy {
  std::optional<Policy> policy; ///< nullopt: nothing confines it, as far as is known
  int abi = 0;                  ///< the kernel's
  std::string why;              ///< nothing does: why; otherwise what is to be known, or empty
};

/// `kernel_abi`: of the kernel that would start what does not run.
EffectivePolicy effective_policy(const ServiceReport& report, int kernel_abi, RuntimeScope scope);

/// systemd knows that it started what runs by another command than the wrapper.
bool runs_unwrapped(const ServiceReport& report);

/// The declared policy with its paths as they will be when the service starts. What only systemd
/// can expand is taken from what it has loaded, if that is of the same declaration.
Policy as_started(const ServiceReport& report, RuntimeScope scope);

} // namespace unitlock::machine
