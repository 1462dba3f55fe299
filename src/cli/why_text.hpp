// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock why` says, for people and for programs.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "advise/other_refusals.hpp"
#include "advise/why.hpp"
#include "cli/shown_abi.hpp"
#include "journal/denial_report.hpp"

namespace unitlock::cli {

/// One question with all that there is to say.
struct Explanation {
  std::string unit;
  ShownAbi abi;
  advise::Answer answer; ///< under the policy that is declared
  /// Why answer.remedy should not be written as a matter of course; harmless for a terminal.
  std::vector<std::string> concerns;
  /// Under the policy that the service runs with, where that is another one; nullopt also where
  /// nothing runs, or it cannot be told.
  std::optional<advise::Answer> running;
  /// Of the declaration, where it is for them that no policy is in force.
  Diagnostics errors;
  /// Why the answer may not be what the service meets; empty where nothing is known against it.
  std::string caveat;
  std::vector<advise::OtherRefusal> others;
  /// The denial that is asked about.
  std::optional<journal::DenialEvent> denial = std::nullopt;
};

void print_explanation(std::FILE* stream, const Explanation& explanation);
nlohmann::ordered_json explanation_json(const Explanation& explanation);

} // namespace unitlock::cli
