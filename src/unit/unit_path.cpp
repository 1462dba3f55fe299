// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_path.hpp"

#include "base/files.hpp"
#include "unit/unit_name.hpp"

namespace unitlock {
namespace {

constexpr std::string_view kDropIns = ".d";

/// Cuts the last component off.
std::string_view take_basename(std::string_view& path) {
  std::string_view name = path_basename(path);
  path.remove_suffix(name.size());
  if (!path.empty())
    path.remove_suffix(1);
  return name;
}

} // namespace

bool reaches_others(const UnitPath& path) {
  return path.is_drop_in && (path.unit == "service" || is_dash_prefix(path.unit));
}

std::optional<UnitPath> parse_unit_path(std::string_view path) {
  std::string_view name = take_basename(path);
  if (name.ends_with(".service") && is_valid_unit_name(name))
    return UnitPath{path, name, false};
  std::string_view directory = take_basename(path);
  if (!name.ends_with(".conf") || !(directory.ends_with(".service.d") || directory == "service.d"))
    return std::nullopt;
  directory.remove_suffix(kDropIns.size());
  return UnitPath{path, directory, true};
}

} // namespace unitlock
