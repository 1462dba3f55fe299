// SPDX-License-Identifier: LGPL-2.1-or-later
// Which path rules of a policy hold where: laid over the inodes that a service sees, as the kernel
// does when it walks from a file up to the root.
#pragma once

#include <string>
#include <vector>

#include "advise/sight.hpp"
#include "base/manager_environment.hpp"
#include "policy/policy.hpp"

namespace unitlock::advise {

class HeldRules {
public:
  /// A rule where it holds, and what it grants there.
  struct Held {
    const PathRule* rule;
    std::uint64_t access;
  };

  /// All must outlive it. `unit`: the full name, for specifiers.
  HeldRules(const Policy& policy, const Sight& sight, const std::string& unit, RuntimeScope scope);

  /// Those on the resolved path and on all that is above it.
  std::vector<Held> at(const std::string& real) const;
  /// Those that would hold there if their path existed: they are in no ruleset.
  std::vector<const PathRule*> missing_at(const std::string& real) const;
  /// Those that may hold there: only the start tells their paths.
  std::vector<const PathRule*> unknown_at(const std::string& real) const;

private:
  struct Placed {
    const PathRule* rule;
    std::string real;
    Node node;
  };
  struct Unknown {
    const PathRule* rule;
    std::string beginning; ///< what is known of its path
  };
  static bool is_same(const Placed& placed, const std::string& path, const Node& node);

  const Sight& sight_;
  std::vector<Placed> placed_;
  std::vector<Unknown> unknown_;
};

} // namespace unitlock::advise
