// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that say the same, counted together. Memory is bounded: beyond a limit new objects are
// counted under one "other objects" of their unit and right, so that counts stay exact.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/attribution.hpp"
#include "journal/denial.hpp"

namespace unitlock::journal {

/// Denials alike in unit, rights, object and program.
struct DenialGroup {
  Attribution attribution;
  std::string blockers;
  Object object; ///< that of the last
  bool other_objects = false;
  SyscallRecord process;    ///< that of the last
  DomainKey domain;         ///< that of the last
  std::uint64_t serial = 0; ///< that of the last's audit event
  std::string host;         ///< as its own journald said; empty where it did not
  bool expected = false;    ///< by the unit; not known to a Summary
  std::uint64_t count = 0;
  std::uint64_t first_usec = 0;
  std::uint64_t last_usec = 0;
};

class Summary {
public:
  explicit Summary(std::size_t limit = kLimit) : limit_(limit) {}

  void add(const Denial& denial);
  /// The domains that occur, with the times of their first denials.
  std::map<DomainKey, std::uint64_t> domains() const;
  /// Gives every group its unit and its host, leaves out those that are not `wanted`, joins those
  /// of different domains of one unit, and sorts: by host and unit, then the most frequent first.
  using Wanted = std::function<bool(const DenialGroup&)>;
  std::vector<DenialGroup> finish(const std::map<DomainKey, Attribution>& attributions,
                                  const std::map<std::uint32_t, std::string>& hosts,
                                  const Wanted& wanted);
  /// Whether the limit was met.
  bool overflowed() const { return overflowed_; }

  static constexpr std::size_t kLimit = 50000;

private:
  DenialGroup& group_for(const Denial& denial);

  std::size_t limit_;
  bool overflowed_ = false;
  std::string key_;
  std::unordered_map<std::string, DenialGroup> groups_;
};

} // namespace unitlock::journal
