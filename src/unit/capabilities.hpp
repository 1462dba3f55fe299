// SPDX-License-Identifier: LGPL-2.1-or-later
// Which capabilities a unit's settings leave to its processes.
//
// Source: systemd.exec(5), CapabilityBoundingSet=; systemd's config_parse_capability_set() (the
// first list is the set, or with "~" all but it; later ones add and take away; an empty one is
// nothing, or with "~" everything).
#pragma once

#include <string_view>

#include "unit/unit_index.hpp"

namespace unitlock {

/// Whether CapabilityBoundingSet= leaves it ("CAP_NET_RAW"); true where nothing is set.
bool is_in_bounding_set(const Unit& unit, std::string_view capability);

} // namespace unitlock
