// SPDX-License-Identifier: LGPL-2.1-or-later
// The exposure that systemd-analyze(1) gives to services by their other settings.
//
// Source: systemd-analyze(1), "security".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/manager_environment.hpp"
#include "base/result.hpp"

namespace unitlock::machine {

struct SystemdExposure {
  unsigned tenths = 0;   ///< 0 to 100, for 0.0 to 10.0
  std::string predicate; ///< "UNSAFE"

  bool operator==(const SystemdExposure&) const = default;
};
/// By the unit's real name.
using SystemdExposures = std::map<std::string, SystemdExposure>;

/// Of these units; with none, of those that systemd-analyze lists: loaded services that run for
/// long. Units that it does not know are left out. Errors: it cannot be asked, or is older than
/// 250.
Result<SystemdExposures> ask_systemd_analyze(RuntimeScope scope,
                                             const std::vector<std::string>& units);

/// The overview in JSON. Errors: it is something else.
Result<SystemdExposures> parse_overview(std::string_view json);
/// The last lines of each unit's details.
SystemdExposures parse_details(std::string_view text);

} // namespace unitlock::machine
