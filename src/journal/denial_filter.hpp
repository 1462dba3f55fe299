// SPDX-License-Identifier: LGPL-2.1-or-later
// Which denials are wanted. Pure. What the record itself says and what its attribution says are
// asked apart: attributing takes look-ups, and a group has one record's worth of the first only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "journal/attribution.hpp"
#include "journal/denial.hpp"

namespace unitlock::journal {

/// Each member that is empty wants any; several values of one member mean either.
struct DenialFilter {
  std::vector<std::string> units;    ///< names and globs; "nginx" means nginx.service
  std::optional<std::uint32_t> user; ///< only services of this user's manager
  std::vector<std::string> rights;   ///< as parse_right_filter() gave them
  std::vector<std::string> paths;    ///< these paths, and all below them
  std::vector<std::string> programs; ///< globs; without a slash of the last component or the name
  std::vector<std::string> invocations; ///< IDs, or how they begin
  std::vector<Certainty> certainties;
  std::vector<std::string> hosts; ///< globs
};

/// A word for a right, "read_file" or "fs.read_file", or for a family of them, "net"; "other" for
/// those that unitlock does not know, of a newer kernel. Errors: a word that is none of these.
Result<std::string> parse_right_filter(std::string_view word);
/// The words of to_string(Certainty).
Result<Certainty> parse_certainty(std::string_view word);

/// By what the audit records say.
bool matches_record(const DenialFilter& filter, const Denial& denial);
/// By whose it is. A denial that is disputed between units is all of theirs.
bool matches_owner(const DenialFilter& filter, const Attribution& attribution);
/// Whether the filter wants those of some unit or start, and nobody knows whether this is one.
bool may_be_anyones(const DenialFilter& filter, const Attribution& attribution);
bool matches_host(const DenialFilter& filter, const std::string& host);

} // namespace unitlock::journal
