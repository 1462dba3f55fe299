// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/summary.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace unitlock::journal {
namespace {

void append(std::string& key, std::string_view text) {
  key += text;
  key += '\0';
}

void append(std::string& key, std::uint64_t number) {
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// What makes two denials alike, but for the domain. Not the inode, a file is replaced often; not
/// the PID of a signal's target.
void append_identity(std::string& key, std::string_view blockers, const Object& object,
                     const SyscallRecord& process) {
  append(key, blockers);
  append(key, static_cast<std::uint64_t>(object.kind));
  append(key, object.path.size()); // a name may hold NUL
  append(key, object.path);
  append(key, object.device);
  append(key, object.ioctl_command ? 1 + std::uint64_t{*object.ioctl_command} : 0);
  append(key, object.address);
  append(key, object.port);
  append(key, object.comm);
  append(key, process.exe);
  append(key, process.exe.empty() ? process.comm : std::string());
}

void append_owner(std::string& key, const DenialGroup& group) {
  const Attribution& attribution = group.attribution;
  append(key, group.host);
  auto append_unit = [&](const UnitName& unit) {
    append(key, unit.name);
    append(key, unit.user ? 1 + std::uint64_t{*unit.user} : 0);
  };
  append(key, static_cast<std::uint64_t>(attribution.certainty));
  append_unit(attribution.unit);
  for (const UnitName& claimant : attribution.claimants)
    append_unit(claimant);
}

/// Takes over what is the last of its kind, and counts.
void merge(DenialGroup& group, const DenialGroup& more) {
  bool later = group.count == 0 || more.last_usec >= group.last_usec;
  group.first_usec =
      group.count == 0 ? more.first_usec : std::min(group.first_usec, more.first_usec);
  group.count += more.count;
  if (!later)
    return;
  group.last_usec = more.last_usec;
  group.object = more.object;
  group.process = more.process;
  group.domain = more.domain;
  group.serial = more.serial;
  group.host = more.host;
  group.attribution = more.attribution;
}

bool comes_before(const DenialGroup& a, const DenialGroup& b) {
  auto rank = [](const DenialGroup& group) {
    const UnitName& unit = group.attribution.unit;
    return std::tuple(group.host, unit.name.empty(), unit);
  };
  auto detail = [](const DenialGroup& group) {
    return std::tie(group.blockers, group.object.path, group.object.address, group.object.port,
                    group.object.comm, group.process.exe, group.first_usec);
  };
  if (rank(a) != rank(b))
    return rank(a) < rank(b);
  if (a.count != b.count)
    return a.count > b.count;
  return detail(a) < detail(b);
}

} // namespace

DenialGroup& Summary::group_for(const Denial& denial) {
  key_.clear();
  append(key_, denial.domain.boot);
  append(key_, denial.domain.domain);
  std::size_t owner_length = key_.size();
  append_identity(key_, denial.blockers, denial.object, denial.process);
  auto found = groups_.find(key_);
  if (found != groups_.end())
    return found->second;
  if (groups_.size() < limit_)
    return groups_[key_];
  overflowed_ = true;
  // One more group a domain and right; of domains there can be many too, then they share one.
  key_.resize(owner_length);
  append(key_, denial.blockers);
  if (groups_.size() >= 2 * limit_ && !groups_.contains(key_))
    key_.clear();
  DenialGroup& other = groups_[key_];
  other.other_objects = true;
  return other;
}

void Summary::add(const Denial& denial) {
  DenialGroup& group = group_for(denial);
  if (group.count++ == 0) {
    group.domain = key_.empty() ? DomainKey() : denial.domain;
    group.blockers = key_.empty() ? "other" : denial.blockers;
    group.first_usec = denial.realtime_usec;
  }
  // In the journal's order, against which the clock may jump.
  group.first_usec = std::min(group.first_usec, denial.realtime_usec);
  group.last_usec = std::max(group.last_usec, denial.realtime_usec);
  group.serial = denial.serial;
  if (group.other_objects)
    return;
  if (group.count == 1 || group.object.inode != denial.object.inode ||
      group.object.pid != denial.object.pid)
    group.object = denial.object;
  if (group.count == 1 || group.process.pid != denial.process.pid)
    group.process = denial.process;
}

std::map<DomainKey, std::uint64_t> Summary::domains() const {
  std::map<DomainKey, std::uint64_t> domains;
  for (const auto& [key, group] : groups_) {
    std::uint64_t& first = domains.try_emplace(group.domain, group.first_usec).first->second;
    first = std::min(first, group.first_usec);
  }
  return domains;
}

std::vector<DenialGroup> Summary::finish(const std::map<DomainKey, Attribution>& attributions,
                                         const std::map<std::uint32_t, std::string>& hosts,
                                         const Wanted& wanted) {
  std::unordered_map<std::string, DenialGroup> merged;
  for (auto& [key, group] : groups_) {
    auto known = attributions.find(group.domain);
    if (known != attributions.end())
      group.attribution = known->second;
    auto host = hosts.find(group.domain.boot);
    if (host != hosts.end())
      group.host = host->second;
    if (!wanted(group))
      continue;
    std::string identity;
    append_owner(identity, group);
    append_identity(identity, group.blockers, group.object, group.process);
    append(identity, group.other_objects);
    DenialGroup& into = merged[identity];
    into.blockers = group.blockers;
    into.other_objects = group.other_objects;
    merge(into, group);
  }
  groups_.clear();
  std::vector<DenialGroup> sorted;
  for (auto& [identity, group] : merged)
    sorted.push_back(std::move(group));
  std::sort(sorted.begin(), sorted.end(), comes_before);
  return sorted;
}

} // namespace unitlock::journal
