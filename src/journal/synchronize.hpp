// SPDX-License-Identifier: LGPL-2.1-or-later
// journalctl --sync for programs: libsystemd has no call for it.
//
// Source: systemd's src/journal/journald-server.c (io.systemd.Journal.Synchronize),
// https://varlink.org/Interface-Definition.
#pragma once

#include "base/result.hpp"

namespace unitlock::journal {

/// Returns when journald has written what it had got by now. Waits for at most some seconds.
/// Errors: only root may ask.
Result<void> synchronize();

} // namespace unitlock::journal
