// SPDX-License-Identifier: LGPL-2.1-or-later
// Services from the whole grammar of ExecStart=, correct and not.
//
// Source: systemd.service(5), "Command lines"; systemd.syntax(7); systemd.exec(5).
#pragma once

#include <cstdint>
#include <string>

namespace oracle {

/// Writes COUNT services, named random-N.service or, as instances, random-N@….service, from N =
/// FIRST on, and some drop-ins of theirs, below DIR (for the machine itself: empty), and prints the
/// names. They declare nothing. Service N of a seed is the same, whatever is written with it.
void write_random_units(std::uint64_t seed, std::size_t first, std::size_t count,
                        const std::string& dir);

} // namespace oracle
