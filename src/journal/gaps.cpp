// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/gaps.hpp"

#include <fmt/format.h>

namespace unitlock::journal {
namespace {

/// The wrapper's own proof, and what QuietPaths= hides, are counted by the kernel without being
/// logged: a smaller difference says nothing.
constexpr std::uint64_t kUnloggedUsual = 16;

std::uint64_t count_missing(const Attributor& attributor, const LoggedDenials& logged) {
  std::uint64_t missing = 0;
  for (const Attributor::Ended& ended : attributor.ended()) {
    auto seen = logged.of(ended.key);
    if (seen && ended.is_ours && ended.denials > *seen + kUnloggedUsual)
      missing += ended.denials - *seen;
  }
  return missing;
}

void add_lost(std::vector<std::string>& gaps, const std::map<std::uint32_t, LostRecords>& boots) {
  std::uint64_t lost = 0, left_out = 0;
  for (const auto& [boot, records] : boots) {
    lost += records.lost();
    left_out += records.left_out();
  }
  if (lost > 0)
    gaps.push_back(fmt::format("the kernel lost {} audit records, denials may be among them: its "
                               "backlog was full, or its rate limit met (see auditctl(8))",
                               lost));
  if (left_out > 0)
    gaps.push_back(fmt::format("the journal has denials from the kernel's log only, which left out "
                               "{} audit records",
                               left_out));
}

} // namespace

std::vector<std::string> find_gaps(const Journal& journal, const DenialSource& source,
                                   const Attributor& attributor, const LoggedDenials& logged) {
  std::vector<std::string> gaps = journal.warnings();
  if (source.malformed() > 0)
    gaps.push_back(fmt::format("{} audit records could not be understood", source.malformed()));
  if (journal.damaged() > 0)
    gaps.push_back(fmt::format("{} entries of the journal are damaged", journal.damaged()));
  add_lost(gaps, source.lost());
  std::uint64_t missing = source.reads_in_part() ? 0 : count_missing(attributor, logged);
  if (missing > 0)
    gaps.push_back(fmt::format("the kernel counted {} denials more than the journal has: they were "
                               "quiet, or records were lost",
                               missing));
  return gaps;
}

} // namespace unitlock::journal
