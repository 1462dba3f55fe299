// SPDX-License-Identifier: LGPL-2.1-or-later
// Why nothing that could be written is about an object that somebody has named.
#pragma once

#include <string>

#include "advise/suggestion.hpp"

namespace unitlock::advise {

/// One sentence without a full stop, harmless for a terminal. Empty where the advice has a line
/// about the object, or never heard of it.
std::string why_no_line(const Advice& advice, const std::string& object);

} // namespace unitlock::advise
