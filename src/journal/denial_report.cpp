// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_report.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "base/start_record.hpp"
#include "journal/attribution.hpp"
#include "journal/event_joiner.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::journal {
namespace {

/// Up to here single look-ups by index; beyond, one pass over all records of the kind.
constexpr std::size_t kLookupLimit = 64;
/// Domains whose first record is remembered while reading.
constexpr std::size_t kDomainLimit = 100000;
/// The wrapper's own proof, and what QuietPaths= hides, are counted by the kernel without being
/// logged: a smaller difference says nothing.
constexpr std::uint64_t kUnloggedUsual = 16;

template <class Number>
Number to_number(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Domain {
  std::optional<DomainRecord> first;
  std::uint64_t counted = 0; ///< by the kernel, at the end
};

/// Claims by (boot, tag).
using Claims = std::map<std::pair<std::uint32_t, std::string>, std::vector<StartClaim>>;

class Reader {
public:
  Reader(Journal& journal, const DenialQuery& query) : journal_(journal), query_(query) {}
  Result<DenialReport> run();
  Result<DenialCounts> count();

private:
  Result<void> set_window();
  Result<void> read_records();
  Result<void> find_domains(const std::vector<DomainKey>& wanted);
  Result<void> find_claims(const std::vector<DomainKey>& wanted);
  Result<void> find_stderr_claims(std::uint32_t boot, const std::string& tag);
  Result<void> first_stderr_line(std::uint32_t boot, const std::string& tag,
                                 const std::string& invocation);
  Result<bool> pids_comparable(std::uint32_t boot);
  Result<std::map<DomainKey, Attribution>> attribute_all(const std::vector<DomainKey>& wanted);
  void add_domain(std::uint32_t boot, const DomainRecord& record);
  void add_claim(const Entry& entry, const std::set<std::pair<std::uint32_t, std::string>>& wanted);
  void note_gaps(const Summary& summary, DenialReport& report);
  const DomainRecord* first_record(const DomainKey& key) const;

  Journal& journal_;
  const DenialQuery& query_;
  Query window_;
  Summary summary_;
  std::map<DomainKey, Domain> domains_;
  std::map<DomainKey, std::uint64_t> logged_;
  Claims claims_;
  std::map<std::uint32_t, bool> comparable_;
  std::set<std::string> invocations_; ///< all of the journal, once they are needed
  std::uint64_t malformed_ = 0;
  std::uint64_t denials_ = 0;
};

std::string match(std::string_view field, std::string_view value) {
  return fmt::format("{}={}", field, value);
}

StartClaim to_claim(std::string tag, std::span<const std::string> trusted) {
  StartClaim claim;
  claim.tag = std::move(tag);
  claim.invocation = trusted[0];
  claim.unit.name = trusted[2].empty() ? trusted[1] : trusted[2];
  if (!trusted[2].empty())
    claim.unit.user = to_number<std::uint32_t>(trusted[4]);
  claim.pid = to_number<std::int64_t>(trusted[3]);
  if (!trusted[5].empty())
    claim.uid = to_number<std::uint32_t>(trusted[5]);
  return claim;
}

/// "unitlock-exec: … MESSAGE_ID=… UNITLOCK_TAG=…", with its priority in front where
/// SyslogLevelPrefix=no.
bool is_start_line(std::string_view message, std::string_view tag) {
  if (message.size() > 3 && message[0] == '<' && message[2] == '>')
    message.remove_prefix(3);
  std::string words = fmt::format("{} ", message);
  return message.starts_with("unitlock-exec: ") &&
         words.find(fmt::format(" MESSAGE_ID={} ", start_record::kConfined)) != words.npos &&
         words.find(fmt::format(" {}={} ", start_record::kTag, tag)) != words.npos;
}

/// The fields for to_claim(), all journald's own.
constexpr std::array<std::string_view, 6> kTrusted = {"_SYSTEMD_INVOCATION_ID", "_SYSTEMD_UNIT",
                                                      "_SYSTEMD_USER_UNIT",     "_PID",
                                                      "_SYSTEMD_OWNER_UID",     "_UID"};

void Reader::add_domain(std::uint32_t boot, const DomainRecord& record) {
  DomainKey key{boot, record.domain};
  if (domains_.size() >= kDomainLimit && !domains_.contains(key))
    return; // looked up later, if it is needed at all
  Domain& domain = domains_[key];
  if (!record.allocated)
    domain.counted = record.denials;
  else if (!domain.first)
    domain.first = record;
}

Result<void> Reader::read_records() {
  EventJoiner joiner(
      [&](const Denial& denial) {
        ++denials_;
        if (logged_.size() < kDomainLimit || logged_.contains(denial.domain))
          ++logged_[denial.domain];
        summary_.add(denial);
      },
      [&](std::uint32_t boot, const DomainRecord& record) { add_domain(boot, record); });
  window_.alternatives = {
      {match("_AUDIT_TYPE", "1423"), match("_AUDIT_TYPE", "1424"), match("_AUDIT_TYPE", "1300")},
      // Facility 0 is the kernel's own: the kernel gives it to nothing written to /dev/kmsg.
      {match("_TRANSPORT", "kernel"), match("SYSLOG_FACILITY", "0")},
  };
  constexpr std::array<std::string_view, 3> kFields = {"_AUDIT_TYPE", "_AUDIT_ID", "MESSAGE"};
  auto read = journal_.read(window_, kFields, [&](const Entry& entry) {
    RawRecord record;
    record.boot = entry.boot;
    record.realtime_usec = entry.realtime_usec;
    if (!entry.values[0].empty()) {
      record.type = to_number<int>(entry.values[0]);
      record.serial = to_number<std::uint64_t>(entry.values[1]);
      record.body = body_of_message(entry.values[2]);
      joiner.add(record);
    } else if (auto copy = parse_kernel_copy(entry.values[2])) {
      record.type = copy->type;
      record.serial = copy->serial;
      record.body = copy->body;
      record.kernel_copy = true;
      joiner.add(record);
    }
    return true;
  });
  joiner.finish();
  malformed_ = joiner.malformed();
  return read;
}

const DomainRecord* Reader::first_record(const DomainKey& key) const {
  auto found = domains_.find(key);
  return found != domains_.end() && found->second.first ? &*found->second.first : nullptr;
}

/// A domain's first record is as old as its first denial, which may be long before the window.
Result<void> Reader::find_domains(const std::vector<DomainKey>& wanted) {
  std::set<DomainKey> missing;
  for (const DomainKey& key : wanted)
    if (!first_record(key))
      missing.insert(key);
  constexpr std::array<std::string_view, 1> kFields = {"MESSAGE"};
  auto keep = [&](const Entry& entry) {
    auto parsed = parse_record(kLandlockDomainType, body_of_message(entry.values[0]));
    auto* record = parsed ? std::get_if<DomainRecord>(&*parsed) : nullptr;
    if (record && record->allocated && missing.erase({entry.boot, record->domain}) > 0)
      domains_[{entry.boot, record->domain}].first = *record;
    return !missing.empty();
  };
  if (missing.size() > kLookupLimit)
    return journal_.read({{{match("_AUDIT_TYPE", "1424")}}, {}, {}, {}}, kFields, keep);
  for (const DomainKey& key : std::set(missing)) {
    auto read = journal_.read({{{match("_AUDIT_TYPE", "1424"),
                                 match("_AUDIT_FIELD_DOMAIN", fmt::format("{:x}", key.domain))}},
                               journal_.boot_id(key.boot),
                               {},
                               {}},
                              kFields, keep);
    if (!read)
      return read;
  }
  return {};
}

void Reader::add_claim(const Entry& entry,
                       const std::set<std::pair<std::uint32_t, std::string>>& wanted) {
  std::pair key(entry.boot, entry.values[0]);
  if (!wanted.contains(key))
    return;
  StartClaim claim = to_claim(key.second, std::span(entry.values).subspan(1));
  auto& known = claims_[key];
  if (std::find(known.begin(), known.end(), claim) == known.end())
    known.push_back(std::move(claim));
}

Result<void> Reader::find_claims(const std::vector<DomainKey>& wanted) {
  std::set<std::pair<std::uint32_t, std::string>> tags;
  for (const DomainKey& key : wanted) {
    const DomainRecord* record = first_record(key);
    if (record && record->exe == query_.wrapper)
      tags.emplace(key.boot, record->comm);
  }
  std::vector<std::string_view> fields = {start_record::kTag};
  fields.insert(fields.end(), kTrusted.begin(), kTrusted.end());
  std::string message_id = match("MESSAGE_ID", start_record::kConfined);
  auto keep = [&](const Entry& entry) {
    add_claim(entry, tags);
    return true;
  };
  if (tags.size() > kLookupLimit) {
    auto read = journal_.read({{{message_id}}, {}, {}, {}}, fields, keep);
    if (!read)
      return read;
  }
  for (const auto& [boot, tag] : tags) {
    Query query{{{message_id, match(start_record::kTag, tag)}}, journal_.boot_id(boot), {}, {}};
    if (tags.size() <= kLookupLimit)
      if (auto read = journal_.read(query, fields, keep); !read)
        return read;
    if (auto read = find_stderr_claims(boot, tag); !read)
      return read;
  }
  return {};
}

/// A service that cannot reach the journal's socket has its start record as a line on standard
/// error. It is looked for only where there is no better one.
Result<void> Reader::find_stderr_claims(std::uint32_t boot, const std::string& tag) {
  auto known = claims_.find({boot, tag});
  if (known != claims_.end())
    for (const StartClaim& claim : known->second)
      if (tag_matches(claim.tag, claim.invocation))
        return {};
  if (invocations_.empty()) {
    auto listed = journal_.values_of("_SYSTEMD_INVOCATION_ID", [&](std::string_view invocation) {
      invocations_.emplace(invocation);
    });
    if (!listed)
      return listed;
  }
  std::string start = tag.substr(std::min(tag.size(), start_record::kTagPrefix.size()));
  for (auto i = invocations_.lower_bound(start); i != invocations_.end() && tag_matches(tag, *i);
       ++i)
    if (auto read = first_stderr_line(boot, tag, *i); !read)
      return read;
  return {};
}

/// The first line of the invocation that looks like the wrapper's: later ones the service itself
/// may have written.
Result<void> Reader::first_stderr_line(std::uint32_t boot, const std::string& tag,
                                       const std::string& invocation) {
  std::vector<std::string_view> fields = {"MESSAGE"};
  fields.insert(fields.end(), kTrusted.begin(), kTrusted.end());
  constexpr int kLines = 64;
  int line = 0;
  Query query{{{match("_SYSTEMD_INVOCATION_ID", invocation), match("_TRANSPORT", "stdout")}},
              journal_.boot_id(boot),
              {},
              {}};
  return journal_.read(query, fields, [&](const Entry& entry) {
    if (!is_start_line(entry.values[0], tag))
      return ++line < kLines;
    StartClaim claim = to_claim(tag, std::span(entry.values).subspan(1));
    claim.from_stderr = true;
    claims_[{boot, tag}].push_back(std::move(claim));
    return false;
  });
}

/// The kernel logs PIDs of its first namespace. journald sees the same where it also reads the
/// kernel's log, which no container can.
Result<bool> Reader::pids_comparable(std::uint32_t boot) {
  auto known = comparable_.find(boot);
  if (known != comparable_.end())
    return known->second;
  auto comparable = journal_.any({{{match("_TRANSPORT", "kernel"), match("SYSLOG_FACILITY", "0")}},
                                  journal_.boot_id(boot),
                                  {},
                                  {}});
  if (comparable)
    comparable_[boot] = *comparable;
  return comparable;
}

Result<std::map<DomainKey, Attribution>>
Reader::attribute_all(const std::vector<DomainKey>& wanted) {
  if (auto found = find_domains(wanted); !found)
    return tl::unexpected(found.error());
  if (auto found = find_claims(wanted); !found)
    return tl::unexpected(found.error());
  std::map<DomainKey, Attribution> attributions;
  for (const DomainKey& key : wanted) {
    const DomainRecord* record = first_record(key);
    auto comparable = pids_comparable(key.boot);
    if (!comparable)
      return tl::unexpected(comparable.error());
    static const std::vector<StartClaim> none;
    auto claims = record ? claims_.find({key.boot, record->comm}) : claims_.end();
    attributions[key] = attribute(record, claims == claims_.end() ? none : claims->second,
                                  query_.wrapper, *comparable);
  }
  return attributions;
}

void Reader::note_gaps(const Summary& summary, DenialReport& report) {
  report.gaps = journal_.warnings();
  if (summary.overflowed())
    report.gaps.push_back("there are too many different objects to list: some are counted together "
                          "as \"other objects\"");
  if (malformed_ > 0)
    report.gaps.push_back(fmt::format("{} audit records could not be understood", malformed_));
  if (journal_.damaged() > 0)
    report.gaps.push_back(fmt::format("{} entries of the journal are damaged", journal_.damaged()));
  if (query_.since_usec || query_.until_usec)
    return; // part of a domain's denials lies outside
  std::uint64_t lost = 0;
  for (const auto& [key, domain] : domains_) {
    auto logged = logged_.find(key);
    std::uint64_t seen = logged == logged_.end() ? 0 : logged->second;
    if (domain.first && domain.first->exe == query_.wrapper &&
        domain.counted > seen + kUnloggedUsual)
      lost += domain.counted - seen;
  }
  if (lost > 0)
    report.gaps.push_back(fmt::format("the kernel counted {} denials more than the journal has: "
                                      "they were quiet, or records were lost",
                                      lost));
}

Result<void> Reader::set_window() {
  window_.since_usec = query_.since_usec;
  window_.until_usec = query_.until_usec;
  if (!query_.boot)
    return {};
  auto boot = journal_.find_boot(*query_.boot);
  if (!boot)
    return tl::unexpected(boot.error());
  window_.boot = *boot;
  return {};
}

/// A summary joins what is alike in different starts of a unit; here each domain counts for its
/// own.
Result<DenialCounts> Reader::count() {
  if (auto set = set_window(); !set)
    return tl::unexpected(set.error());
  if (auto read = read_records(); !read)
    return tl::unexpected(read.error());
  std::vector<DomainKey> wanted;
  for (const auto& [key, number] : logged_)
    wanted.push_back(key);
  auto attributions = attribute_all(wanted);
  if (!attributions)
    return tl::unexpected(attributions.error());
  DenialCounts counts;
  for (const auto& [key, attribution] : *attributions)
    if (!attribution.unit.name.empty())
      counts[{attribution.unit, attribution.invocation}] += logged_.at(key);
  return counts;
}

Result<DenialReport> Reader::run() {
  if (auto set = set_window(); !set)
    return tl::unexpected(set.error());
  if (auto read = read_records(); !read)
    return tl::unexpected(read.error());
  auto wanted = summary_.domains();
  auto attributions = attribute_all(wanted);
  if (!attributions)
    return tl::unexpected(attributions.error());
  DenialReport report;
  report.denials = denials_;
  note_gaps(summary_, report);
  report.groups = summary_.finish(*attributions);
  std::vector<std::string> patterns;
  for (const std::string& unit : query_.units)
    patterns.push_back(complete_unit_name(unit));
  std::erase_if(report.groups, [&](const DenialGroup& group) {
    return (!patterns.empty() || query_.user) &&
           !concerns(group.attribution, patterns, query_.user);
  });
  report.boots = journal_.boots();
  return report;
}

} // namespace

Result<DenialReport> read_denials(Journal& journal, const DenialQuery& query) {
  return Reader(journal, query).run();
}

Result<DenialCounts> count_denials(Journal& journal, const DenialQuery& query) {
  return Reader(journal, query).count();
}

bool concerns(const Attribution& attribution, const std::vector<std::string>& patterns,
              const std::optional<std::uint32_t>& user) {
  auto is_named = [&](const UnitName& unit) {
    if (user && unit.user != user)
      return false;
    return patterns.empty() ||
           std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
             return pattern == unit.name || fnmatch(pattern.c_str(), unit.name.c_str(), 0) == 0;
           });
  };
  return is_named(attribution.unit) ||
         std::any_of(attribution.claimants.begin(), attribution.claimants.end(), is_named);
}

} // namespace unitlock::journal
