// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/subject.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "policy/vocabulary.hpp"
#include "unit/expand.hpp"

namespace unitlock::check {

bool Subject::is_on(std::string_view key) const {
  const Assignment* found = unit.scalar("Service", key);
  return found && parse_boolean(found->value).value_or(false);
}

bool Subject::is_unprivileged() const {
  if (!words("AmbientCapabilities").empty())
    return false;
  const Assignment* user = unit.scalar("Service", "User");
  if (!user)
    return is_on("DynamicUser");
  std::string name = expanded(user->value).value_or("root");
  return name != "root" && name != "0";
}

std::optional<std::string> Subject::expanded(std::string_view text) const {
  return expand(text, unit.name, scope);
}

const Assignment* own_directive(const Unit& unit, std::string_view directive) {
  for (const char* section : {"X-Landlock", "Landlock"})
    if (const Assignment* said = unit.scalar(section, directive))
      return said;
  return nullptr;
}

bool is_out_of_reach(const Root& root, const std::string& path) {
  auto fd = root.open_file(path, O_PATH);
  return !fd && fd.error().number == EACCES;
}

bool is_spelled_out(std::uint64_t access) {
  return std::none_of(kPathDirectives.begin(), kPathDirectives.end(),
                      [&](const PathDirective& row) { return row.access == access; });
}

} // namespace unitlock::check
