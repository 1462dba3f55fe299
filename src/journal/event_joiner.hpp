// SPDX-License-Identifier: LGPL-2.1-or-later
// Joins the audit records of one event. A denial (1423) does not say which process it was; the
// SYSCALL record (1300) of the same serial number does, and follows within a few records. What the
// kernel printed to its log as well is taken only where journald's own record is missing. Memory
// is bounded: what waits too long goes on as it is.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "journal/denial.hpp"

namespace unitlock::journal {

/// A record as it comes out of the journal.
struct RawRecord {
  std::uint32_t boot = 0;
  std::uint64_t serial = 0;
  std::uint64_t realtime_usec = 0;
  int type = 0;
  std::string_view body;
  bool kernel_copy = false;
  std::uint64_t place = 0; ///< a number that grows from record to record
};

class EventJoiner {
public:
  using DenialSink = std::function<void(const Denial&)>;
  using DomainSink = std::function<void(std::uint32_t boot, const DomainRecord&)>;

  EventJoiner(DenialSink on_denial, DomainSink on_domain)
      : on_denial_(std::move(on_denial)), on_domain_(std::move(on_domain)) {}

  /// In the journal's order.
  void add(const RawRecord& record);
  /// Passes on what still waits.
  void finish();
  /// Passes on what has waited for too long at this time, by the clock of the journal: for its
  /// SYSCALL record, or for journald's own.
  void pass_on_old_records(std::uint64_t now_usec);
  void pass_on_old_copies(std::uint64_t now_usec);
  /// Passes on what waits for journald's own record.
  void finish_copies();
  /// Whether nothing waits: all that was added has been passed on.
  bool is_idle() const { return waiting_.empty() && copies_.empty(); }
  /// RawRecord::place of the oldest record that waits for its SYSCALL record: all before it were
  /// passed on, and none behind it.
  std::optional<std::uint64_t> oldest_place() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().place);
  }
  /// Whether a SYSCALL record of this event would be of use.
  bool awaits(std::uint32_t boot, std::uint64_t serial) const;
  /// Records that could not be understood.
  std::uint64_t malformed() const { return malformed_; }

private:
  struct Pending {
    std::uint64_t fingerprint;
    Denial denial;
    std::uint64_t place = 0;
  };
  using Queue = std::deque<Pending>;

  /// Fingerprints of the last denials, as many as can matter.
  class Memory {
  public:
    void add(std::uint64_t fingerprint);
    bool has(std::uint64_t fingerprint) const { return set_.contains(fingerprint); }

  private:
    std::deque<std::uint64_t> order_;
    std::unordered_set<std::uint64_t> set_;
  };

  void add_access(const RawRecord& record, AccessRecord access);
  void add_copy(Pending pending);
  void add_process(const RawRecord& record, const SyscallRecord& process);
  void pass_on_first(Queue& queue);

  DenialSink on_denial_;
  DomainSink on_domain_;
  Queue waiting_; ///< journald's, for their SYSCALL record
  Queue copies_;  ///< the kernel log's, for journald's record
  Memory seen_;   ///< journald's
  Memory copies_known_;
  std::uint64_t malformed_ = 0;
};

} // namespace unitlock::journal
