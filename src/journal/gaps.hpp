// SPDX-License-Identifier: LGPL-2.1-or-later
// Why what was read of a journal may not be all that there was: sentences for people.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "journal/attributor.hpp"
#include "journal/denial_source.hpp"

namespace unitlock::journal {

/// Denials by domain, as they were read.
using LoggedDenials = std::map<DomainKey, std::uint64_t>;
/// Counts one; not of more domains than can be remembered.
void count_denial(LoggedDenials& logged, const DomainKey& domain);

std::vector<std::string> find_gaps(const Journal& journal, const DenialSource& source,
                                   const Attributor& attributor, const LoggedDenials& logged);

} // namespace unitlock::journal
