// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that unitlock has caused on purpose: `unitlock status --probe`, and the wrapper where it
// is started inside of another confinement, which then denies what it tries (of a user's manager,
// say).
#pragma once

#include <string>

#include "journal/denial.hpp"

namespace unitlock::journal {

/// By the object alone (base/probe_marks.hpp): a service that imitates one hides no more than that
/// it was denied to read the wrapper's file or a map of IDs, or to reach where nobody is. What only
/// the wrapper tries counts where the kernel says that it was the wrapper. `wrapper`: where it is
/// installed.
bool is_probe(const Denial& denial, const std::string& wrapper);

} // namespace unitlock::journal
