// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock security` says, for people and for programs.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "machine/confinement.hpp"
#include "machine/systemd_exposure.hpp"
#include "score/exposure.hpp"

namespace unitlock::cli {

/// A service with its score.
struct ScoredUnit {
  std::string unit;
  machine::State state = machine::State::CannotTell;
  bool is_confined = false; ///< by what was scored
  std::string why;          ///< it is not, or what else is to be known; may be empty
  int abi = 0;              ///< of the kernel that it was scored for; where it is confined
  score::Exposure exposure;
  std::optional<machine::SystemdExposure> systemd;
};

/// One line a service.
void print_scores(std::FILE* stream, const std::vector<ScoredUnit>& units);
/// All about one service.
void print_items(std::FILE* stream, const ScoredUnit& unit);
/// `items`: with each of them.
nlohmann::ordered_json score_json(const ScoredUnit& unit, bool items);

} // namespace unitlock::cli
