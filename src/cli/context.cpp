// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/context.hpp"

#include <unistd.h>

#include <cstdlib>

namespace unitlock::cli {

ManagerEnvironment Context::manager(const Root& opened) const {
  if (!user)
    return system_manager(opened, std::getenv);
  if (is_this_machine())
    return user_manager(std::getenv);
  return user_manager([](const char*) -> const char* { return nullptr; });
}

std::optional<std::uint32_t> Context::uid() const {
  return user ? std::optional<std::uint32_t>(getuid()) : std::nullopt;
}

} // namespace unitlock::cli
