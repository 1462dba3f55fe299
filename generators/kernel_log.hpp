// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a generator can log: it runs before the journal and has no standard error, so its lines go
// to the kernel's log, from which journald collects them; where that refuses them, to standard
// error.
//
// Source: systemd.generator(7), "Notes about writing generators".
#pragma once

#include <string_view>

#include "base/unique_fd.hpp"

namespace unitlock {

enum class LogLevel { Error = 3, Warning = 4, Notice = 5, Info = 6 }; ///< as in syslog(3)

class KernelLog {
public:
  /// `to_stderr`: another root directory is set, so a person or a test is looking.
  explicit KernelLog(bool to_stderr);

  /// One line, cut at what the kernel takes. Control characters are escaped.
  void write(LogLevel level, std::string_view message) const;
  /// A whole record, needing no memory.
  void write_as_is(std::string_view record) const;

private:
  UniqueFd kmsg_; ///< none: standard error
};

} // namespace unitlock
