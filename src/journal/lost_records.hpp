// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel said in its log of audit records that it could not deliver, in one boot. Pure.
//
// Source: kernel/audit.c (audit_log_lost(), kauditd_hold_skb()), lib/ratelimit.c.
#pragma once

#include <cstdint>
#include <string_view>

namespace unitlock::journal {

class LostRecords {
public:
  /// The next line of the log that is no copy of a record. `from_boot`: the log was read from the
  /// boot on, so that the kernel's total, which it counts since then, is all of this window's.
  void add_line(std::string_view line, bool from_boot);
  /// The lines up to here were read for what they say of the next.
  void begin_window();
  void add_audit_entry() { has_audit_ = true; }

  /// Records of all types that nobody got.
  std::uint64_t lost() const { return lost_; }
  /// Records of all types that should have been printed to the kernel's log and were not; 0 where
  /// journald had records of its own, of which those would only have been copies.
  std::uint64_t left_out() const { return has_audit_ ? 0 : left_out_; }

private:
  void add_total(std::uint64_t total, bool from_boot);

  std::uint64_t total_ = 0; ///< the kernel's count
  bool has_total_ = false;
  std::uint64_t lost_ = 0;
  std::uint64_t last_lost_ = 0; ///< by the last line that had a total
  std::uint64_t left_out_ = 0;
  bool has_audit_ = false;
};

} // namespace unitlock::journal
