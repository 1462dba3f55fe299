// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks at the files of a journal before it is read: sd-journal skips those that it may not open or
// cannot understand, without a word.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/record_source.hpp"

namespace unitlock::journal {

struct CheckedFiles {
  std::vector<std::string> warnings; ///< about files that are left out
  /// Audit records are in the system's journal and in no other.
  bool system_readable = true;
};

/// Errors: no file at all is readable, or no system journal unless only own entries are wanted.
Result<CheckedFiles> check_files(const Location& location);

} // namespace unitlock::journal
