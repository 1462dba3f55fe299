// SPDX-License-Identifier: LGPL-2.1-or-later
// From a journal to denials with their units: reads, joins, attributes, sums up.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "journal/denial_filter.hpp"
#include "journal/denial_source.hpp"
#include "journal/expected_denial.hpp"
#include "journal/logged_denials.hpp"
#include "journal/record_source.hpp"
#include "journal/summary.hpp"

namespace unitlock::journal {

struct DenialQuery {
  std::optional<std::uint64_t> since_usec;
  std::optional<std::uint64_t> until_usec;
  std::optional<std::string> boot; ///< as Journal::find_boot()
  std::string after_cursor;        ///< only behind this entry; since_usec is not looked at then
  /// Leaves all that came since for the next time: their start records may be on the way.
  std::optional<std::uint64_t> unsettled_since_usec;
  DenialFilter filter;
  std::string wrapper; ///< where the wrapper is installed
  /// Whether DenialReport::resume_cursor is wanted. Events whose records are not complete yet are
  /// left for the next time.
  bool keep_place = false;
  /// Whether what unitlock itself has caused is wanted too; otherwise it is only counted.
  bool with_probes = false;
  /// What units expect to be denied.
  Expectations expectations = {};
  /// Whether that is wanted too, and marked; otherwise it is only counted.
  bool with_expected = false;
  /// As LoggedDenials'.
  std::size_t domain_limit = LoggedDenials::kLimit;
};

/// Errors: a boot that there is not.
Result<Window> window_of(Journal& journal, const DenialQuery& query);

struct DenialReport {
  std::vector<DenialGroup> groups;
  std::vector<Id128> boots; ///< by DomainKey::boot
  std::uint64_t denials = 0;
  /// Denials that the filter leaves out because nobody knows whose they are.
  std::uint64_t unattributed = 0;
  /// Denials by `unitlock status --probe` that are left out.
  std::uint64_t probes = 0;
  /// Denials that the filter wants, and that are left out because their units expect them.
  std::uint64_t expected = 0;
  /// Why the groups may not be all there is.
  std::vector<std::string> gaps;
  /// As DenialQuery::after_cursor, to go on later.
  std::string resume_cursor;
};

Result<DenialReport> read_denials(Journal& journal, const DenialQuery& query);

/// How many denials there are of each start of a unit, by its invocation ID; only of those that are
/// known to be a unit's, and that it does not expect.
struct DenialCounts {
  std::map<std::pair<UnitName, std::string>, std::uint64_t> by_start;
  /// Of those that several claim, by each that does.
  std::map<UnitName, std::uint64_t> disputed;
  /// Of so many domains that nobody looked whose these are: the counts are what there is at least.
  std::uint64_t left_out = 0;
};
/// The query's filter does not matter.
Result<DenialCounts> count_denials(Journal& journal, const DenialQuery& query);

/// One denial with all that is known about it.
struct DenialEvent {
  Denial denial;
  Attribution attribution;
  Id128 boot;
  std::string host;      ///< as its own journald said; empty where it did not
  bool expected = false; ///< by the unit
};

/// "SERIAL@BOOT": names an audit event, for people to point at it.
std::string event_id(std::uint64_t serial, const Id128& boot);

} // namespace unitlock::journal
