// SPDX-License-Identifier: LGPL-2.1-or-later
// What has to be known of a process before it is asked, and the process that it tries to signal.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace unitlock::probe {

struct ProcessFacts {
  uid_t uid = 0; ///< real
  gid_t gid = 0;
  bool same_pid_namespace = false; ///< as the caller's
  /// Another security module that confines it, which answers as Landlock does: the label. Empty
  /// where there is none.
  std::string other_module;
};
/// Errors: there is no such process, or it is a kernel thread.
Result<ProcessFacts> facts_of(std::int64_t pid);

/// A process of the same user, who may signal it as far as anybody but Landlock is concerned. It
/// lives as long as this.
class SignalTarget {
public:
  SignalTarget(uid_t uid, gid_t gid);
  SignalTarget(const SignalTarget&) = delete;
  SignalTarget& operator=(const SignalTarget&) = delete;
  ~SignalTarget();

  /// 0: it could not be made.
  pid_t pid() const { return pid_; }

private:
  pid_t pid_ = 0;
};

} // namespace unitlock::probe
