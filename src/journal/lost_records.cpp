// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/lost_records.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace unitlock::journal {
namespace {

/// The number behind `prefix`, where the line begins with both.
std::optional<std::uint64_t> number_behind(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix))
    return std::nullopt;
  line.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc())
    return std::nullopt;
  return number;
}

} // namespace

void LostRecords::add_line(std::string_view line, bool from_boot) {
  if (auto total = number_behind(line, "audit: audit_lost="))
    add_total(*total, from_boot);
  else if (auto left_out = number_behind(line, "kauditd_printk_skb: "))
    left_out_ += *left_out;
  else if (line == "audit: kauditd hold queue overflow" ||
           line == "audit: kauditd retry queue overflow") {
    // Only an audit daemon that comes later, or is slow, does not get them: journald did.
    lost_ -= std::min(last_lost_, lost_);
    last_lost_ = 0;
  }
}

/// The kernel does not print a line for each loss. The first total of a window that begins after
/// the boot says no more than that there was one just now.
void LostRecords::add_total(std::uint64_t total, bool from_boot) {
  if (!has_total_)
    last_lost_ = from_boot ? total : std::min<std::uint64_t>(total, 1);
  else
    last_lost_ = total >= total_ ? total - total_ : total; // somebody has reset it
  lost_ += last_lost_;
  total_ = total;
  has_total_ = true;
}

void LostRecords::begin_window() {
  lost_ = last_lost_ = left_out_ = 0;
}

} // namespace unitlock::journal
