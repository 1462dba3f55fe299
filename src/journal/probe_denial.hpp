// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that `unitlock status --probe` has caused on purpose.
#pragma once

#include <string>

#include "journal/denial.hpp"

namespace unitlock::journal {

/// By the object alone (base/probe_marks.hpp): a service that imitates one hides no more than that
/// it was denied to read the wrapper's file, or to reach where nobody is. `wrapper`: where it is
/// installed.
bool is_probe(const Denial& denial, const std::string& wrapper);

} // namespace unitlock::journal
