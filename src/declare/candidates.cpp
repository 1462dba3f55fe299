// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/candidates.hpp"

#include <algorithm>

#include "unit/unit_name.hpp"

namespace unitlock {

std::vector<std::string> candidate_services(const UnitIndex& units, const Presets* presets) {
  std::vector<std::string> names = units.services();
  if (!presets)
    return names;
  for (const UnitPresets& unit : presets->units())
    if (!unit.is_glob() && template_of(unit.pattern))
      names.push_back(units.resolve_alias(unit.pattern));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool is_candidate(const UnitIndex& units, const Presets* presets, const std::string& name,
                  const std::function<bool(std::string_view)>& test) {
  return (presets && presets->given_to(units.names_of(name))) || units.any_text(name, test);
}

} // namespace unitlock
