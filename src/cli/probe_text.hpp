// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock status --probe` found out, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "probe/service_probe.hpp"

namespace unitlock::cli {

/// Lines, made harmless for a terminal: processes of which the same is to be said together.
std::vector<std::string> probe_text(const probe::ServiceProbe& probe);
nlohmann::ordered_json probe_json(const probe::ServiceProbe& probe);

} // namespace unitlock::cli
