// SPDX-License-Identifier: LGPL-2.1-or-later
// The attempts, made through a stopped process, and what the kernel's answers mean.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "landlock/access.hpp"
#include "probe/attempts.hpp"
#include "probe/target.hpp"
#include "probe/tracee.hpp"

namespace unitlock::probe {

enum class Verdict : std::uint8_t {
  Untried,
  Denied,  ///< as it should be
  Allowed, ///< it is not confined, or by less than is thought
};
/// "untried", "denied", "allowed".
std::string_view to_string(Verdict verdict);

struct Try {
  landlock::Family family = landlock::Family::Filesystem;
  Verdict verdict = Verdict::Untried;
  std::string what; ///< "fs.read_file /usr/libexec/unitlock-exec"; may be empty where untried
  std::string why;  ///< of Untried: why nothing can be said; empty where the policy gives no cause
};

/// In the order of landlock::Family. `same_root`: paths mean in the process what they mean in the
/// policy.
std::array<Try, 3> try_all(Tracee& tracee, const ProcessFacts& facts, const Attempts& attempts,
                           bool same_root);

} // namespace unitlock::probe
