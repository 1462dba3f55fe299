// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks at the files of a journal before it is read: sd-journal skips those that it may not open or
// cannot understand, without a word.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/record_source.hpp"

namespace unitlock::journal {

/// Warnings about files that are left out. Errors: no file at all, or no system journal, is
/// readable: audit records are in no other.
Result<std::vector<std::string>> check_files(const Location& location);

} // namespace unitlock::journal
