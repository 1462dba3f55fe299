// SPDX-License-Identifier: LGPL-2.1-or-later
// What standard output is, and a pager in front of it where a person reads.
//
// Source of the variables: systemctl(1), "Environment"; https://no-color.org.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace unitlock::cli {

/// Whether to write colours to standard output: it is a terminal, and none of NO_COLOR,
/// SYSTEMD_COLORS and TERM is against it. SYSTEMD_COLORS=1 wants them anywhere.
bool wants_colours();

/// The commands to try as a pager, in order; empty where none is wanted.
std::vector<std::vector<std::string>> pager_commands();

/// While it lives, standard output of a terminal goes through a pager.
class Pager {
public:
  /// Does nothing where `wanted` is false, or standard output is no terminal, or there is no pager.
  explicit Pager(bool wanted);
  /// Waits until the reader has seen enough.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

private:
  void start(const std::vector<std::vector<std::string>>& commands);

  pid_t child_ = -1;
  int terminal_ = -1; ///< standard output as it was
};

} // namespace unitlock::cli
