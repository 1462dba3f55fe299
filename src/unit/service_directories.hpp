// SPDX-License-Identifier: LGPL-2.1-or-later
// The directories that systemd makes for a service: RuntimeDirectory= and its siblings.
//
// Source: systemd.exec(5), "RuntimeDirectory=, StateDirectory=, …".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/manager_environment.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

struct ServiceDirectory {
  const char* setting;
  const char* specifier;       ///< what stands for the directory that it is made in
  std::string_view of_system;  ///< that directory, for services of the system's manager
  bool is_for_reading = false; ///< its files belong to the administrator
};

inline constexpr auto kServiceDirectories = std::to_array<ServiceDirectory>({
    {"RuntimeDirectory", "%t", "/run"},
    {"StateDirectory", "%S", "/var/lib"},
    {"CacheDirectory", "%C", "/var/cache"},
    {"LogsDirectory", "%L", "/var/log"},
    {"ConfigurationDirectory", "%E", "/etc", true},
});

/// One that a unit has, as systemd's system manager places it.
struct OwnDirectory {
  std::string path;
  bool is_for_reading = false;
};

/// Left out is what only the start can expand.
std::vector<OwnDirectory> own_directories(const Unit& unit, RuntimeScope scope);

} // namespace unitlock
