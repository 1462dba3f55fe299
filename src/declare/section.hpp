// SPDX-License-Identifier: LGPL-2.1-or-later
// The [X-Landlock] section of a unit, as written: settings, and the grants of its own directives.
//
// Source: unitlock.unit(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/policy.hpp"
#include "policy/port_names.hpp"
#include "preset/unit_presets.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

struct Section {
  /// Whether the unit has the section at all, an empty one included.
  bool present = false;
  SourceRef where; ///< its first header
  /// The settings and the section's own grants; no presets, nothing derived.
  Policy policy;
  /// nullopt: not said, `runtime` is meant. Empty: reset to nothing.
  std::optional<std::vector<PresetName>> presets;
  std::optional<bool> derive_from_unit; ///< nullopt: yes, but for what presets leave out
  /// An error makes the declaration invalid. `[Landlock]` in place of `[X-Landlock]` is a note.
  Diagnostics diagnostics;
};

Section read_section(const Unit& unit, const PortNames& port_names);

/// Whether a section of this name is the declaration.
bool is_declaration_section(std::string_view name);

/// Whether a unit file of this text may hold a declaration, or the attempt at one: a cheap test for
/// a line that begins like its header.
bool may_declare(std::string_view text);

} // namespace unitlock
