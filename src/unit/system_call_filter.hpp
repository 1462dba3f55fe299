// SPDX-License-Identifier: LGPL-2.1-or-later
// What a unit's SystemCallFilter= lets through, as far as the wrapper needs to know: it runs under
// the filter like the service itself.
//
// Source: systemd.exec(5), SystemCallFilter=; systemd's config_parse_syscall_filter() in
// src/core/load-fragment.c; `systemd-analyze syscall-filter` of 252, 257 and 262 for what is in
// which set.
#pragma once

#include <string_view>
#include <vector>

#include "unit/unit_index.hpp"

namespace unitlock {

class SystemCallFilter {
public:
  /// The assignments of SystemCallFilter= since the last empty one; none: there is no filter.
  explicit SystemCallFilter(std::vector<std::string_view> assignments);
  explicit SystemCallFilter(const Unit& unit);

  bool exists() const { return !assignments_.empty(); }

  /// Whether the filter might not let the call through, on any release of systemd. `call` is one of
  /// those that the wrapper makes.
  bool may_refuse(std::string_view call) const;
  /// The first of `calls` that it may refuse; empty where there is none.
  std::string_view first_refused(std::initializer_list<std::string_view> calls) const;

private:
  std::vector<std::string_view> assignments_;
};

} // namespace unitlock
