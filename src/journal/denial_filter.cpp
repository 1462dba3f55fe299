// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_filter.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "base/files.hpp"
#include "base/spelling.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::journal {
namespace {

constexpr std::array kCertainties = {Certainty::Certain,   Certainty::Likely,  Certainty::Disputed,
                                     Certainty::Unclaimed, Certainty::Foreign, Certainty::Unknown};

bool is_like(const std::string& pattern, const std::string& text) {
  return pattern == text || fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

/// Whether there is nothing to match, or one of them does.
template <class Value, class Matches>
bool any_or_none(const std::vector<Value>& wanted, Matches matches) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), matches);
}

constexpr std::string_view kOther = "other";

bool is_right(const std::string& wanted, const Blocker& blocker) {
  if (wanted == kOther)
    return !is_known(blocker);
  return blocker.name == wanted ||
         (blocker.name.starts_with(wanted) && blocker.name[wanted.size()] == '.');
}

bool is_program(const std::string& pattern, const SyscallRecord& process) {
  if (pattern.find('/') != pattern.npos)
    return is_like(pattern, process.exe);
  return is_like(pattern, process.comm) ||
         is_like(pattern, std::string(path_basename(process.exe)));
}

bool is_unit(const DenialFilter& filter, const UnitName& unit) {
  if (filter.user && unit.user != filter.user)
    return false;
  return any_or_none(filter.units, [&](const std::string& pattern) {
    return is_like(complete_unit_name(pattern), unit.name);
  });
}

} // namespace

Result<std::string> parse_right_filter(std::string_view word) {
  std::vector<std::string_view> names(kBlockersOfNoRight.begin(), kBlockersOfNoRight.end());
  for (const landlock::Right& right : landlock::kRights)
    names.push_back(right.name);
  if (word == kOther)
    return std::string(word);
  std::vector<std::string> known = {std::string(kOther)};
  const bool has_family = word.find('.') != word.npos;
  for (std::string_view name : names) {
    std::size_t dot = name.find('.');
    std::string_view short_name = name.substr(dot == name.npos ? 0 : dot + 1);
    if (word == name || (dot != name.npos && word == name.substr(0, dot)))
      return std::string(word);
    if (word == short_name)
      return std::string(name);
    known.emplace_back(has_family ? name : short_name);
  }
  return fail(fmt::format("\"{}\" is no right{}", escape(word), did_you_mean(word, known)));
}

Result<Certainty> parse_certainty(std::string_view word) {
  for (Certainty certainty : kCertainties)
    if (word == to_string(certainty))
      return certainty;
  std::vector<std::string> known;
  for (Certainty certainty : kCertainties)
    known.emplace_back(to_string(certainty));
  return fail(fmt::format("\"{}\" is no attribution{}", escape(word), did_you_mean(word, known)));
}

bool matches_record(const DenialFilter& filter, const Denial& denial) {
  return any_or_none(filter.rights,
                     [&](const std::string& right) {
                       auto blockers = split_blockers(denial.blockers);
                       return std::any_of(
                           blockers.begin(), blockers.end(),
                           [&](const Blocker& blocker) { return is_right(right, blocker); });
                     }) &&
         any_or_none(filter.paths,
                     [&](const std::string& path) {
                       return denial.object.kind == Object::Kind::Path &&
                              path_is_below(denial.object.path, path);
                     }) &&
         any_or_none(filter.programs, [&](const std::string& program) {
           return is_program(program, denial.process);
         });
}

bool matches_owner(const DenialFilter& filter, const Attribution& attribution) {
  bool of_unit = (filter.units.empty() && !filter.user) || is_unit(filter, attribution.unit) ||
                 std::any_of(attribution.claimants.begin(), attribution.claimants.end(),
                             [&](const UnitName& unit) { return is_unit(filter, unit); });
  return of_unit &&
         any_or_none(
             filter.invocations,
             [&](const std::string& id) { return attribution.invocation.starts_with(id); }) &&
         any_or_none(filter.certainties,
                     [&](Certainty certainty) { return certainty == attribution.certainty; });
}

bool may_be_anyones(const DenialFilter& filter, const Attribution& attribution) {
  if (filter.units.empty() && !filter.user && filter.invocations.empty())
    return false;
  return !is_placed(attribution.certainty);
}

bool matches_host(const DenialFilter& filter, const std::string& host) {
  return any_or_none(filter.hosts,
                     [&](const std::string& pattern) { return is_like(pattern, host); });
}

} // namespace unitlock::journal
