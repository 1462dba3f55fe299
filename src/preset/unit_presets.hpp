// SPDX-License-Identifier: LGPL-2.1-or-later
// The key "units:" of conf.d files: which services get which presets without a word in their own
// files.
//
// Source: unitlock.presets(5), "UNITS".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "preset/yaml.hpp"

namespace unitlock {

struct PresetName {
  std::string name;
  SourceRef where;
};

/// In place of a preset: the services get none.
inline constexpr std::string_view kNoPreset = "none";

/// One entry of "units:".
struct UnitPresets {
  std::string pattern;             ///< a service's name, one of its aliases, or a glob for them
  std::vector<PresetName> presets; ///< empty: none
  SourceRef where;
  /// What is wrong with the presets: the services are then declared, and invalid.
  std::optional<Error> error;

  /// Whether it speaks of a service with these names: its own, its template's, its aliases'.
  bool matches(const std::vector<std::string>& names) const;
  bool is_glob() const;
};

/// Errors: the pattern can be no service's; with file:line:column.
Result<UnitPresets> parse_unit_presets(const YamlNode::Entry& entry);

} // namespace unitlock
