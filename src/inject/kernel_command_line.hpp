// SPDX-License-Identifier: LGPL-2.1-or-later
// "unitlock=off" on the kernel command line: the way out for a machine that does not come up.
//
// Source: systemd's proc_cmdline() in src/basic/proc-cmdline.c: in a container the command line is
// that of PID 1.
#pragma once

#include "base/files.hpp"

namespace unitlock {

/// `in_container`: $SYSTEMD_VIRTUALIZATION begins with "container". A command line that cannot be
/// read switches nothing off.
bool switched_off(const Root& root, bool in_container);

} // namespace unitlock
