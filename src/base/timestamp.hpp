// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in time as systemd.time(7) writes them: libsystemd has no public parser for them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace unitlock {

/// Microseconds since 1970 for "now", "today", "yesterday", "tomorrow", "2026-11-21",
/// "2026-11-21 10:00[:30[.5]]" (also with "T", and with "UTC" or "Z" behind), "10:00",
/// "@1795303307",
/// "-1h 30min", "+5s", "2 days ago". Local time unless it says UTC. `now_usec` is the present.
Result<std::uint64_t> parse_timestamp(std::string_view text, std::uint64_t now_usec);

/// The present.
std::uint64_t realtime_now_usec();

} // namespace unitlock
