// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials counted by unit and right, for good: the journal forgets, and a counter must not. What
// was counted so far is kept as a text, for the next run to go on from. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "journal/summary.hpp"

namespace unitlock::cli {

/// What is counted apart. Never an object or a program: of those there is no end.
struct DenialSeries {
  std::string host; ///< empty for this machine's journal
  std::string unit; ///< empty where the denial is no unit's for sure; kOtherUnits beyond the limit
  std::string user; ///< whose manager runs the unit; empty for the system's
  std::string certainty;
  std::string right; ///< a name that unitlock knows, or "other"

  auto operator<=>(const DenialSeries&) const = default;
};

class DenialCounters {
public:
  DenialCounters() = default;
  explicit DenialCounters(std::size_t limit) : limit_(limit) {}

  /// A denial of two rights counts for each of them. `by_host`: apart for each machine.
  void add(const journal::DenialGroup& group, bool by_host);
  void add(DenialSeries series, std::uint64_t count);
  const std::map<DenialSeries, std::uint64_t>& counts() const { return counts_; }

  /// Series, beyond which units that are new share one name. Names of instances and of transient
  /// units have no end either, and whoever watches has to store each.
  static constexpr std::size_t kLimit = 2000;
  /// No unit can be called so.
  static constexpr std::string_view kOtherUnits = "(others)";

private:
  std::size_t limit_ = kLimit;
  std::map<DenialSeries, std::uint64_t> counts_;
};

/// What one run leaves to the next.
struct CountedSoFar {
  std::string cursor; ///< the journal's: what is behind it is not counted yet; empty: nothing is
  DenialCounters counters;
};

/// One JSON object.
std::string to_text(const CountedSoFar& counted);
/// Errors: the text is not what to_text() writes.
Result<CountedSoFar> read_counted(std::string_view text);

} // namespace unitlock::cli
