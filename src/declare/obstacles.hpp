// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings of a unit under which it cannot be started through the wrapper with everything else the
// same, whatever the generated drop-in adds. Such a unit is left alone.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "unit/system_call_filter.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

/// The unit's filter as far as systemd has read it when it comes to the generated drop-in: what the
/// drop-in adds to it.
SystemCallFilter filter_before_drop_in(const Unit& unit);

/// One Error for each of them, at its place in the unit. `wrapper`: its installed path.
Diagnostics setting_obstacles(const Unit& unit, std::string_view wrapper);

} // namespace unitlock
