// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/start_records.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/start_record.hpp"
#include "base/timestamp.hpp"
#include "policy/command_line.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock::machine {
namespace {

using landlock::AccessSet;
using Kind = StartRecord::Kind;

constexpr std::string_view kMessageId = "MESSAGE_ID";
constexpr std::string_view kMessage = "MESSAGE";
constexpr std::string_view kLinePrefix = "unitlock-exec: ";

/// More rights than any kernel will have; a forged record cannot make us remember more.
constexpr std::size_t kUnknownLimit = 64;
/// A record on standard error is looked for among this many lines of the service.
constexpr int kLineLimit = 1000;
/// Of entries that claim to be records of one start; ExecStart= lines of a oneshot are fewer.
constexpr std::size_t kRecordLimit = 256;
/// What fits into one datagram to journald.
constexpr std::size_t kOptionsLimit = 256 * 1024;
/// A service that forges records must not fill the memory with their options.
constexpr std::size_t kOptionsKept = 16;

/// After a start that is not older, the record is waited for.
constexpr std::uint64_t kRecentUsec = 10'000'000;
constexpr std::chrono::milliseconds kPause(50);
constexpr int kTries = 20;

struct KindRow {
  std::string_view id;
  Kind kind;
};
constexpr KindRow kKinds[] = {
    {start_record::kConfined, Kind::Confined},     {start_record::kNotConfined, Kind::NotConfined},
    {start_record::kPermissive, Kind::Permissive}, {start_record::kRefused, Kind::Refused},
    {start_record::kStartFailed, Kind::Failed},
};

std::string_view value_of(const RecordFields& fields, std::string_view name) {
  auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

/// "a,b"; empty text holds no word.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Reads the fields of one record and remembers the first that is wrong.
class FieldReader {
public:
  explicit FieldReader(const RecordFields& fields) : fields_(fields) {}

  template <class Number>
  void number(std::string_view name, Number& out) {
    check(name, parse_number(value_of(fields_, name), out));
  }

  void hex(std::string_view name, std::uint64_t& out) {
    std::string_view text = value_of(fields_, name);
    check(name, text.starts_with("0x") && parse_number(text.substr(2), out, 16));
  }

  void hash(std::string_view name, std::string& out) {
    std::string_view text = value_of(fields_, name);
    std::uint64_t number = 0;
    check(name, text.size() == 16 && parse_number(text, number, 16));
    out = text;
  }

  void rights(std::string_view name, AccessSet& out, std::vector<std::string>& unknown) {
    check(name, fields_.contains(name));
    for (std::string_view word : split(value_of(fields_, name), ',')) {
      if (const landlock::Right* right = landlock::find_right(word))
        out.of(right->family) |= right->mask();
      else if (unknown.size() < kUnknownLimit &&
               std::find(unknown.begin(), unknown.end(), word) == unknown.end())
        unknown.emplace_back(word);
    }
  }

  void families(std::string_view name, FamilySet& out) {
    check(name, fields_.contains(name));
    for (std::string_view word : split(value_of(fields_, name), ','))
      for (const FamilyWord& row : kFamilyWords)
        if (row.word == word)
          out = static_cast<FamilySet>(out | family_bit(row.family));
  }

  const std::string& problem() const { return problem_; }

private:
  void check(std::string_view name, bool good) {
    if (!good && problem_.empty())
      problem_ = fmt::format("{}={}", name, value_of(fields_, name));
  }

  const RecordFields& fields_;
  std::string problem_;
};

} // namespace

Result<StartRecord> parse_start_record(const RecordFields& fields) {
  StartRecord record;
  std::string_view id = value_of(fields, kMessageId);
  auto row = std::find_if(std::begin(kKinds), std::end(kKinds),
                          [&](const KindRow& candidate) { return candidate.id == id; });
  if (row == std::end(kKinds))
    return fail("not a start record");
  record.kind = row->kind;
  record.message = value_of(fields, kMessage);
  FieldReader reader(fields);
  if (record.kind == Kind::Refused || record.kind == Kind::Failed) {
    reader.number(start_record::kExitStatus, record.exit_status);
    // Not of an invalid declaration, nor by an older wrapper.
    if (fields.contains(start_record::kPolicy))
      reader.hash(start_record::kPolicy, record.policy);
  } else {
    reader.hash(start_record::kPolicy, record.policy);
    reader.number(start_record::kAbi, record.abi);
    reader.number(start_record::kPin, record.pin);
    reader.hex(start_record::kErrata, record.errata);
    reader.rights(start_record::kAsked, record.asked, record.unknown);
    reader.rights(start_record::kEnforced, record.enforced, record.unknown);
    reader.rights(start_record::kDropped, record.dropped, record.unknown);
    reader.families(start_record::kProven, record.proven);
    reader.number(start_record::kRules, record.rules);
    reader.number(start_record::kSkipped, record.skipped);
    if (std::string_view options = value_of(fields, start_record::kOptions);
        options.size() <= kOptionsLimit)
      for (std::string_view option : split(options, '\0'))
        record.options.emplace_back(option);
    if (policy_hash(record.options) != record.policy)
      record.options.clear();
  }
  if (!reader.problem().empty())
    return fail(fmt::format("a start record cannot be understood: {}", reader.problem()));
  return record;
}

std::optional<RecordFields> parse_start_line(std::string_view line) {
  if (!line.starts_with(kLinePrefix))
    return std::nullopt;
  line.remove_prefix(kLinePrefix.size());
  RecordFields fields;
  // From the end: the sentence in front may hold anything, the words behind it no space.
  while (!fields.contains(kMessageId)) {
    std::size_t space = line.rfind(' ');
    if (space == line.npos)
      return std::nullopt;
    std::string_view word = line.substr(space + 1);
    std::size_t equals = word.find('=');
    if (equals == word.npos)
      return std::nullopt;
    fields.insert_or_assign(std::string(word.substr(0, equals)),
                            std::string(word.substr(equals + 1)));
    line = line.substr(0, space);
  }
  fields.insert_or_assign(std::string(kMessage), std::string(line));
  return fields;
}

namespace {

constexpr auto kFields = std::to_array<std::string_view>({
    "_PID",
    "_SYSTEMD_INVOCATION_ID",
    "_SOURCE_REALTIME_TIMESTAMP",
    start_record::kTag,
    kMessageId,
    kMessage,
    start_record::kPolicy,
    start_record::kAbi,
    start_record::kPin,
    start_record::kErrata,
    start_record::kAsked,
    start_record::kEnforced,
    start_record::kDropped,
    start_record::kProven,
    start_record::kRules,
    start_record::kSkipped,
    start_record::kExitStatus,
    start_record::kOptions,
});

/// Behind journald's own fields, and the tag.
constexpr std::size_t kFirstOfRecord = 4;

/// systemd takes the time of a start only when it has forked: the process may be ahead of it, by as
/// long as PID 1 has to wait for a processor.
constexpr std::uint64_t kAheadUsec = 1'000'000;

/// The tag holds 12 digits of the invocation's random ID, which nobody knew before the start.
bool has_tag_of(const Invocation& invocation, std::string_view tag) {
  return tag.starts_with(start_record::kTagPrefix) &&
         tag.substr(start_record::kTagPrefix.size()) ==
             std::string_view(invocation.id).substr(0, start_record::kTagDigits);
}

/// Whether the entry is of this start, see the header.
bool is_of(const Invocation& invocation, const journal::Entry& entry) {
  if (const std::string& id = entry.values[1]; !id.empty())
    return id == invocation.id;
  std::int64_t pid = 0;
  std::uint64_t sent_usec = 0;
  if (!parse_number(entry.values[0], pid) || !parse_number(entry.values[2], sent_usec) ||
      invocation.started_usec == 0)
    return false;
  bool is_before = sent_usec < invocation.started_usec;
  if (is_before && (sent_usec + kAheadUsec < invocation.started_usec ||
                    !has_tag_of(invocation, entry.values[3])))
    return false;
  return std::any_of(
      invocation.processes.begin(), invocation.processes.end(), [&](const StartedProcess& process) {
        return process.pid == pid && (process.ended_usec == 0 || sent_usec <= process.ended_usec);
      });
}

class JournalStartRecords : public StartRecordSource {
public:
  explicit JournalStartRecords(journal::Journal& journal) : journal_(journal) {}

