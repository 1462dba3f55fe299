// SPDX-License-Identifier: LGPL-2.1-or-later
// What another program prints.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace unitlock::machine {

/// Runs `argv` (argv[0] is looked up in the system's directories, whatever PATH says) with nothing
/// on its standard input and standard error, and gives what it prints. Errors: it is not there,
/// does not end in time and is killed, ends with another status than 0, or prints more than 16 MiB.
Result<std::string> program_output(const std::vector<std::string>& argv,
                                   std::chrono::milliseconds patience);

} // namespace unitlock::machine
