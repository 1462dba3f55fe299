// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/system_call_filter.hpp"

#include <algorithm>
#include <array>

#include "unit/words.hpp"

namespace unitlock {
namespace {

struct Call {
  std::string_view name;
  /// The sets that hold it in every release, besides those that hold all.
  std::array<std::string_view, 2> sets;
};
constexpr Call kCalls[] = {
    {"openat", {"@file-system"}},
    {"close", {"@file-system", "@basic-io"}},
    {"prctl", {"@process"}},
    {"kill", {"@process"}},
    {"socket", {"@network-io"}},
    {"connect", {"@network-io"}},
    {"bind", {"@network-io"}},
    {"sendmsg", {"@network-io"}},
    {"getsockname", {"@network-io"}},
    {"getppid", {"@default"}},
    {"arch_prctl", {"@default"}},
    {"set_tid_address", {"@default"}},
    // In no set that every release has.
    {"landlock_create_ruleset", {}},
    {"landlock_add_rule", {}},
    {"landlock_restrict_self", {}},
};
constexpr std::string_view kLandlock = "landlock_";

const Call& find_call(std::string_view name) {
  return *std::find_if(std::begin(kCalls), std::end(kCalls),
                       [&](const Call& call) { return call.name == name; });
}

bool is_landlock(const Call& call) {
  return call.name.starts_with(kLandlock);
}

/// Whether an allow-list with this word lets the call through in every release.
bool surely_holds(std::string_view word, const Call& call) {
  if (word == call.name)
    return true;
  if (is_landlock(call))
    return false;
  return word == "@system-service" || word == "@known" ||
         (!word.empty() && std::find(call.sets.begin(), call.sets.end(), word) != call.sets.end());
}

/// Whether a deny-list with this word stops the call in some release.
bool may_hold(std::string_view word, const Call& call) {
  if (is_landlock(call) &&
      (word == "@sandbox" || word == "@default" || word == "@known" || word == "@system-service"))
    return true;
  return surely_holds(word, call);
}

std::vector<std::string_view> values_of(const Unit& unit) {
  std::vector<std::string_view> values;
  for (const Assignment* assignment : unit.list("Service", "SystemCallFilter"))
    values.push_back(assignment->value);
  return values;
}

} // namespace

SystemCallFilter::SystemCallFilter(std::vector<std::string_view> assignments)
    : assignments_(std::move(assignments)) {}

SystemCallFilter::SystemCallFilter(const Unit& unit) : SystemCallFilter(values_of(unit)) {}

bool SystemCallFilter::may_refuse(std::string_view name) const {
  if (!exists())
    return false;
  const Call& call = find_call(name);
  // The first line decides whether the list allows or denies; @default is in every allow-list.
  bool allow_list = !assignments_.front().starts_with('~');
  bool allowed = !allow_list || call.sets[0] == "@default";
  for (std::string_view assignment : assignments_) {
    bool inverted = assignment.starts_with('~');
    auto words = split_words(assignment.substr(inverted ? 1 : 0));
    for (const std::string& text : words.value_or(std::vector<std::string>{})) {
      std::size_t colon = text.find(':'); // "name:errno"
      std::string_view word = std::string_view(text).substr(0, colon);
      if (inverted)
        allowed = allowed && !may_hold(word, call);
      else if (colon == text.npos) // with an error number, systemd ignores it
        allowed = allowed || surely_holds(word, call);
    }
  }
  return !allowed;
}

std::string_view
SystemCallFilter::first_refused(std::initializer_list<std::string_view> calls) const {
  for (std::string_view call : calls)
    if (may_refuse(call))
      return call;
  return {};
}

} // namespace unitlock
