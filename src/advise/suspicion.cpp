// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/suspicion.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "advise/sensitive.hpp"
#include "base/escape.hpp"
#include "check/subject.hpp"

namespace unitlock::advise {
namespace {

using journal::Blocker;
using journal::DenialGroup;
using journal::Object;
using landlock::Family;

constexpr std::uint16_t kLastReserved = 1023;

/// nullopt for what is not about a path.
std::optional<Access> access_of(const DenialGroup& group, const Blocker& blocker) {
  bool has_path = group.object.kind == Object::Kind::Path && !group.other_objects &&
                  group.object.path.starts_with('/');
  if (!blocker.right || blocker.right->family != Family::Filesystem || !has_path)
    return std::nullopt;
  std::uint64_t right = blocker.right->mask();
  bool is_directory = (right & ~landlock::file_rights()) != 0;
  return Access{group.object.path, right, is_directory, group.attribution.unit.name};
}

/// A domain is of one start, where the journal does not know which.
std::string start_of(const DenialGroup& group) {
  const std::string& invocation = group.attribution.invocation;
  return invocation.empty() ? fmt::format("{}:{:x}", group.domain.boot, group.domain.domain)
                            : invocation;
}

std::string described(const DenialGroup& group, const Blocker& blocker) {
  return fmt::format("{} {}{}", escape(std::string(blocker.name)), journal::describe(group.object),
                     group.process.exe.empty() ? "" : " by " + escape(group.process.exe));
}

} // namespace

Suspicions::Suspicions(const std::vector<DenialGroup>& groups, const ServiceView& view)
    : view_(view) {
  for (const DenialGroup& group : groups)
    if (journal::is_believed(group.attribution.certainty))
      for (const Blocker& blocker : journal::split_blockers(group.blockers))
        look_at(group, blocker);
}

bool Suspicions::is_by_other_program(const DenialGroup& group) const {
  return !group.other_objects && !group.process.exe.empty() &&
         !view_.is_own_program(group.process.exe);
}

void Suspicions::look_at(const DenialGroup& group, const Blocker& blocker) {
  auto access = access_of(group, blocker);
  if (!access)
    return;
  const std::string& program = group.process.exe;
  bool is_other = is_by_other_program(group);
  bool is_attack = looks_like_attack(*access, view_) ||
                   (is_other && is_secret(access->path) && !view_.is_own(access->path));
  bool taints_program =
      is_other && (is_attack || (is_interpreter(program) && !view_.is_own(access->path) &&
                                 !why_sensitive(*access, view_).empty()));
  Sign sign{described(group, blocker), group.first_usec, group.last_usec};
  auto add = [&](Sign& known) {
    known.first_usec = std::min(known.first_usec, sign.first_usec);
    known.last_usec = std::max(known.last_usec, sign.last_usec);
  };
  if (is_attack)
    add(starts_[access->unit].try_emplace(start_of(group), sign).first->second);
  if (taints_program)
    add(programs_.try_emplace({access->unit, program}, sign).first->second);
}

const Suspicions::Sign* Suspicions::sign_of_start(const DenialGroup& group) const {
  auto of_unit = starts_.find(group.attribution.unit.name);
  if (of_unit == starts_.end())
    return nullptr;
  const Starts& starts = of_unit->second;
  if (auto start = starts.find(start_of(group)); start != starts.end())
    return &start->second;
  auto meanwhile = std::find_if(starts.begin(), starts.end(), [&](const auto& start) {
    const Sign& sign = start.second;
    return sign.first_usec <= group.first_usec && group.first_usec <= sign.last_usec;
  });
  return meanwhile == starts.end() ? nullptr : &meanwhile->second;
}

const Suspicions::Sign* Suspicions::sign_of_program(const DenialGroup& group) const {
  auto found = programs_.find({group.attribution.unit.name, group.process.exe});
  return found == programs_.end() ? nullptr : &found->second;
}

std::vector<std::string> Suspicions::of(const DenialGroup& group, const Blocker& blocker) const {
  auto access = access_of(group, blocker);
  if (access && (looks_like_attack(*access, view_) ||
                 (view_.is_own(access->path) && (access->rights & check::kExecute) == 0)))
    return {};
  std::vector<std::string> reasons;
  if (const Sign* sign = sign_of_start(group))
    reasons.push_back(fmt::format("in the same start, this looks like an attack: {}", sign->what));
  else if (const Sign* of_program = sign_of_program(group))
    reasons.push_back(
        fmt::format("the same program has asked for what is sensitive: {}", of_program->what));
  bool connects = blocker.name == "net.connect_tcp" || blocker.name == "net.connect_send_udp";
  if (connects && group.object.port > kLastReserved && is_by_other_program(group))
    reasons.push_back(fmt::format("{} is no program of this unit's, and the port is above {}",
                                  escape(group.process.exe), kLastReserved));
  return reasons;
}

} // namespace unitlock::advise
