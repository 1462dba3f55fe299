// SPDX-License-Identifier: LGPL-2.1-or-later
// A preset as the text of a conf.d file, for policies that come from somewhere else.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace unitlock {

struct PresetText {
  std::string name;
  std::string description;
  std::vector<std::string> head; ///< lines of the comment before it
  /// Its rules; settings are the unit's business. What a rule was said by, and where, becomes a
  /// comment.
  Policy policy;
};

/// What Presets would read as the same rules.
std::string render_preset(const PresetText& preset);

} // namespace unitlock
