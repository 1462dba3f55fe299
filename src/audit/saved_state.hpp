// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock-audit on` changed, kept below /run until `off` takes it back. Pure text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace unitlock::audit {

struct SavedState {
  bool was_enabled = false;
  std::uint32_t backlog_limit = 0; ///< before; 0 if it was not changed
  std::uint32_t rules = 0;         ///< one bit for each of kRules that was added

  bool operator==(const SavedState&) const = default;
};

std::string to_text(const SavedState& state);
Result<SavedState> parse_state(std::string_view text);

} // namespace unitlock::audit
