// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_source.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/number.hpp"

namespace unitlock::journal {
namespace {

/// Before a cursor: more than are ever between an event's records, or between these and their
/// copies.
constexpr std::uint64_t kEntriesBefore = 1024;

} // namespace

DenialSource::DenialSource(Journal& journal, Window window, EventJoiner::DenialSink on_denial,
                           EventJoiner::DomainSink on_domain)
    : journal_(journal), on_denial_(std::move(on_denial)),
      joiner_([this](const Denial& denial) { pass_on(denial); }, std::move(on_domain)),
      window_(std::move(window)), resume_cursor_(window_.after_cursor) {}

void DenialSource::pass_on(const Denial& denial) {
  if (warming_up_)
    return;
  ++passed_on_;
  on_denial_(denial);
}

/// Behind a cursor, the copy of a record that was read before it may follow: so the last entries
/// before it are read again, and what they say is not passed on.
void DenialSource::start() {
  started_ = true;
  query_.alternatives = {
      {"_AUDIT_TYPE=1423", "_AUDIT_TYPE=1424", "_AUDIT_TYPE=1300"},
      // Facility 0 is the kernel's own: the kernel gives it to nothing written to /dev/kmsg.
      {"_TRANSPORT=kernel", "SYSLOG_FACILITY=0"},
  };
  query_.boot = window_.boot;
  query_.since_usec = window_.since_usec;
  query_.until_usec = window_.until_usec;
  query_.unsettled_since_usec = window_.unsettled_since_usec;
  query_.after_cursor = window_.after_cursor;
  query_.entries_before = kEntriesBefore;
}

void DenialSource::end_warm_up() {
  joiner_.finish();
  for (auto& [boot, lost] : lost_)
    lost.begin_window();
}

Result<void> DenialSource::visit(const Entry& entry) {
  if (window_.keep_place) {
    auto cursor = journal_.cursor();
    if (!cursor)
      return tl::unexpected(cursor.error());
    last_cursor_ = std::move(*cursor);
  }
  ++place_;
  if (warming_up_ && !entry.is_before)
    end_warm_up();
  warming_up_ = entry.is_before;
  add(entry);
  if (window_.keep_place && !warming_up_)
    places_.emplace_back(place_, last_cursor_);
  note_place();
  return {};
}

/// The last entry before the oldest record that waits.
void DenialSource::note_place() {
  if (warming_up_ || last_cursor_.empty())
    return;
  auto oldest = joiner_.oldest_place();
  while (!places_.empty() && (!oldest || places_.front().first < *oldest)) {
    resume_cursor_ = std::move(places_.front().second);
    places_.pop_front();
  }
}

void DenialSource::pass_on_old(std::uint64_t now_usec) {
  joiner_.pass_on_old_records(now_usec);
  joiner_.pass_on_old_copies(now_usec);
  note_place();
}

Result<bool> DenialSource::read_some(std::size_t limit) {
  if (!started_)
    start();
  constexpr std::array<std::string_view, 3> kFields = {"_AUDIT_TYPE", "_AUDIT_ID", "MESSAGE"};
  passed_on_ = 0;
  Result<void> visited;
  auto read = journal_.read(query_, kFields, [&](const Entry& entry) {
    visited = visit(entry);
    return visited && passed_on_ < limit;
  });
  if (!read || !visited)
    return tl::unexpected(read ? visited.error() : read.error());
  if (!last_cursor_.empty()) {
    query_.after_cursor = last_cursor_;
    query_.entries_before = 0;
  }
  return passed_on_ >= limit;
}

Result<void> DenialSource::read_all() {
  auto read = read_some(std::numeric_limits<std::size_t>::max());
  if (!read)
    return tl::unexpected(read.error());
  return {};
}

void DenialSource::add(const Entry& entry) {
  if (entry.values[0].empty())
    return add_kernel_line(entry);
  lost_[entry.boot].add_audit_entry();
  joiner_.add({entry.boot, to_number<std::uint64_t>(entry.values[1]).value_or(0),
               entry.realtime_usec, to_number<int>(entry.values[0]).value_or(0),
               body_of_message(entry.values[2]), false, place_});
}

void DenialSource::add_kernel_line(const Entry& entry) {
  const std::string& line = entry.values[2];
  if (auto copy = parse_kernel_copy(line))
    joiner_.add(
        {entry.boot, copy->serial, entry.realtime_usec, copy->type, copy->body, true, place_});
  else
    lost_[entry.boot].add_line(line, !query_.since_usec && window_.after_cursor.empty());
}

void DenialSource::finish_complete(std::uint64_t now_usec) {
  joiner_.finish_copies();
  joiner_.pass_on_old_records(now_usec);
  note_place();
}

void DenialSource::finish() {
  joiner_.finish();
  note_place();
}

} // namespace unitlock::journal
