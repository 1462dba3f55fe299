// SPDX-License-Identifier: LGPL-2.1-or-later
// The proof that the ruleset is in force: for each restricted family one access that the policy
// does not grant is tried before and after the restriction. It counts only if the restriction is
// what made the difference, so file permissions or another security module are never taken for
// Landlock. Each attempt is harmless even if it succeeds, and leaves no denial in the log
// (LOG_SAME_EXEC_OFF; kernels before ABI 7 log none).
#pragma once

#include <cstdint>

#include <netinet/in.h>
#include <sys/un.h>

#include "exec/plan.hpp"

namespace unitlock::exec {

enum class Verdict {
  Untried, ///< the policy grants all that could be tried, or it cannot be tried here
  Denied,
  Allowed, ///< what must be denied was not
};

/// Opens something that no rule covers.
class FilesystemProof {
public:
  void prepare(const Plan& plan, OptionReader options);
  Verdict attempt(const Plan& plan, OptionReader options) const;

private:
  const char* path_ = nullptr;
  int flags_ = 0;
  std::uint64_t right_ = 0;
};

/// Binds or connects a socket to a port that no rule grants, with an address that leads nowhere.
class NetworkProof {
public:
  void prepare(const Plan& plan, OptionReader options);
  Verdict attempt() const;

private:
  int try_it() const;

  sockaddr_in address_ = {};
  int socket_ = -1;
  int error_before_ = 0;
  bool connects_ = false;
};

/// Reaches for the parent process, or for an abstract socket from before the restriction.
class ScopeProof {
public:
  void prepare(const Plan& plan);
  Verdict attempt() const;

private:
  void prepare_socket();
  void prepare_signal();

  sockaddr_un address_ = {};
  socklen_t address_size_ = 0;
  int socket_ = -1;
  int parent_ = 0;
};

class Proof {
public:
  /// Before the restriction. `avoid_sockets`: only what needs no socket and no signal.
  void prepare(const Plan& plan, OptionReader options, bool avoid_sockets);
  /// After it: one bit for each landlock::Family where a denial was seen; `not_denied` likewise for
  /// attempts that succeeded.
  std::uint8_t attempt(const Plan& plan, OptionReader options, std::uint8_t& not_denied) const;

private:
  FilesystemProof filesystem_;
  NetworkProof network_;
  ScopeProof scope_;
};

/// A port that no rule grants `right` on; 0 where there is none.
std::uint16_t ungranted_port(OptionReader options, std::uint64_t right);

} // namespace unitlock::exec
