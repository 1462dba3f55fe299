// SPDX-License-Identifier: LGPL-2.1-or-later
// What the permissions of files and of the directories on the way say to a service. Pure.
//
// Source: path_resolution(7), "Permissions"; capabilities(7); unlink(2) of the sticky bit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advise/other_refusals.hpp"

namespace unitlock::advise {

/// The first that refuses; nullopt where none does.
std::optional<OtherRefusal> refused_by_permissions(const Question& question,
                                                   const Identity& identity,
                                                   const Surroundings& around);

} // namespace unitlock::advise
