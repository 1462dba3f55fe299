// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/event_joiner.hpp"

#include <algorithm>
#include <utility>

namespace unitlock::journal {
namespace {

/// Events of other processors come between the records of one; never this many.
constexpr std::size_t kWaitingLimit = 256;
/// The records of one event are written at once.
constexpr std::uint64_t kProcessHorizonUsec = 1000000;
/// journald reads the audit socket and the kernel's log independently of each other.
constexpr std::uint64_t kCopyHorizonUsec = 5 * 1000000ULL;
constexpr std::size_t kCopyLimit = 16384;
constexpr std::size_t kMemoryLimit = 16384;

/// The kernel's log has no longer lines (1024 bytes with their prefix, kernel/printk).
constexpr std::size_t kCopyLength = 900;

/// Says that two records are the same one, also where the copy was cut.
std::uint64_t fingerprint(const RawRecord& record) {
  std::uint64_t hash = std::hash<std::string_view>()(record.body.substr(0, kCopyLength));
  return hash ^ (record.serial * 0x9e3779b97f4a7c15ULL) ^ (std::uint64_t{record.boot} << 32);
}

} // namespace

void EventJoiner::Memory::add(std::uint64_t fingerprint) {
  if (!set_.insert(fingerprint).second)
    return;
  order_.push_back(fingerprint);
  if (order_.size() <= kMemoryLimit)
    return;
  set_.erase(order_.front());
  order_.pop_front();
}

void EventJoiner::add(const RawRecord& record) {
  pass_on_old_copies(record.realtime_usec);
  if (record.type == kSyscallType && !awaits(record.boot, record.serial))
    return;
  auto parsed = parse_record(record.type, record.body);
  if (!parsed) {
    ++malformed_;
    return;
  }
  if (auto* access = std::get_if<AccessRecord>(&*parsed))
    add_access(record, std::move(*access));
  else if (auto* domain = std::get_if<DomainRecord>(&*parsed))
    on_domain_(record.boot, *domain);
  else if (auto* process = std::get_if<SyscallRecord>(&*parsed))
    add_process(record, *process);
}

bool EventJoiner::awaits(std::uint32_t boot, std::uint64_t serial) const {
  auto is_it = [&](const Pending& pending) {
    return pending.denial.serial == serial && pending.denial.domain.boot == boot;
  };
  // The newest first: it is nearly always that one.
  return std::any_of(waiting_.rbegin(), waiting_.rend(), is_it) ||
         std::any_of(copies_.rbegin(), copies_.rend(), is_it);
}

void EventJoiner::add_access(const RawRecord& record, AccessRecord access) {
  Pending pending{fingerprint(record),
                  {record.realtime_usec,
                   record.serial,
                   {record.boot, access.domain},
                   std::move(access.blockers),
                   std::move(access.object),
                   {}},
                  record.place};
  if (record.kernel_copy)
    return add_copy(std::move(pending));
  bool was_passed_on = copies_known_.has(pending.fingerprint);
  auto copy = std::find_if(copies_.begin(), copies_.end(), [&](const Pending& other) {
    return other.fingerprint == pending.fingerprint;
  });
  if (copy != copies_.end())
    copies_.erase(copy);
  else if (was_passed_on)
    return;
  seen_.add(pending.fingerprint);
  waiting_.push_back(std::move(pending));
  if (waiting_.size() > kWaitingLimit)
    pass_on_first(waiting_);
}

void EventJoiner::add_copy(Pending pending) {
  if (seen_.has(pending.fingerprint) || copies_known_.has(pending.fingerprint))
    return;
  copies_known_.add(pending.fingerprint);
  copies_.push_back(std::move(pending));
  if (copies_.size() > kCopyLimit)
    pass_on_first(copies_);
}

void EventJoiner::add_process(const RawRecord& record, const SyscallRecord& process) {
  // A rename has two denials in one event.
  for (Queue* queue : {&waiting_, &copies_})
    for (Pending& pending : *queue)
      if (pending.denial.serial == record.serial && pending.denial.domain.boot == record.boot)
        pending.denial.process = process;
  // In order, so that the oldest does not wait for the queue to fill.
  while (!waiting_.empty() && waiting_.front().denial.process.pid != 0)
    pass_on_first(waiting_);
}

void EventJoiner::pass_on_first(Queue& queue) {
  on_denial_(queue.front().denial);
  queue.pop_front();
}

void EventJoiner::pass_on_old_records(std::uint64_t now_usec) {
  while (!waiting_.empty() &&
         waiting_.front().denial.realtime_usec + kProcessHorizonUsec < now_usec)
    pass_on_first(waiting_);
}

void EventJoiner::pass_on_old_copies(std::uint64_t now_usec) {
  while (!copies_.empty() && copies_.front().denial.realtime_usec + kCopyHorizonUsec < now_usec)
    pass_on_first(copies_);
}

void EventJoiner::finish_copies() {
  while (!copies_.empty())
    pass_on_first(copies_);
}

void EventJoiner::finish() {
  while (!waiting_.empty())
    pass_on_first(waiting_);
  finish_copies();
}

} // namespace unitlock::journal
