// SPDX-License-Identifier: LGPL-2.1-or-later
// What the unit's own settings make of a path of the host in the service's view of the file system:
// whether systemd finds the wrapper there, and may execute it.
//
// Source: systemd.exec(5), "Paths" and "Sandboxing"; systemd's src/core/namespace.c, where nothing
// below an inaccessible path is mounted (drop_inaccessible()).
#pragma once

#include <string_view>

#include "unit/unit_index.hpp"

namespace unitlock {

/// Each member is the setting that does it, or nullptr.
struct PathFate {
  /// Another root, or a mount over the path or over a directory above it: a bind mount of the path
  /// brings it back. Also where a specifier leaves open what is covered.
  const Assignment* covered = nullptr;
  /// Nothing brings it back.
  const Assignment* inaccessible = nullptr;
  /// It is on a path that nothing may be executed from.
  const Assignment* not_executable = nullptr;
};

/// `path`: absolute, simple, without links.
PathFate fate_of(const Unit& unit, std::string_view path);

} // namespace unitlock
