// SPDX-License-Identifier: LGPL-2.1-or-later
// A file from outside of the root that counts as if it were installed there: a unit, a drop-in or
// presets that somebody wants to know about before they are.
#pragma once

#include <string>
#include <vector>

namespace unitlock {

struct PlacedFile {
  std::string path; ///< as it was named; holds a slash, and its last components say what it is
  std::string text;
};
using PlacedFiles = std::vector<PlacedFile>;

} // namespace unitlock
