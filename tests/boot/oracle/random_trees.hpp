// SPDX-License-Identifier: LGPL-2.1-or-later
// Services spread over the search path: fragments, links and aliases, and drop-ins of every name
// that systemd looks at.
//
// Source: systemd.unit(5); systemd's src/core/load-dropin.c and src/shared/unit-file.c.
#pragma once

#include <cstdint>
#include <string>

namespace oracle {

/// Writes COUNT families of services, treeN-…, from N = FIRST on, below DIR (for the machine
/// itself: empty) and prints the names of what can be loaded, aliases included. Every file adds an
/// ExecStart= that names it, so systemd's command lines show which files it read and in which
/// order. Some of the drop-ins declare something. Family N of a seed is the same, whatever is
/// written with it.
void write_random_trees(std::uint64_t seed, std::size_t first, std::size_t count,
                        const std::string& dir);

} // namespace oracle
