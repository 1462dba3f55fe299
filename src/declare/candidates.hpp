// SPDX-License-Identifier: LGPL-2.1-or-later
// Which services may be declared: found without reading all of their files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "preset/presets.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

/// The services to look at, sorted: UnitIndex::services(), and the instances that "units:" names,
/// which need not have files of their own. `presets` may be nullptr where "units:" says nothing.
std::vector<std::string> candidate_services(const UnitIndex& units, const Presets* presets);

/// Whether "units:" gives the service presets, or `test` holds for the text of any of its files.
bool is_candidate(const UnitIndex& units, const Presets* presets, const std::string& name,
                  const std::function<bool(std::string_view)>& test);

} // namespace unitlock
