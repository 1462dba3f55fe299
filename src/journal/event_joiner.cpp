// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/event_joiner.hpp"

#include <algorithm>
#include <utility>

namespace unitlock::journal {
namespace {

/// Events of other processors come between the records of one; never this many.
constexpr std::size_t kWaitingLimit = 256;
/// journald reads the audit socket and the kernel's log independently of each other.
constexpr std::uint64_t kCopyHorizonUsec = 60 * 1000000ULL;
constexpr std::size_t kCopyLimit = 16384;
constexpr std::size_t kSeenLimit = 16384;

/// Says that two records are the same one.
std::uint64_t fingerprint(const RawRecord& record) {
  std::uint64_t hash = std::hash<std::string_view>()(record.body);
  return hash ^ (record.serial * 0x9e3779b97f4a7c15ULL) ^ (std::uint64_t{record.boot} << 32);
}

} // namespace

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
    return pending.serial == serial && pending.denial.domain.boot == boot;
  };
  // The newest first: it is nearly always that one.
  return std::any_of(waiting_.rbegin(), waiting_.rend(), is_it) ||
         std::any_of(copies_.rbegin(), copies_.rend(), is_it);
}

void EventJoiner::add_access(const RawRecord& record, AccessRecord access) {
  Pending pending{record.serial,
                  fingerprint(record),
                  {record.realtime_usec,
                   {record.boot, access.domain},
                   std::move(access.blockers),
                   std::move(access.object),
                   {}}};
  auto& queue = record.kernel_copy ? copies_ : waiting_;
  queue.push_back(std::move(pending));
  if (record.kernel_copy && copies_.size() <= kCopyLimit)
    return;
  if (!record.kernel_copy)
    remember(queue.back().fingerprint);
  if (!record.kernel_copy && waiting_.size() <= kWaitingLimit)
    return;
  pass_on(queue.front(), record.kernel_copy);
  queue.pop_front();
}

void EventJoiner::add_process(const RawRecord& record, const SyscallRecord& process) {
  // A rename has two denials in one event.
  for (auto* queue : {&waiting_, &copies_})
    for (Pending& pending : *queue)
      if (pending.serial == record.serial && pending.denial.domain.boot == record.boot)
        pending.denial.process = process;
  // In order, so that the oldest does not wait for the queue to fill.
  while (!waiting_.empty() && waiting_.front().denial.process.pid != 0) {
    pass_on(waiting_.front(), false);
    waiting_.pop_front();
  }
}

void EventJoiner::remember(std::uint64_t fingerprint) {
  if (!seen_.insert(fingerprint).second)
    return;
  seen_order_.push_back(fingerprint);
  if (seen_order_.size() <= kSeenLimit)
    return;
  seen_.erase(seen_order_.front());
  seen_order_.pop_front();
}

void EventJoiner::pass_on(const Pending& pending, bool kernel_copy) {
  if (kernel_copy && seen_.contains(pending.fingerprint))
    return;
  if (kernel_copy)
    remember(pending.fingerprint);
  on_denial_(pending.denial);
}

void EventJoiner::pass_on_old_copies(std::uint64_t now_usec) {
  while (!copies_.empty() && copies_.front().denial.realtime_usec + kCopyHorizonUsec < now_usec) {
    pass_on(copies_.front(), true);
    copies_.pop_front();
  }
}

void EventJoiner::finish() {
  for (const Pending& pending : waiting_)
    pass_on(pending, false);
  for (const Pending& pending : copies_)
    pass_on(pending, true);
  waiting_.clear();
  copies_.clear();
}

} // namespace unitlock::journal
