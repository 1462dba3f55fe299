// SPDX-License-Identifier: LGPL-2.1-or-later
// Why what was read of a journal may not be all that there was: sentences for people.
#pragma once

#include <string>
#include <vector>

#include "journal/attributor.hpp"
#include "journal/denial_source.hpp"
#include "journal/logged_denials.hpp"

namespace unitlock::journal {

std::vector<std::string> find_gaps(const Journal& journal, const DenialSource& source,
                                   const Attributor& attributor, const LoggedDenials& logged);

} // namespace unitlock::journal
