// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials out of a journal, in its order, without their units; can be asked again for what has come
// since, and says where another reader could go on so that nothing is read twice or missed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "journal/event_joiner.hpp"
#include "journal/lost_records.hpp"
#include "journal/record_source.hpp"

namespace unitlock::journal {

/// Which part of the journal.
struct Window {
  std::optional<std::uint64_t> since_usec;
  std::optional<std::uint64_t> until_usec;
  Id128 boot;               ///< only of this one, if set
  std::string after_cursor; ///< only behind this entry, if set; since_usec is not looked at then
  /// Whether to read on, or to resume: it takes time to learn of each entry where it is.
  bool keep_place = false;
  std::optional<std::uint64_t> unsettled_since_usec = std::nullopt; ///< as Query's
};

class DenialSource {
public:
  DenialSource(Journal& journal, Window window, EventJoiner::DenialSink on_denial,
               EventJoiner::DomainSink on_domain);

  Result<void> read_all();
  /// Reads on, until `limit` denials were passed on or the journal ends. False at its end. Needs
  /// Window::keep_place.
  Result<bool> read_some(std::size_t limit);
  /// Passes on what waits for records that ought to be there at this time, by the wall clock.
  void pass_on_old(std::uint64_t now_usec);
  /// Passes on all but the records of events that are so young that more may come. What was passed
  /// on as a copy is not told again by who goes on and meets the record.
  void finish_complete(std::uint64_t now_usec);
  /// Passes on all that waits for more records.
  void finish();
  bool is_idle() const { return joiner_.is_idle(); }

  /// Whether a part of the denials of a domain may lie outside of the window.
  bool reads_in_part() const {
    return window_.since_usec || window_.until_usec || window_.unsettled_since_usec ||
           !window_.after_cursor.empty();
  }

  /// Where to go on, as Window::after_cursor: all denials up to there were passed on, and no other.
  /// The window's own where nothing was read. Needs Window::keep_place.
  const std::string& resume_cursor() const { return resume_cursor_; }
  /// Records that could not be understood.
  std::uint64_t malformed() const { return joiner_.malformed(); }
  /// By boot, as Journal::boots().
  const std::map<std::uint32_t, LostRecords>& lost() const { return lost_; }

private:
  void start();
  void pass_on(const Denial& denial);
  Result<void> visit(const Entry& entry);
  void end_warm_up();
  void add(const Entry& entry);
  void add_kernel_line(const Entry& entry);
  void note_place();

  Journal& journal_;
  EventJoiner::DenialSink on_denial_;
  EventJoiner joiner_;
  Window window_;
  Query query_;
  bool started_ = false;
  /// The entries before the window that are read for what they tell of those in it.
  bool warming_up_ = false;
  std::size_t passed_on_ = 0;
  std::uint64_t place_ = 0; ///< the number of the entry
  /// Those that the resume cursor has not passed: number and cursor.
  std::deque<std::pair<std::uint64_t, std::string>> places_;
  std::string last_cursor_;
  std::string resume_cursor_;
  std::map<std::uint32_t, LostRecords> lost_;
};

} // namespace unitlock::journal
