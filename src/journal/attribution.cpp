// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/attribution.hpp"

#include <algorithm>

#include "base/start_record.hpp"

namespace unitlock::journal {
namespace {

void add_unit(std::vector<UnitName>& units, const UnitName& unit) {
  if (std::find(units.begin(), units.end(), unit) == units.end())
    units.push_back(unit);
}

Attribution decide(Certainty certainty, const StartClaim& claim) {
  return {certainty, claim.unit, claim.invocation, {}};
}

bool is_true(const StartClaim& claim) {
  return tag_matches(claim.tag, claim.invocation) && !claim.unit.name.empty();
}

/// Several claims of one unit are its several wrapped commands: no dispute.
Attribution only_unit(Certainty certainty, const std::vector<const StartClaim*>& claims) {
  std::vector<UnitName> units;
  for (const StartClaim* claim : claims)
    add_unit(units, claim->unit);
  if (units.size() == 1) {
    auto first_true = std::find_if(claims.begin(), claims.end(),
                                   [](const StartClaim* claim) { return is_true(*claim); });
    return decide(certainty, first_true == claims.end() ? *claims.front() : **first_true);
  }
  std::sort(units.begin(), units.end());
  return {Certainty::Disputed, {}, {}, std::move(units)};
}

/// By the PID. journald remembers for a second which unit a PID was of: right after it is used
/// again, the start record may have the former's unit, with an invocation that the tag is not of.
/// Under a tag that is known to be another's it is a service that lies.
Attribution by_pid(const std::vector<const StartClaim*>& same_pid,
                   const std::vector<StartClaim>& claims) {
  if (std::any_of(same_pid.begin(), same_pid.end(),
                  [](const StartClaim* claim) { return is_true(*claim); }))
    return only_unit(Certainty::Certain, same_pid);
  if (std::any_of(claims.begin(), claims.end(), is_true))
    return only_unit(Certainty::Likely, same_pid);
  return {Certainty::Unclaimed, {}, {}, {}};
}

std::vector<UnitName> units_of(const std::vector<StartClaim>& claims) {
  std::vector<UnitName> units;
  for (const StartClaim& claim : claims)
    add_unit(units, claim.unit);
  std::sort(units.begin(), units.end());
  return units;
}

/// Whether a process of another user than all that journald could place has used the tag.
bool has_stranger(const std::vector<StartClaim>& claims) {
  auto is_placed = [](const StartClaim& claim) { return !claim.unit.name.empty(); };
  if (std::none_of(claims.begin(), claims.end(), is_placed))
    return false;
  return std::any_of(claims.begin(), claims.end(), [&](const StartClaim& claim) {
    return !is_placed(claim) &&
           std::none_of(claims.begin(), claims.end(), [&](const StartClaim& placed) {
             return is_placed(placed) && placed.uid == claim.uid;
           });
  });
}

/// By tag alone. A claim under another invocation's tag shows that somebody plays with it: then
/// nobody is believed.
Attribution by_tag(const std::vector<StartClaim>& claims) {
  std::vector<const StartClaim*> all;
  bool any_true = false;
  for (const StartClaim& claim : claims) {
    all.push_back(&claim);
    any_true = any_true || is_true(claim);
  }
  return any_true ? only_unit(Certainty::Likely, all)
                  : Attribution{Certainty::Unclaimed, {}, {}, {}};
}

} // namespace

std::string_view to_string(Certainty certainty) {
  switch (certainty) {
  case Certainty::Certain:
    return "certain";
  case Certainty::Likely:
    return "likely";
  case Certainty::Disputed:
    return "disputed";
  case Certainty::Unclaimed:
    return "unclaimed";
  case Certainty::Foreign:
    return "foreign";
  case Certainty::Unknown:
    return "unknown";
  }
  return "unknown";
}

bool tag_matches(std::string_view tag, std::string_view invocation) {
  using namespace start_record;
  return tag.size() == kTagPrefix.size() + kTagDigits && tag.starts_with(kTagPrefix) &&
         invocation.starts_with(tag.substr(kTagPrefix.size()));
}

Attribution attribute(const DomainRecord* domain, const std::vector<StartClaim>& claims,
                      std::string_view wrapper, bool pids_comparable) {
  if (!domain)
    return {Certainty::Unknown, {}, {}, {}};
  if (domain->exe != wrapper)
    return {Certainty::Foreign, {}, {}, {}};
  // The PID tells who it was even under a tag that is not its own: a service that runs the wrapper
  // with another's INVOCATION_ID is shown by its own name.
  std::vector<const StartClaim*> same_pid;
  for (const StartClaim& claim : claims)
    if (claim.pid == domain->pid && !claim.from_stderr && !claim.unit.name.empty() &&
        (pids_comparable || is_true(claim)))
      same_pid.push_back(&claim);
  if (!same_pid.empty())
    return by_pid(same_pid, claims);
  // A PID that belongs to no claim proves them all wrong, but only where PIDs mean the same. A line
  // on standard error comes from a PID too: journald's of the stream, which is the service's own.
  // The tag has to do, too, where journald could not tell whose the PID was.
  // But only among processes of one user: anybody can run the wrapper under a tag and be gone.
  auto is_same_process = [&](const StartClaim& placed) {
    return std::any_of(claims.begin(), claims.end(), [&](const StartClaim& claim) {
      return claim.pid == domain->pid && claim.unit.name.empty() && claim.uid &&
             claim.uid == placed.uid;
    });
  };
  std::vector<StartClaim> possible;
  for (const StartClaim& claim : claims)
    if (!claim.unit.name.empty() && (!pids_comparable || is_same_process(claim) ||
                                     (claim.from_stderr && claim.pid == domain->pid)))
      possible.push_back(claim);
  if (!pids_comparable && has_stranger(claims))
    return {Certainty::Disputed, {}, {}, units_of(possible)};
  return by_tag(possible);
}

} // namespace unitlock::journal
