// SPDX-License-Identifier: LGPL-2.1-or-later
// Whom the kernel takes a service for when it looks at permissions.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/files.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::advise {

// Numbers of linux/capability.h.
inline constexpr unsigned kCapDacOverride = 1;
inline constexpr unsigned kCapDacReadSearch = 2;
inline constexpr unsigned kCapFowner = 3;
inline constexpr unsigned kCapKill = 5;
inline constexpr unsigned kCapNetBindService = 10;
inline constexpr unsigned kCapSysAdmin = 21;
inline constexpr unsigned kCapMknod = 27;

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::set<gid_t> groups; ///< supplementary ones
  std::uint64_t capabilities = 0;
  std::string who; ///< "the main process (PID 12)", "User=web", "root"
  SourceRef where; ///< of User=

  bool can(unsigned capability) const { return (capabilities >> capability & 1) != 0; }
  bool is_in(gid_t group) const { return group == gid || groups.contains(group); }
};

/// From the text of /proc/PID/status, whose file system IDs and effective capabilities count.
/// nullopt for a text that is none.
std::optional<Identity> identity_of_process(std::string_view status);

/// From User= and its siblings, with the names in the root's /etc/passwd and /etc/group. nullopt
/// for DynamicUser= and for names that are not there (systemd may know them from elsewhere).
std::optional<Identity> identity_of_unit(const Unit& unit, const Root& root);

} // namespace unitlock::advise
