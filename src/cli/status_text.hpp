// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock status` says, for people and for programs.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "machine/survey.hpp"
#include "machine/visibility.hpp"
#include "probe/service_probe.hpp"

namespace unitlock::cli {

/// A service with what the journal has of its denials.
struct StatusEntry {
  machine::ServiceReport report;
  /// Of its present start, or of the last one; nullopt where they could not be counted or are not
  /// logged.
  std::optional<std::uint64_t> denials;
  /// Of the last week, and since the start: those that another claims too.
  std::uint64_t disputed = 0;
  /// Of the last seven days, of all starts; nullopt likewise.
  std::optional<std::uint64_t> week = std::nullopt;

  /// nullopt where nobody asked.
  std::optional<probe::ServiceProbe> probe = std::nullopt;

  /// It failed, and had been denied something: perhaps therefore.
  bool failed_after_denials() const;
  /// It runs confined as far as is known, and the probe that was asked for could not show it.
  bool is_unproven() const;
};

/// Whether an absence of denials means anything here. `of_user`: of services of a user's manager.
void print_visibility(std::FILE* stream, const machine::Visibility& visibility, bool of_user);
/// One line a service, and below it what is not well and what to do.
void print_overview(std::FILE* stream, const std::vector<StatusEntry>& entries);
/// All about one service.
void print_details(std::FILE* stream, const StatusEntry& entry);
/// `visibility`: null for another root.
nlohmann::ordered_json status_json(const StatusEntry& entry, const machine::Visibility* visibility);

} // namespace unitlock::cli
