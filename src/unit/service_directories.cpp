// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/service_directories.hpp"

#include <fmt/format.h>

#include "unit/expand.hpp"
#include "unit/words.hpp"

namespace unitlock {

std::vector<OwnDirectory> own_directories(const Unit& unit, RuntimeScope scope) {
  std::vector<OwnDirectory> all;
  for (const ServiceDirectory& base : kServiceDirectories)
    for (const Unit::Word& word : unit.words("Service", base.setting))
      if (auto name = expand(colon_field(word.text, 0), unit.name, scope); name && !name->empty())
        all.push_back(
            {simplify_path(fmt::format("{}/{}", base.of_system, *name)), base.is_for_reading});
  return all;
}

} // namespace unitlock
