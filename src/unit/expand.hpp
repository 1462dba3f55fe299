// SPDX-License-Identifier: LGPL-2.1-or-later
// What a specifier of systemd's will stand for, as far as that can be known before the start.
//
// Source: systemd.unit(5), "Specifiers".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/manager_environment.hpp"

namespace unitlock {

/// `text` with its specifiers expanded for the unit of this full name. nullopt where one of them
/// depends on the machine, on the user or, in a template, on the instance.
std::optional<std::string> expand(std::string_view text, std::string_view unit, RuntimeScope scope);

/// `text` up to the first specifier that is not known, expanded.
std::string known_beginning(std::string_view text, std::string_view unit, RuntimeScope scope);

} // namespace unitlock
