// SPDX-License-Identifier: LGPL-2.1-or-later
// From a journal to denials with their units: reads, joins, attributes, sums up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "journal/record_source.hpp"
#include "journal/summary.hpp"

namespace unitlock::journal {

struct DenialQuery {
  std::optional<std::uint64_t> since_usec;
  std::optional<std::uint64_t> until_usec;
  std::optional<std::string> boot; ///< as Journal::find_boot()
  std::vector<std::string> units;  ///< names and globs; none means all
  /// Only what services of this user's manager were denied.
  std::optional<std::uint32_t> user = std::nullopt;
  std::string wrapper; ///< where the wrapper is installed
};

struct DenialReport {
  std::vector<DenialGroup> groups;
  std::vector<Id128> boots; ///< by DomainKey::boot
  std::uint64_t denials = 0;
  /// Why the groups may not be all there is.
  std::vector<std::string> gaps;
};

Result<DenialReport> read_denials(Journal& journal, const DenialQuery& query);

/// How many denials there are of each start of a unit, by its invocation ID; only of those that are
/// known to be a unit's. The query's units and user do not matter.
using DenialCounts = std::map<std::pair<UnitName, std::string>, std::uint64_t>;
Result<DenialCounts> count_denials(Journal& journal, const DenialQuery& query);

/// Whether a group is one of these units' (full names or globs; none means any) of this user (or
/// anybody's), or perhaps is.
bool concerns(const Attribution& attribution, const std::vector<std::string>& patterns,
              const std::optional<std::uint32_t>& user = std::nullopt);

} // namespace unitlock::journal