  Result<StartRecords> find(const Invocation& invocation) override {
    StartRecords found;
    auto read = find_any(invocation, found);
    // What the wrapper sent may still be under way to the journal. (There is no use in asking
    // journald to synchronize: systemd 262 answers before it has read its socket.)
    for (int tries = 0; read && is_empty(found) && is_recent(invocation) && tries < kTries;
         ++tries) {
      std::this_thread::sleep_for(kPause);
      read = find_any(invocation, found);
    }
    if (!read)
      return tl::unexpected(read.error());
    if (found.records.empty()) {
      auto rotated = is_rotated(invocation);
      if (!rotated)
        return tl::unexpected(rotated.error());
      found.rotated = *rotated;
    }
    return found;
  }

  Result<std::set<std::string>> confined_invocations() override {
    auto boot = journal_.find_boot("");
    if (!boot)
      return tl::unexpected(boot.error());
    journal::Query query;
    query.alternatives = {{fmt::format("{}={}", kMessageId, start_record::kConfined)}};
    query.boot = *boot;
    constexpr auto kInvocation = std::to_array<std::string_view>({"_SYSTEMD_INVOCATION_ID"});
    std::set<std::string> ids;
    auto read = journal_.read(query, kInvocation, [&](const journal::Entry& entry) {
      if (!entry.values[0].empty())
        ids.insert(entry.values[0]);
      return true;
    });
    if (!read)
      return tl::unexpected(read.error());
    return ids;
  }

private:
  static bool is_recent(const Invocation& invocation) {
    return realtime_now_usec() - invocation.started_usec < kRecentUsec;
  }
  static bool is_empty(const StartRecords& found) {
    return found.records.empty() && found.malformed == 0;
  }

