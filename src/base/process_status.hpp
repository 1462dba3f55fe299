// SPDX-License-Identifier: LGPL-2.1-or-later
// The text of /proc/PID/status: lines of "Name:" and words.
//
// Source: proc_pid_status(5).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number.hpp"

namespace unitlock {

class ProcessStatus {
public:
  explicit ProcessStatus(std::string_view text);

  bool has(std::string_view name) const { return lines_.contains(name); }
  /// Empty where there is no such line.
  const std::vector<std::string>& words(std::string_view name) const;
  /// nullopt where there is no such word, or it is no number.
  template <class Number>
  std::optional<Number> number(std::string_view name, std::size_t index = 0, int base = 10) const {
    const std::vector<std::string>& all = words(name);
    return index < all.size() ? to_number<Number>(all[index], base) : std::nullopt;
  }

private:
  std::map<std::string, std::vector<std::string>, std::less<>> lines_;
};

} // namespace unitlock
