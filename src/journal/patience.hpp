// SPDX-License-Identifier: LGPL-2.1-or-later
// How long to wait for what tells whose a denial is. journald reads the kernel's records and those
// of services from different sockets: a start record may be in the journal behind the denial.
#pragma once

#include <cstdint>

#include "journal/attribution.hpp"

namespace unitlock::journal {

/// How long a start record, or the rest of an event, may be behind the denial.
inline constexpr std::uint64_t kPatienceUsec = 1000000;
/// How often to look again while something waits.
inline constexpr std::uint64_t kRetryUsec = 200000;

/// Whether the unit may become known yet, of a domain's first denial or one of those behind it.
inline bool may_be_placed_later(const Attribution& attribution, std::uint64_t denied_usec,
                                std::uint64_t now_usec) {
  // A time to come is that of a clock that was wrong.
  bool is_fresh = denied_usec <= now_usec && denied_usec + kPatienceUsec > now_usec;
  return is_fresh && !is_placed(attribution.certainty);
}

} // namespace unitlock::journal
