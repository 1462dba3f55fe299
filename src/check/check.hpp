// SPDX-License-Identifier: LGPL-2.1-or-later
// All checks of a declaration, or of a preset, without starting anything.
#pragma once

#include <string_view>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "base/placed_file.hpp"
#include "check/finding.hpp"
#include "declare/declaration_index.hpp"

namespace unitlock::check {

/// What the generator says about the unit, and what the checks find, in the order of the files and
/// lines. `placed`: the files that are not from `root`. Of a unit whose own file is among them, or
/// of which they are drop-ins only, the package may be missing in `root`: then what is missing is
/// no fault. `kernel_abi`: see Subject.
Findings check_unit(const Root& root, const DeclaredUnit& declared, RuntimeScope scope,
                    const PlacedFiles& placed = {}, int kernel_abi = landlock::kNewestAbi);

/// What can be said of a preset by itself. A preset that cannot be used is among the problems of
/// its file.
Findings check_preset(const Root& root, const Presets& presets, const Preset& preset,
                      RuntimeScope scope);

/// Problems of directories and files as a whole, as findings of this name.
Findings check_problems(const Diagnostics& problems, std::string_view check);

} // namespace unitlock::check
