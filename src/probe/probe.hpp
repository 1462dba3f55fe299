// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a running process is confined, asked of the kernel: the process is made to try what its
// policy denies it (tracee.hpp, attempts.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "probe/attempts.hpp"
#include "probe/inquiry.hpp"

namespace unitlock::probe {

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
