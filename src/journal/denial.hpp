// SPDX-License-Identifier: LGPL-2.1-or-later
// A denial: what one audit event says, put together.
#pragma once

#include <cstdint>
#include <string>

#include "journal/audit_record.hpp"

namespace unitlock::journal {

/// A Landlock domain: its number is unique within a boot. `boot` is an index into the boots that
/// were met while reading.
struct DomainKey {
  std::uint32_t boot = 0;
  std::uint64_t domain = 0;

  auto operator<=>(const DomainKey&) const = default;
};

/// One 1423 with the process of its event (empty where the event has no SYSCALL record).
struct Denial {
  std::uint64_t realtime_usec = 0;
  std::uint64_t serial = 0; ///< of the audit event, unique within a boot: two denials may share it
  DomainKey domain;
  std::string blockers;
  Object object;
  SyscallRecord process;

  bool operator==(const Denial&) const = default;
};

} // namespace unitlock::journal
