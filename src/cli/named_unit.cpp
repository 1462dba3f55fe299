// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/named_unit.hpp"

#include <fmt/format.h>

#include "unit/unit_name.hpp"

namespace unitlock::cli {

Result<std::string> service_name(const std::string& word) {
  std::string name = complete_unit_name(word);
  if (!name.ends_with(".service"))
    return fail(fmt::format("{} is no service: only services are confined", name));
  return name;
}

Result<DeclaredUnit> existing_unit(const DeclarationIndex& index, const std::string& word) {
  auto name = service_name(word);
  if (!name)
    return tl::unexpected(name.error());
  DeclaredUnit declared = index.find(*name);
  if (!declared.exists())
    return fail(fmt::format("there is no {}", *name));
  return declared;
}

} // namespace unitlock::cli
