// SPDX-License-Identifier: LGPL-2.1-or-later
// Questions to systemd's system manager, over its own socket where that is open to us (no bus
// daemon is needed then, as early in the boot) and over the system bus otherwise.
#pragma once

#include <string>

#include "base/result.hpp"

struct sd_bus;

namespace unitlock::machine {

class Manager {
public:
  static Result<Manager> connect();
  Manager(Manager&& other) noexcept;
  Manager& operator=(Manager&& other) noexcept;
  ~Manager();

  /// "active", "inactive", "failed", …; "inactive" for a unit that does not exist.
  Result<std::string> active_state(const std::string& unit);
  /// Queues a restart of the unit and does not wait for it.
  Result<void> queue_restart(const std::string& unit);

private:
  explicit Manager(sd_bus* bus) : bus_(bus) {}
  sd_bus* bus_;
};

} // namespace unitlock::machine