  /// A service whose wrapper had only standard error may find a way to the journal later, so lines
  /// count beside entries: those that journald had before the first entry was sent. A service whose
  /// wrapper sent an entry has written none of them.
  Result<void> find_any(const Invocation& invocation, StartRecords& found) {
    StartRecords entries, lines;
    std::optional<std::uint64_t> first_sent;
    auto read = find_entries(invocation, entries, first_sent);
    if (read)
      read = find_lines(invocation, first_sent, lines);
    found = std::move(lines);
    found.malformed += entries.malformed;
    std::move(entries.records.begin(), entries.records.end(), std::back_inserter(found.records));
    return read;
  }

  static std::vector<std::string> trusted_matches(const Invocation& invocation) {
    std::string id = "_SYSTEMD_INVOCATION_ID=" + invocation.id;
    if (!invocation.user)
      return {"_SYSTEMD_UNIT=" + invocation.unit, id};
    return {"_SYSTEMD_USER_UNIT=" + invocation.unit,
            fmt::format("_SYSTEMD_OWNER_UID={}", *invocation.user), id};
  }

  static void add(StartRecords& found, RecordFields fields, const journal::Entry& entry,
                  bool from_stderr) {
    if (found.records.size() >= kOptionsKept)
      fields.erase(std::string(start_record::kOptions));
    auto record = parse_start_record(fields);
    if (!record) {
      ++found.malformed;
      return;
    }
    record->realtime_usec = entry.realtime_usec;
    parse_number(entry.values[0], record->pid);
    record->from_stderr = from_stderr;
    found.records.push_back(std::move(*record));
  }

  /// sd-journal returns entries in the order in which journald got them.
  Result<void> find_entries(const Invocation& invocation, StartRecords& found,
                            std::optional<std::uint64_t>& first_sent) {
    journal::Query query;
    query.value_limit = kOptionsLimit;
    query.alternatives = {trusted_matches(invocation)};
    for (const StartedProcess& process : invocation.processes)
      query.alternatives.push_back({fmt::format("_PID={}", process.pid)});
    for (auto& alternative : query.alternatives)
      for (const KindRow& row : kKinds)
        alternative.push_back(fmt::format("{}={}", kMessageId, row.id));
    return journal_.read(query, kFields, [&](const journal::Entry& entry) {
      if (!is_of(invocation, entry))
        return true;
      std::uint64_t sent = entry.realtime_usec;
      parse_number(entry.values[2], sent);
      first_sent = std::min(first_sent.value_or(sent), sent);
      RecordFields fields;
      for (std::size_t i = kFirstOfRecord; i < kFields.size(); ++i)
        if (!entry.values[i].empty() || may_be_empty(kFields[i]))
          fields.emplace(kFields[i], entry.values[i]);
      add(found, fields, entry, false);
      return found.records.size() + found.malformed < kRecordLimit;
    });
  }

  /// A reader cannot tell an empty field from none; the wrapper leaves none of these out.
  static bool may_be_empty(std::string_view field) {
    return field == start_record::kAsked || field == start_record::kEnforced ||
           field == start_record::kDropped || field == start_record::kProven;
  }

  Result<void> find_lines(const Invocation& invocation, std::optional<std::uint64_t> before,
                          StartRecords& found) {
    journal::Query query;
    query.alternatives = {trusted_matches(invocation)};
    query.alternatives[0].emplace_back("_TRANSPORT=stdout");
    constexpr auto kLineFields = std::to_array<std::string_view>({"_PID", kMessage});
    int lines = 0;
    return journal_.read(query, kLineFields, [&](const journal::Entry& entry) {
      if (before && entry.realtime_usec >= *before)
        return false;
      if (auto fields = parse_start_line(entry.values[1]))
        add(found, *fields, entry, true);
      return ++lines < kLineLimit && found.records.size() + found.malformed < kRecordLimit;
    });
  }

  Result<bool> is_rotated(const Invocation& invocation) {
    std::optional<std::uint64_t> oldest;
    auto read = journal_.read({}, {}, [&](const journal::Entry& entry) {
      oldest = entry.realtime_usec;
      return false;
    });
    if (!read)
      return tl::unexpected(read.error());
    return !oldest || *oldest > invocation.started_usec;
  }

  journal::Journal& journal_;
};

} // namespace

std::unique_ptr<StartRecordSource> start_records_of(journal::Journal& journal) {
  return std::make_unique<JournalStartRecords>(journal);
}

} // namespace unitlock::machine
