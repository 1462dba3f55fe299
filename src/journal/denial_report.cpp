// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_report.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/timestamp.hpp"
#include "journal/attributor.hpp"
#include "journal/denial_source.hpp"
#include "journal/gaps.hpp"
#include "journal/patience.hpp"
#include "journal/probe_denial.hpp"

namespace unitlock::journal {
namespace {

class Reader {
public:
  Reader(Journal& journal, const DenialQuery& query, Window window)
      : journal_(journal), query_(query), attributor_(journal, query.wrapper),
        source_(
            journal, std::move(window), [this](const Denial& denial) { add(denial); },
            [this](std::uint32_t boot, const DomainRecord& record) {
              attributor_.note(boot, record);
            }),
        logged_(query.domain_limit) {}
  Result<DenialReport> run();
  Result<DenialCounts> count();

private:
  void add(const Denial& denial);
  Result<void> read();
  Result<std::map<DomainKey, Attribution>> attribute();
  Result<std::map<std::uint32_t, std::string>>
  hosts_of(const std::map<DomainKey, Attribution>& domains);
  bool is_wanted(const DenialGroup& group);
  bool is_expected(const DenialGroup& group) const {
    return journal::is_expected(group.blockers, group.object, group.attribution,
                                query_.expectations);
  }
  std::map<DomainKey, std::uint64_t>
  expected_by_domain(const std::map<DomainKey, Attribution>& attributions);
  std::uint64_t probes_of(const DomainKey& domain) const {
    auto found = probes_.find(domain);
    return found == probes_.end() ? 0 : found->second;
  }

