// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's audit, over netlink: whether it is on, turning it on and off, and the rules that
// keep types of records out of it. Only the first PID namespace may ask, with CAP_AUDIT_CONTROL:
// elsewhere every call fails with EPERM or ECONNREFUSED, which means "cannot tell".
//
// Source: include/uapi/linux/audit.h, kernel/audit.c (audit_netlink_ok), auditctl(8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace unitlock::machine {

struct AuditStatus {
  std::uint32_t enabled = 0; ///< 0 off, 1 on, 2 on and locked until the next boot
  std::uint32_t auditd = 0;  ///< PID of the audit daemon, 0 for none
  std::uint32_t lost = 0;    ///< records since boot
  std::uint32_t backlog = 0;
  std::uint32_t backlog_limit = 0;
};

/// A rule of the list `exclude`: records of types first to last are not written, but for one.
struct ExcludeRule {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t but_not = 0; ///< 0: no exception
};

class KernelAudit {
public:
  static Result<KernelAudit> open();

  Result<AuditStatus> status();
  Result<void> set_enabled(bool on);
  Result<void> set_backlog_limit(std::uint32_t records);
  /// Error EEXIST: there is the same already.
  Result<void> add(const ExcludeRule& rule);
  Result<void> remove(const ExcludeRule& rule);
  /// Whether a rule says that processes get no audit context (`-a never,task`): their denials are
  /// logged without the program.
  Result<bool> hides_processes();

private:
  using Visit = std::function<void(std::uint16_t type, std::string_view payload)>;
  explicit KernelAudit(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<void> send_request(std::uint16_t type, std::string_view payload);
  /// Sends, and reads until the acknowledgement and the message of type `last` (0: none) are here.
  Result<void> request(std::uint16_t type, std::string_view payload, std::uint16_t last,
                       const Visit& visit);

  Result<void> change(std::uint16_t type, std::string_view payload);

  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
};

/// A rule as the kernel takes it (struct audit_rule_data).
std::string encode(const ExcludeRule& rule);

} // namespace unitlock::machine
