// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether denials can be seen on this machine, with what the journal itself shows of it.
#pragma once

#include "journal/record_source.hpp"
#include "machine/visibility.hpp"

namespace unitlock::machine {

/// `journal` is this machine's; nullptr where it cannot be read.
Visibility see_denials(journal::Journal* journal);

} // namespace unitlock::machine
