// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials that nobody should lift because of the company they are in: what a taken-over service is
// denied besides the attack itself (a port to call home, a file to read) looks like any gap.
//
// Suspicious is what was denied
//   - in a start of the service in which something was tried that looks like an attack, or while
//     others of its starts did that (groups only keep their last start);
//   - to a program that is not the service's own and that has done so, or, if it is an interpreter,
//     has asked for anything sensitive;
//   - of connections to ports above 1023 by a program that is not the service's own.
// What is in the service's own directories is not, but for executing it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "advise/service_view.hpp"
#include "journal/summary.hpp"

namespace unitlock::advise {

class Suspicions {
public:
  /// `view` must outlive it.
  Suspicions(const std::vector<journal::DenialGroup>& groups, const ServiceView& view);

  /// One reason each, harmless for a terminal. Empty too for what is an attack's sign itself.
  std::vector<std::string> of(const journal::DenialGroup& group,
                              const journal::Blocker& blocker) const;

private:
  struct Sign {
    std::string what; ///< "fs.execute /usr/bin/bash by /usr/sbin/web"
    std::uint64_t first_usec = 0, last_usec = 0;
  };
  using Starts = std::map<std::string, Sign>;

  void look_at(const journal::DenialGroup& group, const journal::Blocker& blocker);
  const Sign* sign_of_start(const journal::DenialGroup& group) const;
  const Sign* sign_of_program(const journal::DenialGroup& group) const;
  /// Known, and another one than the service's.
  bool is_by_other_program(const journal::DenialGroup& group) const;

  const ServiceView& view_;
  std::map<std::string, Starts> starts_;                         ///< by unit
  std::map<std::pair<std::string, std::string>, Sign> programs_; ///< by unit and program
};

} // namespace unitlock::advise
