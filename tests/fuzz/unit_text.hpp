// SPDX-License-Identifier: LGPL-2.1-or-later
// A unit made from the text of one file, as UnitIndex makes it from several.
#pragma once

#include <string>

#include "unit/unit_file.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::fuzz {

/// "/etc/systemd/system/fuzz.service" with this text.
inline Unit unit_of(std::string_view text) {
  Unit unit;
  unit.name = "fuzz.service";
  unit.fragment = "/etc/systemd/system/fuzz.service";
  unit.reads_generated = true;
  unit.add(parse_unit_file(unit.fragment, text));
  return unit;
}

} // namespace unitlock::fuzz
