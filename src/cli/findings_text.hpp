// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock verify` says, for people and for programs.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "check/finding.hpp"

namespace unitlock::cli {

/// What was found about one thing that was looked at.
struct Verified {
  std::string unit; ///< empty for presets and their files
  check::Findings findings;
};

struct FindingCount {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
};
FindingCount count_findings(const std::vector<Verified>& verified);

/// "FILE:LINE: warning: UNIT: message [check]", and what to do on a line of its own; at the end how
/// many there are.
void print_findings(std::FILE* stream, const std::vector<Verified>& verified);
nlohmann::ordered_json finding_json(const std::string& unit, const check::Finding& finding);

} // namespace unitlock::cli
