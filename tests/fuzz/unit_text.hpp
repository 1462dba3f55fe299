// SPDX-License-Identifier: LGPL-2.1-or-later
// A unit made from the text of one file, as UnitIndex makes it from several.
#pragma once

#include <iterator>
#include <string>
#include <utility>

#include "unit/unit_file.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::fuzz {

inline void add_text(const std::string& path, std::string_view text, Unit& unit) {
  UnitFile file = parse_unit_file(path, text);
  std::move(file.assignments.begin(), file.assignments.end(), std::back_inserter(unit.assignments));
  std::move(file.headers.begin(), file.headers.end(), std::back_inserter(unit.headers));
  std::move(file.bad_lines.begin(), file.bad_lines.end(), std::back_inserter(unit.bad_lines));
  if (file.broken)
    unit.broken.push_back(std::move(*file.broken));
}

/// "/etc/systemd/system/fuzz.service" with this text.
inline Unit unit_of(std::string_view text) {
  Unit unit;
  unit.name = "fuzz.service";
  unit.fragment = "/etc/systemd/system/fuzz.service";
  unit.reads_generated = true;
  add_text(unit.fragment, text, unit);
  return unit;
}

} // namespace unitlock::fuzz
