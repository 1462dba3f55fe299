// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/denial_counters.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/render.hpp"

namespace unitlock::cli {
namespace {

using nlohmann::ordered_json;

constexpr int kVersion = 1;

DenialSeries read_series(const ordered_json& json) {
  return {json.at("host").get<std::string>(), json.at("unit").get<std::string>(),
          json.at("user").get<std::string>(), json.at("certainty").get<std::string>(),
          json.at("right").get<std::string>()};
}

} // namespace

void DenialCounters::add(DenialSeries series, std::uint64_t count) {
  if (counts_.size() >= limit_ && !counts_.contains(series))
    series = {
        {}, std::string(kOtherUnits), {}, std::move(series.certainty), std::move(series.right)};
  counts_[std::move(series)] += count;
}

void DenialCounters::add(const journal::DenialGroup& group, bool by_host) {
  const journal::Attribution& attribution = group.attribution;
  DenialSeries series = {by_host ? escape(group.host, Backslash::Keep) : "",
                         escape(attribution.unit.name, Backslash::Keep),
                         attribution.unit.user ? std::to_string(*attribution.unit.user) : "",
                         std::string(to_string(attribution.certainty)),
                         {}};
  std::vector<journal::Blocker> blockers = journal::split_blockers(group.blockers);
  if (blockers.empty())
    blockers.push_back({});
  for (const journal::Blocker& blocker : blockers) {
    series.right = is_known(blocker) ? blocker.name : "other";
    add(series, group.count);
  }
}

std::string to_text(const CountedSoFar& counted) {
  auto denials = ordered_json::array();
  for (const auto& [series, count] : counted.counters.counts())
    denials.push_back({{"host", series.host},
                       {"unit", series.unit},
                       {"user", series.user},
                       {"certainty", series.certainty},
                       {"right", series.right},
                       {"count", count}});
  return json_line({{"version", kVersion}, {"cursor", counted.cursor}, {"denials", denials}});
}

Result<CountedSoFar> read_counted(std::string_view text) {
  try {
    ordered_json json = ordered_json::parse(text);
    if (json.at("version").get<int>() != kVersion)
      return fail("written by another version of unitlock");
    CountedSoFar counted;
    counted.cursor = json.at("cursor").get<std::string>();
    for (const auto& entry : json.at("denials").get<std::vector<ordered_json>>()) {
      // Below zero, it would be taken for a very large number.
      if (!entry.at("count").is_number_unsigned())
        return fail("a count is no number");
      counted.counters.add(read_series(entry), entry.at("count").get<std::uint64_t>());
    }
    return counted;
  } catch (const ordered_json::exception& error) {
    return fail(std::string("not what \"unitlock metrics --state\" writes: ") + error.what());
  }
}

} // namespace unitlock::cli