  Journal& journal_;
  const DenialQuery& query_;
  Attributor attributor_;
  DenialSource source_;
  Summary summary_;
  LoggedDenials logged_;
  std::uint64_t denials_ = 0;
  std::uint64_t unattributed_ = 0;
  std::uint64_t expected_ = 0;
  std::map<DomainKey, std::uint64_t> probes_;
};

void Reader::add(const Denial& denial) {
  ++denials_;
  logged_.add(denial.domain);
  if (!query_.with_probes && is_probe(denial, query_.wrapper))
    ++probes_[denial.domain];
  else if (matches_record(query_.filter, denial))
    summary_.add(denial);
}

Result<void> Reader::read() {
  auto read = source_.read_all();
  if (read && query_.keep_place)
    source_.finish_complete(realtime_now_usec());
  else if (read)
    source_.finish();
  return read;
}

/// Nobody would meet again what the cursor has passed: so denials of this moment get the time to be
/// somebody's.
Result<std::map<DomainKey, Attribution>> Reader::attribute() {
  const auto first_denials = summary_.domains();
  std::vector<DomainKey> domains;
  for (const auto& [domain, usec] : first_denials)
    domains.push_back(domain);
  for (;;) {
    auto attributions = attributor_.attribute(domains);
    if (!attributions || !query_.keep_place)
      return attributions;
    const std::uint64_t now = realtime_now_usec();
    bool waits = false;
    for (const auto& [domain, usec] : first_denials)
      if (may_be_placed_later(attributions->at(domain), usec, now)) {
        attributor_.forget(domain);
        waits = true;
      }
    if (!waits || !journal_.wait(kRetryUsec, Journal::kNoOutput))
      return attributions;
  }
}

Result<std::map<std::uint32_t, std::string>>
Reader::hosts_of(const std::map<DomainKey, Attribution>& domains) {
  std::map<std::uint32_t, std::string> hosts;
  for (const auto& [domain, attribution] : domains) {
    if (hosts.contains(domain.boot))
      continue;
    auto host = journal_.host_of(domain.boot);
    if (!host)
      return tl::unexpected(host.error());
    hosts[domain.boot] = *host;
  }
  return hosts;
}

bool Reader::is_wanted(const DenialGroup& group) {
  if (!matches_host(query_.filter, group.host))
    return false;
  if (matches_owner(query_.filter, group.attribution)) {
    if (query_.with_expected || !is_expected(group))
      return true;
    expected_ += group.count;
  } else if (may_be_anyones(query_.filter, group.attribution)) {
    unattributed_ += group.count;
  }
  return false;
}

/// Before the summary joins what is alike.
std::map<DomainKey, std::uint64_t>
Reader::expected_by_domain(const std::map<DomainKey, Attribution>& attributions) {
  std::map<DomainKey, std::uint64_t> expected;
  if (query_.expectations)
    summary_.finish(attributions, {}, [&](const DenialGroup& group) {
      if (is_expected(group))
        expected[group.domain] += group.count;
      return false;
    });
  return expected;
}

/// A summary joins what is alike in different starts of a unit; here each domain counts for its
/// own.
Result<DenialCounts> Reader::count() {
  if (auto done = read(); !done)
    return tl::unexpected(done.error());
  std::vector<DomainKey> wanted;
  for (const auto& [key, number] : logged_.counts())
    wanted.push_back(key);
  auto attributions = attributor_.attribute(wanted);
  if (!attributions)
    return tl::unexpected(attributions.error());
  auto expected = expected_by_domain(*attributions);
  DenialCounts counts;
  for (const auto& [key, attribution] : *attributions) {
    const std::uint64_t count = logged_.counts().at(key) - probes_of(key) - expected[key];
    if (!attribution.unit.name.empty())
      counts.by_start[{attribution.unit, attribution.invocation}] += count;
    for (const UnitName& claimant : attribution.claimants)
      counts.disputed[claimant] += count;
  }
  counts.left_out = logged_.left_out();
  return counts;
}

Result<DenialReport> Reader::run() {
  if (auto done = read(); !done)
    return tl::unexpected(done.error());
  auto attributions = attribute();
  if (!attributions)
    return tl::unexpected(attributions.error());
  auto hosts = hosts_of(*attributions);
  if (!hosts)
    return tl::unexpected(hosts.error());
  DenialReport report;
  report.denials = denials_;
  report.gaps = find_gaps(journal_, source_, attributor_, logged_);
  if (summary_.overflowed())
    report.gaps.push_back("there are too many different objects to list: some are counted together "
                          "as \"other objects\"");
  report.groups = summary_.finish(*attributions, *hosts,
                                  [this](const DenialGroup& group) { return is_wanted(group); });
  // What is alike is expected alike: the unit and the object decide it.
  for (DenialGroup& group : report.groups)
    group.expected = is_expected(group);
  report.unattributed = unattributed_;
  report.expected = expected_;
  for (const auto& [domain, count] : probes_)
    report.probes += count;
  report.boots = journal_.boots();
  report.resume_cursor = source_.resume_cursor();
  return report;
}

} // namespace

Result<Window> window_of(Journal& journal, const DenialQuery& query) {
  Window window{query.since_usec, query.until_usec, {}, query.after_cursor, query.keep_place};
  window.unsettled_since_usec = query.unsettled_since_usec;
  if (!query.boot)
    return window;
  auto boot = journal.find_boot(*query.boot);
  if (!boot)
    return tl::unexpected(boot.error());
  window.boot = *boot;
  return window;
}

Result<DenialReport> read_denials(Journal& journal, const DenialQuery& query) {
  auto window = window_of(journal, query);
  if (!window)
    return tl::unexpected(window.error());
  return Reader(journal, query, std::move(*window)).run();
}

Result<DenialCounts> count_denials(Journal& journal, const DenialQuery& query) {
  auto window = window_of(journal, query);
  if (!window)
    return tl::unexpected(window.error());
  return Reader(journal, query, std::move(*window)).count();
}

std::string event_id(std::uint64_t serial, const Id128& boot) {
  return fmt::format("{}@{}", serial, boot);
}

} // namespace unitlock::journal
