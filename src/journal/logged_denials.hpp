// SPDX-License-Identifier: LGPL-2.1-or-later
// How many denials of each Landlock domain a journal has. Memory is bounded: those of domains
// beyond a limit are counted together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "journal/denial.hpp"

namespace unitlock::journal {

class LoggedDenials {
public:
  /// As many domains as Attributor remembers while it reads.
  static constexpr std::size_t kLimit = 100000;

  explicit LoggedDenials(std::size_t limit = kLimit) : limit_(limit) {}

  void add(const DomainKey& domain) {
    if (counts_.size() < limit_ || counts_.contains(domain))
      ++counts_[domain];
    else
      ++left_out_;
  }
  const std::map<DomainKey, std::uint64_t>& counts() const { return counts_; }
  /// Denials of domains beyond the limit.
  std::uint64_t left_out() const { return left_out_; }
  /// nullopt where it may be one of those.
  std::optional<std::uint64_t> of(const DomainKey& domain) const {
    auto found = counts_.find(domain);
    if (found != counts_.end())
      return found->second;
    return left_out_ > 0 ? std::nullopt : std::optional<std::uint64_t>(0);
  }

private:
  std::size_t limit_;
  std::map<DomainKey, std::uint64_t> counts_;
  std::uint64_t left_out_ = 0;
};

} // namespace unitlock::journal
