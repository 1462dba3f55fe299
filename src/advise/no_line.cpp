// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/no_line.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/escape.hpp"

namespace unitlock::advise {
namespace {

/// Of a port, the record has the address too.
bool is_about(const std::vector<Evidence>& all, const std::string& object) {
  return std::any_of(all.begin(), all.end(), [&](const Evidence& evidence) {
    return evidence.object == object ||
           (evidence.rights.starts_with("net.") && evidence.object.ends_with(":" + object));
  });
}

} // namespace

std::string why_no_line(const Advice& advice, const std::string& object) {
  std::string reason;
  for (const Suggestion& suggestion : advice.suggestions) {
    if (suggestion.object == object && !suggestion.line.empty())
      return "";
    if (suggestion.object == object)
      reason = fmt::format("no line would allow it: {}", fmt::join(suggestion.concerns, "; "));
    else if (reason.empty() && !suggestion.line.empty() &&
             is_about(suggestion.evidence, escape(object)))
      reason = fmt::format("{} is about it too, and goes by the name of {}", suggestion.line,
                           escape(suggestion.object));
  }
  if (!reason.empty())
    return reason;
  if (is_about(advice.allowed, escape(object)))
    return "the present declaration allows it";
  if (is_about(advice.uncertain, escape(object)))
    return "it is not known that this unit was denied it";
  return "";
}

} // namespace unitlock::advise
