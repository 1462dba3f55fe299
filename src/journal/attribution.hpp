// SPDX-License-Identifier: LGPL-2.1-or-later
// Which unit a Landlock domain belongs to, and how sure that is. Pure.
//
// An audit record names no unit, and a service can lie: it can send any journal field whose name
// does not begin with an underscore, name its threads, and run the wrapper itself under another
// service's INVOCATION_ID. So a domain is believed to be a unit's only by what joins these three:
//   - its audit record: made by the wrapper (exe=), under the invocation's tag (comm=), by PID;
//   - a start record with the same tag, from that PID;
//   - journald's own word, on that start record, for the unit.
// Where PIDs cannot be compared (in a container the kernel logs those of the host) the tag and
// exe= are left. Both can be imitated by a local user who may create user namespaces, hence
// Certainty::Likely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/audit_record.hpp"

namespace unitlock::journal {

enum class Certainty {
  Certain,  ///< wrapper, tag and PID agree with one unit's start record
  Likely,   ///< wrapper and tag agree, PIDs cannot be compared; or the PID agrees, the tag does not
  Disputed, ///< several units claim the tag and the PID does not decide
  Unclaimed, ///< made by the wrapper, but no start record that could be believed
  Foreign,   ///< another program restricted itself: none of unitlock's
  Unknown,   ///< the journal does not have the domain's first record
};
/// Whether the unit is believed to be the one; of the others nobody's, or several units'.
constexpr bool is_believed(Certainty certainty) {
  return certainty == Certainty::Certain || certainty == Certainty::Likely;
}
/// Whether a start record has decided whose it is; otherwise it may be anyone's.
constexpr bool is_placed(Certainty certainty) {
  return certainty != Certainty::Unknown && certainty != Certainty::Unclaimed;
}
/// "certain", "likely", …: as in `unitlock denials -o json`.
std::string_view to_string(Certainty certainty);

/// A unit as journald names it. `user` is the user whose manager runs it, if it is no system unit.
struct UnitName {
  std::string name;
  std::optional<std::uint32_t> user;

  auto operator<=>(const UnitName&) const = default;
};

/// A start record, all but `tag` from journald's trusted fields. Where the process had ended before
/// journald looked, the unit or the invocation is empty: that speaks neither for nor against
/// anyone.
struct StartClaim {
  std::string tag;        ///< what it claims
  std::string invocation; ///< what it is
  UnitName unit;
  std::int64_t pid = 0;
  std::optional<std::uint32_t> uid; ///< of the process
  bool from_stderr = false; ///< a line on standard error: the service itself could have written it

  bool operator==(const StartClaim&) const = default;
};

/// Whether `invocation` is one that `tag` can stand for.
bool tag_matches(std::string_view tag, std::string_view invocation);

struct Attribution {
  Certainty certainty = Certainty::Unknown;
  UnitName unit; ///< for Certain and Likely
  std::string invocation;
  std::vector<UnitName> claimants; ///< for Disputed

  bool operator==(const Attribution&) const = default;
};

/// `domain` is null where its record was not found; `claims` are those of the same boot with the
/// domain's tag; `pids_comparable` says that kernel and journald of that boot count alike.
Attribution attribute(const DomainRecord* domain, const std::vector<StartClaim>& claims,
                      std::string_view wrapper, bool pids_comparable);

} // namespace unitlock::journal
