// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_stream.hpp"

#include <set>
#include <utility>

#include "base/timestamp.hpp"
#include "journal/gaps.hpp"
#include "journal/patience.hpp"
#include "journal/probe_denial.hpp"

namespace unitlock::journal {
namespace {

constexpr std::size_t kBatch = 4096;
constexpr std::uint64_t kForgetUsec = 10 * 1000000ULL;

Window with_place(Window window) {
  window.keep_place = true;
  return window;
}

} // namespace

DenialStream::DenialStream(Journal& journal, DenialQuery query, Window window)
    : journal_(journal), query_(std::move(query)), attributor_(journal, query_.wrapper),
      source_(
          journal, with_place(std::move(window)), [this](const Denial& denial) { add(denial); },
          [this](std::uint32_t boot, const DomainRecord& record) {
            attributor_.note(boot, record);
          }),
      resume_cursor_(query_.after_cursor) {}

void DenialStream::add(const Denial& denial) {
  logged_.add(denial.domain);
  if (!query_.with_probes && is_probe(denial, query_.wrapper))
    ++probes_;
  else if (matches_record(query_.filter, denial))
    batch_.push_back(denial);
}

Result<void> DenialStream::read(const Sink& sink, bool follows) {
  for (;;) {
    auto more = source_.read_some(kBatch);
    if (!more)
      return tl::unexpected(more.error());
    if (!*more && query_.keep_place)
      source_.finish_complete(realtime_now_usec());
    else if (!*more && !follows)
      source_.finish();
    if (auto done = emit(sink, follows || query_.keep_place); !done)
      return done;
    if (!*more)
      return follows ? Result<void>() : wait_for_units(sink);
  }
}

/// Nobody would meet again what the cursor has passed: so it is told with its unit, or as nobody's
/// for good.
Result<void> DenialStream::wait_for_units(const Sink& sink) {
  while (!batch_.empty()) {
    bool may_wait = journal_.wait(kRetryUsec, Journal::kNoOutput).has_value();
    if (auto done = emit(sink, may_wait); !done)
      return done;
  }
  return {};
}

Result<void> DenialStream::follow(const Sink& sink, const Pause& pause, int output) {
  for (;;) {
    auto more = source_.read_some(kBatch);
    if (!more)
      return tl::unexpected(more.error());
    source_.pass_on_old(realtime_now_usec());
    if (auto done = emit(sink, true); !done)
      return done;
    if (*more)
      continue;
    if (auto paused = pause(); !paused)
      return paused;
    bool nothing_waits = batch_.empty() && source_.is_idle();
    auto change = journal_.wait(nothing_waits ? UINT64_MAX : kRetryUsec, output);
    if (!change)
      return tl::unexpected(change.error());
    if (*change == Journal::Change::Closed)
      return {};
  }
}

Result<void> DenialStream::emit(const Sink& sink, bool may_wait) {
  std::set<DomainKey> domains;
  for (const Denial& denial : batch_)
    domains.insert(denial.domain);
  auto attributions = attributor_.attribute({domains.begin(), domains.end()});
  if (!attributions)
    return tl::unexpected(attributions.error());
  std::uint64_t now = realtime_now_usec();
  for (; !batch_.empty(); batch_.pop_front()) {
    const Denial& denial = batch_.front();
    const Attribution& attribution = attributions->at(denial.domain);
    if (may_wait && may_be_placed_later(attribution, denial.realtime_usec, now))
      break;
    if (auto done = emit(sink, denial, attribution); !done)
      return done;
  }
  forget_unplaced(*attributions, now);
  if (batch_.empty())
    resume_cursor_ = source_.resume_cursor();
  return {};
}

/// What nobody could place may be placed later: at once where it is waited for, else now and then,
/// because it takes looking through the journal.
void DenialStream::forget_unplaced(const std::map<DomainKey, Attribution>& attributions,
                                   std::uint64_t now_usec) {
  bool is_time = now_usec - forgot_usec_ > kForgetUsec;
  if (batch_.empty() && !is_time)
    return;
  forgot_usec_ = now_usec;
  for (const auto& [domain, attribution] : attributions)
    if (!is_placed(attribution.certainty))
      attributor_.forget(domain);
}

Result<void> DenialStream::emit(const Sink& sink, const Denial& denial,
                                const Attribution& attribution) {
  auto host = journal_.host_of(denial.domain.boot);
  if (!host)
    return tl::unexpected(host.error());
  if (!matches_host(query_.filter, *host))
    return {};
  if (matches_owner(query_.filter, attribution)) {
    bool expected = is_expected(denial.blockers, denial.object, attribution, query_.expectations);
    if (expected && !query_.with_expected)
      ++expected_;
    else
      sink({denial, attribution, journal_.boot_id(denial.domain.boot), *host, expected});
  } else if (may_be_anyones(query_.filter, attribution)) {
    ++unattributed_;
  }
  return {};
}

std::vector<std::string> DenialStream::gaps() const {
  return find_gaps(journal_, source_, attributor_, logged_);
}

} // namespace unitlock::journal
