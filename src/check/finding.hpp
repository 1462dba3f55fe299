// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock verify` finds: a Diagnostic with a name and with what to do about it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace unitlock::check {

struct Finding {
  /// Error: the service does not start, or not confined. Warning: it is likely to break, or is
  /// confined less than it reads. Note: worth knowing, and often meant.
  Severity severity = Severity::Warning;
  /// "missing-path": a name that stays, for programs and for the manual, see unitlock(1).
  std::string_view check;
  SourceRef where;
  std::string message;
  std::string hint; ///< what to do; empty where the message says it

  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

} // namespace unitlock::check
