// SPDX-License-Identifier: LGPL-2.1-or-later
// What /proc says of a process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/process_status.hpp"

namespace unitlock::probe {

/// /proc/PID/NAME, without what ends its last line; empty where there is no such process or file.
std::string process_file(std::int64_t pid, std::string_view name);
ProcessStatus process_status(std::int64_t pid);
/// Whether it is in the caller's PID namespace.
bool is_in_own_pid_namespace(std::int64_t pid);

} // namespace unitlock::probe
