// SPDX-License-Identifier: LGPL-2.1-or-later
// What a file of the unit path is, told by its own path: "DIRECTORY/a.service", or the drop-in
// "DIRECTORY/a.service.d/x.conf".
//
// Source: systemd.unit(5).
#pragma once

#include <optional>
#include <string_view>

namespace unitlock {

/// Views into the path that was parsed.
struct UnitPath {
  std::string_view search_directory;
  std::string_view unit; ///< whose it is; "service" for a drop-in of the whole type
  bool is_drop_in = false;
};

/// Whether it is a drop-in that reaches other units too: of the whole type, or of a prefix.
bool reaches_others(const UnitPath& path);

/// nullopt where the path is neither a service's fragment nor a drop-in.
std::optional<UnitPath> parse_unit_path(std::string_view path);

} // namespace unitlock
