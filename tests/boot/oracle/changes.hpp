// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of a service's properties may differ once it is started through the wrapper, and why. What
// is not listed has to stay as it was. docs/facts.md repeats the list for people.
#pragma once

#include <string_view>

namespace oracle {

/// Changed by time or by the service's run, not by us.
inline constexpr std::string_view kVolatile[] = {
    "Refs",                 // the bus name of who asks
    "StateChangeTimestamp", // of a stub that another unit names: when it was loaded
    "StateChangeTimestampMonotonic",
    "CPUUsageNSec",
    "WatchdogTimestamp",
    "WatchdogTimestampMonotonic",
};

enum class Change {
  Elsewhere, ///< compared by itself: commands and files
  Set,       ///< was empty, and is now the base name of the program
  Filter,    ///< has the wrapper's system calls besides all it had, or denies them no more
  Wrapper,   ///< has the wrapper's path besides all it had
};

struct ChangedProperty {
  std::string_view name;
  Change change;
};

inline constexpr ChangedProperty kChanged[] = {
    {"ExecStart", Change::Elsewhere},
    {"ExecStartEx", Change::Elsewhere},
    {"DropInPaths", Change::Elsewhere},
    // systemd names log lines after the program that it executes.
    {"SyslogIdentifier", Change::Set},
    // Landlock's and the one that gives the wrapper its tag, where the unit has a filter.
    {"SystemCallFilter", Change::Filter},
    // Where the unit hides the root file system, or forbids to execute.
    {"BindReadOnlyPaths", Change::Wrapper},
    {"ExecPaths", Change::Wrapper},
};

} // namespace oracle
