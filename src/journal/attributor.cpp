// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/attributor.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/start_record.hpp"

namespace unitlock::journal {
namespace {

/// Up to here single look-ups by index; beyond, one pass over all records of the kind.
constexpr std::size_t kLookupLimit = 64;
/// Domains whose records are remembered while reading.
constexpr std::size_t kDomainLimit = 100000;

std::string match(std::string_view field, std::string_view value) {
  return fmt::format("{}={}", field, value);
}

/// A user's manager, which systemd starts in a control group below that of its service (254 and
/// newer): journald takes it for a unit of itself.
bool is_users_manager(std::span<const std::string> trusted) {
  return trusted[2] == "init.scope" && trusted[1] == fmt::format("user@{}.service", trusted[4]);
}

StartClaim to_claim(std::string tag, std::span<const std::string> trusted) {
  StartClaim claim;
  claim.tag = std::move(tag);
  const bool is_users = !trusted[2].empty() && !is_users_manager(trusted);
  claim.invocation = trusted[0];
  claim.unit.name = is_users ? trusted[2] : trusted[1];
  if (is_users)
    claim.unit.user = to_number<std::uint32_t>(trusted[4]).value_or(0);
  claim.pid = to_number<std::int64_t>(trusted[3]).value_or(0);
  if (!trusted[5].empty())
    claim.uid = to_number<std::uint32_t>(trusted[5]).value_or(0);
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

} // namespace

void Attributor::note(std::uint32_t boot, const DomainRecord& record) {
  DomainKey key{boot, record.domain};
  if (domains_.size() >= kDomainLimit && !domains_.contains(key))
    return; // looked up later, if it is needed at all
  Records& records = domains_[key];
  if (!record.allocated)
    records.denials = record.denials;
  else if (!records.first)
    records.first = record;
}

void Attributor::forget(const DomainKey& key) {
  known_.erase(key);
  invocations_.clear();
}

std::vector<Attributor::Ended> Attributor::ended() const {
  std::vector<Ended> ended;
  for (const auto& [key, records] : domains_)
    if (records.first && records.denials)
      ended.push_back({key, *records.denials, records.first->exe == wrapper_});
  return ended;
}

const DomainRecord* Attributor::first_record(const DomainKey& key) const {
  auto found = domains_.find(key);
  return found != domains_.end() && found->second.first ? &*found->second.first : nullptr;
}

/// A domain's first record is as old as its first denial, which may be long before the window.
Result<void> Attributor::find_domains(const std::vector<DomainKey>& wanted) {
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

void Attributor::add_claim(const Entry& entry, const std::set<Claimed>& wanted) {
  Claimed key(entry.boot, entry.values[0]);
  if (!wanted.contains(key))
    return;
  StartClaim claim = to_claim(key.second, std::span(entry.values).subspan(1));
  auto& known = claims_[key];
  if (std::find(known.begin(), known.end(), claim) == known.end())
    known.push_back(std::move(claim));
}

Result<void> Attributor::find_claims(const std::vector<DomainKey>& wanted) {
  std::set<Claimed> tags;
  for (const DomainKey& key : wanted) {
    const DomainRecord* record = first_record(key);
    if (record && record->exe == wrapper_)
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
    if (auto read = find_invocations({boot, tag}); !read)
      return read;
    if (auto read = find_stderr_claims(boot, tag); !read)
      return read;
  }
  return {};
}

/// Where journald knows the unit but not the invocation, as of users' managers: what systemd itself
/// says of the unit names it.
Result<void> Attributor::find_invocations(const Claimed& claimed) {
  constexpr std::array<std::string_view, 1> kFields = {"INVOCATION_ID"};
  for (StartClaim& claim : claims_[claimed]) {
    if (!claim.invocation.empty() || claim.unit.name.empty() || claim.unit.user)
      continue;
    Query query{{{match("_PID", "1"), match("UNIT", claim.unit.name)}},
                journal_.boot_id(claimed.first),
                {},
                {}};
    auto read = journal_.read(query, kFields, [&](const Entry& entry) {
      if (tag_matches(claim.tag, entry.values[0]))
        claim.invocation = entry.values[0];
      return claim.invocation.empty();
    });
    if (!read)
      return read;
  }
  return {};
}

/// A service that cannot reach the journal's socket has its start record as a line on standard
/// error. It is looked for only where there is no better one.
Result<void> Attributor::find_stderr_claims(std::uint32_t boot, const std::string& tag) {
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
Result<void> Attributor::first_stderr_line(std::uint32_t boot, const std::string& tag,
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
Result<bool> Attributor::pids_comparable(std::uint32_t boot) {
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

Result<Attribution> Attributor::attribute_one(const DomainKey& key) {
  const DomainRecord* record = first_record(key);
  auto comparable = pids_comparable(key.boot);
  if (!comparable)
    return tl::unexpected(comparable.error());
  static const std::vector<StartClaim> none;
  auto claims = record ? claims_.find({key.boot, record->comm}) : claims_.end();
  return journal::attribute(record, claims == claims_.end() ? none : claims->second, wrapper_,
                            *comparable);
}

Result<std::map<DomainKey, Attribution>>
Attributor::attribute(const std::vector<DomainKey>& wanted) {
  // Who follows a journal for months meets many.
  if (known_.size() > kDomainLimit) {
    known_.clear();
    claims_.clear();
  }
  std::vector<DomainKey> missing;
  for (const DomainKey& key : wanted)
    if (!known_.contains(key))
      missing.push_back(key);
  if (auto found = find_domains(missing); !found)
    return tl::unexpected(found.error());
  if (auto found = find_claims(missing); !found)
    return tl::unexpected(found.error());
  for (const DomainKey& key : missing) {
    auto attribution = attribute_one(key);
    if (!attribution)
      return tl::unexpected(attribution.error());
    known_[key] = std::move(*attribution);
  }
  std::map<DomainKey, Attribution> attributions;
  for (const DomainKey& key : wanted)
    attributions[key] = known_.at(key);
  return attributions;
}

} // namespace unitlock::journal
