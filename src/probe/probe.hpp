// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a running process is confined, asked of the kernel: the process is made to try what its
// policy denies it (tracee.hpp, attempts.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "landlock/access.hpp"
#include "probe/attempts.hpp"

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

struct ProbedProcess {
  std::int64_t pid = 0;
  std::string name;         ///< comm, as the process has set it
  std::string problem;      ///< why nothing could be asked
  std::array<Try, 3> tries; ///< in the order of landlock::Family

  bool has(Verdict verdict) const;
};

/// Stops the process for well below a millisecond, unless it is in an uninterruptible sleep: then
/// up to half a second is waited for it. Needs what Tracee::stop() needs. `same_root`: the process
/// has the root directory and the mounts that the attempts were chosen for. `unit`: whose control
/// group it has to be in when it is stopped, or empty; its ID may be another one's by then.
ProbedProcess probe_process(std::int64_t pid, const std::string& unit, const Attempts& attempts,
                            bool same_root);

} // namespace unitlock::probe
