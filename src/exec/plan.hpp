// SPDX-License-Identifier: LGPL-2.1-or-later
// What a kernel of a given ABI makes of the policy, and whether the service may start under it. A
// pure function of the settings and the ABI; the same result as policy/lower.hpp, without heap.
#pragma once

#include <cstdint>

#include "exec/options.hpp"
#include "landlock/abi.hpp"

namespace unitlock::exec {

struct Plan {
  int abi = 0; ///< the kernel's, 0 for none; newer than landlock::kNewestAbi works as that one
  landlock::AccessSet asked;
  landlock::AccessSet handled;
  std::uint32_t restrict_flags = 0;
  bool quiet = false; ///< quiet rules can be told to this kernel

  landlock::AccessSet dropped() const { return asked.without(handled); }
  /// What a path rule grants on a directory; 0: the rule has no effect and must be left out.
  std::uint64_t access(const Argument& path) const {
    return landlock::rule_access(path.access, handled.fs, true);
  }
  /// What a port rule grants; 0: likewise.
  std::uint64_t port_access(const Argument& port) const {
    return port.any_port ? 0 : port.access & handled.net;
  }
};
Plan plan(const Settings& settings, int abi);

enum class Decision {
  Confine,
  StartUnconfined, ///< best effort on a kernel that has none of it: said aloud
  StartPermissive, ///< nothing is to be enforced, whatever the kernel has: said aloud
  RefuseEmpty,     ///< the policy restricts nothing, on any kernel: a mistake
  RefusePartial,   ///< strict, and not all of it can be enforced
};
Decision decide(const Settings& settings, const Plan& plan);

} // namespace unitlock::exec
