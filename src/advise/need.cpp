// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/need.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "advise/suspicion.hpp"
#include "base/escape.hpp"

namespace unitlock::advise {
namespace {

using journal::Blocker;
using journal::Certainty;
using journal::DenialGroup;
using journal::Object;
using landlock::Family;

Evidence evidence_of(const DenialGroup& group) {
  Evidence evidence;
  evidence.rights = escape(group.blockers);
  evidence.object = group.other_objects ? "(other objects)" : journal::describe(group.object);
  if (!group.other_objects)
    evidence.program = escape(group.process.exe.empty() ? group.process.comm : group.process.exe);
  evidence.count = group.count;
  evidence.first_usec = group.first_usec;
  evidence.last_usec = group.last_usec;
  evidence.is_likely = group.attribution.certainty == Certainty::Likely;
  return evidence;
}

/// What keeps a right's denial from being lifted by any rule.
std::string hopeless(const DenialGroup& group, const Blocker& blocker) {
  if (blocker.name == "fs.change_topology")
    return "Landlock forbids mounting to all whose files are restricted: no rule allows it, only "
           "Restrict= without filesystem";
  if (blocker.name == "ptrace")
    return "tracing a process outside of the confinement is never allowed";
  if (!blocker.right)
    return "this version does not know the right";
  if (group.other_objects)
    return "too many different objects to tell them apart";
  if (blocker.right->family == Family::Filesystem) {
    if (group.object.kind == Object::Kind::Name)
      return "the record has only the last part of the path";
    if (group.object.kind != Object::Kind::Path || group.object.path.empty())
      return "the record has no path";
    if (group.object.path[0] != '/')
      return "it has no path in the service's file system";
    if (group.object.path.starts_with("/memfd:"))
      return "a file in memory has no path for a rule";
  }
  return {};
}

class Collector {
public:
  Collector(Suspicions suspicions, const journal::Expectations& expectations)
      : suspicions_(std::move(suspicions)), expectations_(expectations) {}

  void add(const DenialGroup& group) {
    if (!journal::is_believed(group.attribution.certainty)) {
      result_.uncertain.push_back(evidence_of(group));
      return;
    }
    if (journal::is_expected(group.blockers, group.object, group.attribution, expectations_)) {
      result_.expected += group.count;
      return;
    }
    for (const Blocker& blocker : journal::split_blockers(group.blockers))
      add(group, blocker);
  }

  Needs take() {
    for (auto& [key, found] : needs_) {
      if (found.unsuspected)
        found.need.suspicions.clear();
      result_.needs.push_back(std::move(found.need));
    }
    return std::move(result_);
  }

private:
  using Key = std::tuple<std::string, Family, std::string, std::string>;
  struct Found {
    Need need;
    bool unsuspected = false; ///< it was denied where nothing was suspicious
  };

  void add(const DenialGroup& group, const Blocker& blocker) {
    Need need;
    need.family = blocker.right ? blocker.right->family : Family::Filesystem;
    need.rights = blocker.right ? blocker.right->mask() : 0;
    need.unit = group.attribution.unit.name;
    need.hopeless = hopeless(group, blocker);
    std::string key;
    switch (need.family) {
    case Family::Filesystem:
      need.path = need.object = group.object.path;
      key = need.path;
      break;
    case Family::Network:
      need.port = group.object.port;
      need.object = fmt::format("{}", need.port);
      key = fmt::format("{} {:05}", blocker.name, need.port);
      break;
    case Family::Scope:
      need.object = key = std::string(blocker.name);
      break;
    }
    if (!need.hopeless.empty()) {
      key = need.hopeless + need.object;
      if (need.object.empty())
        need.object = std::string(blocker.name);
    }
    Key whole(need.hopeless, need.family, std::move(key), need.unit);
    need.suspicions = suspicions_.of(group, blocker);
    put(whole, need, evidence_of(group));
  }

  /// A group that was denied two rights on one object is one piece of evidence.
  void put(const Key& key, const Need& need, Evidence evidence) {
    Found& found = needs_.try_emplace(key, Found{need}).first->second;
    found.unsuspected = found.unsuspected || need.suspicions.empty();
    Need& known = found.need;
    known.rights |= need.rights;
    for (const std::string& suspicion : need.suspicions)
      if (std::find(known.suspicions.begin(), known.suspicions.end(), suspicion) ==
          known.suspicions.end())
        known.suspicions.push_back(suspicion);
    if (known.evidence.empty() || known.evidence.back().rights != evidence.rights ||
        known.evidence.back().program != evidence.program ||
        known.evidence.back().first_usec != evidence.first_usec ||
        known.evidence.back().object != evidence.object)
      known.evidence.push_back(std::move(evidence));
  }

  Suspicions suspicions_;
  const journal::Expectations& expectations_;
  std::map<Key, Found> needs_;
  Needs result_;
};

} // namespace

Needs needs_of(const std::vector<DenialGroup>& groups, const ServiceView& view,
               const journal::Expectations& expectations) {
  Collector collector{Suspicions(groups, view), expectations};
  for (const DenialGroup& group : groups)
    collector.add(group);
  return collector.take();
}

} // namespace unitlock::advise
