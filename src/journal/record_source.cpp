// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/record_source.hpp"

#include <poll.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "base/timestamp.hpp"
#include "journal/journal_files.hpp"

namespace unitlock::journal {
namespace {

Id128 to_text(sd_id128_t id) {
  char text[SD_ID128_STRING_MAX];
  return sd_id128_to_string(id, text);
}

int open_handle(const Location& location, sd_journal** handle) {
  if (!location.files.empty()) {
    std::vector<const char*> paths;
    for (const std::string& file : location.files)
      paths.push_back(file.c_str());
    paths.push_back(nullptr);
    return sd_journal_open_files(handle, paths.data(), 0);
  }
  if (!location.directory.empty())
    return sd_journal_open_directory(handle, location.directory.c_str(), 0);
  if (!location.root.empty())
    return sd_journal_open_directory(handle, location.root.c_str(), SD_JOURNAL_OS_ROOT);
  // Not SD_JOURNAL_SYSTEM: the start record of a service with an ordinary User= is in the journal
  // of that user. That of a service with LogNamespace= is in the journal of the namespace.
  int local = location.merge ? 0 : SD_JOURNAL_LOCAL_ONLY;
  return sd_journal_open(handle, local | SD_JOURNAL_ALL_NAMESPACES);
}

/// Reads the fields of the current entry in one pass over its data.
int read_fields(sd_journal* handle, std::span<const std::string_view> fields, Entry& entry) {
  entry.values.resize(fields.size());
  for (std::string& value : entry.values)
    value.clear();
  std::size_t missing = fields.size();
  sd_journal_restart_data(handle);
  while (missing > 0) {
    const void* data = nullptr;
    std::size_t length = 0;
    int r = sd_journal_enumerate_available_data(handle, &data, &length);
    if (r <= 0)
      return r;
    std::string_view item(static_cast<const char*>(data), length);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::string_view field = fields[i];
      if (item.size() <= field.size() || item[field.size()] != '=' || !item.starts_with(field) ||
          !entry.values[i].empty())
        continue;
      entry.values[i].assign(item.substr(field.size() + 1));
      --missing;
      break;
    }
  }
  return 0;
}

std::uint64_t monotonic_now_usec() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

} // namespace

void Journal::Close::operator()(sd_journal* journal) const {
  sd_journal_close(journal);
}

Result<Journal> Journal::open(const Location& location) {
  auto files = check_files(location);
  if (!files)
    return tl::unexpected(files.error());
  sd_journal* raw = nullptr;
  int r = open_handle(location, &raw);
  if (r < 0)
    return fail("cannot open the journal", -r);
  Handle handle(raw);
  Journal journal(std::move(handle), std::move(files->warnings), location.is_this_machine());
  journal.reads_audit_ = files->system_readable;
  return journal;
}

Result<void> Journal::add_matches(const Query& query) {
  sd_journal* handle = handle_.get();
  sd_journal_flush_matches(handle);
  int r = 0;
  for (const auto& alternative : query.alternatives) {
    for (const std::string& match : alternative)
      r = r < 0 ? r : sd_journal_add_match(handle, match.data(), match.size());
    r = r < 0 ? r : sd_journal_add_disjunction(handle);
  }
  if (!query.boot.empty()) {
    r = r < 0 ? r : sd_journal_add_conjunction(handle);
    std::string match = "_BOOT_ID=" + query.boot;
    r = r < 0 ? r : sd_journal_add_match(handle, match.data(), match.size());
  }
  if (r < 0)
    return fail("cannot search the journal", -r);
  return {};
}

Result<void> Journal::read(const Query& query, std::span<const std::string_view> fields,
                           const std::function<bool(const Entry&)>& visit) {
  if (auto added = add_matches(query); !added)
    return added;
  sd_journal_set_data_threshold(handle_.get(), query.value_limit);
  auto before = seek(query);
  if (!before)
    return tl::unexpected(before.error());
  return visit_entries(query, *before, fields, visit);
}

/// To where sd_journal_next() is the first entry to be visited. True where entries before the
/// cursor are visited.
Result<bool> Journal::seek(const Query& query) {
  sd_journal* handle = handle_.get();
  const char* cursor = query.after_cursor.c_str();
  if (query.after_cursor.empty()) {
    int r = query.since_usec ? sd_journal_seek_realtime_usec(handle, *query.since_usec)
                             : sd_journal_seek_head(handle);
    return r < 0 ? Result<bool>(fail("cannot search the journal", -r)) : false;
  }
  int r = sd_journal_seek_cursor(handle, cursor);
  if (r == -EINVAL)
    return fail(fmt::format("\"{}\" is no cursor of a journal", escape(query.after_cursor)));
  r = r < 0 ? r : sd_journal_next(handle);
  // The entry itself may be gone: then that was the next one already.
  bool is_there = r > 0 && sd_journal_test_cursor(handle, cursor) > 0;
  if (r > 0 && !is_there)
    r = sd_journal_seek_cursor(handle, cursor);
  else if (is_there && query.entries_before > 0)
    r = sd_journal_previous_skip(handle, query.entries_before);
  if (r < 0)
    return fail("cannot search the journal", -r);
  return is_there && query.entries_before > 0 && r > 0;
}

Result<std::string> Journal::cursor() const {
  char* text = nullptr;
  int r = sd_journal_get_cursor(handle_.get(), &text);
  if (r < 0)
    return fail("cannot tell where in the journal an entry is", -r);
  std::unique_ptr<char, decltype(&std::free)> owned(text, std::free);
  return std::string(text);
}

Result<Journal::Change> Journal::wait(std::uint64_t timeout_usec, int output) {
  sd_journal* handle = handle_.get();
  // From the first time on it is told of changes; what came before that, nobody has read.
  bool was_watched = std::exchange(is_watched_, true);
  int fd = sd_journal_get_fd(handle), events = fd < 0 ? fd : sd_journal_get_events(handle);
  std::uint64_t until = 0, now = monotonic_now_usec();
  int r = events < 0 ? events : sd_journal_get_timeout(handle, &until);
  if (r < 0)
    return fail("cannot wait for the journal", -r);
  if (!was_watched)
    return Change::Some;
  // Of a journal on a network file system, which tells nobody, sd-journal wants to look itself.
  if (until != UINT64_MAX)
    timeout_usec = std::min(timeout_usec, until > now ? until - now : 0);
  pollfd polled[] = {{fd, static_cast<short>(events), 0}, {output, 0, 0}};
  timespec time = {static_cast<time_t>(timeout_usec / 1000000),
                   static_cast<long>(timeout_usec % 1000000 * 1000)};
  if (ppoll(polled, 2, timeout_usec == UINT64_MAX ? nullptr : &time, nullptr) < 0 && errno != EINTR)
    return fail("cannot wait for the journal", errno);
  if ((polled[1].revents & (POLLERR | POLLHUP)) != 0)
    return Change::Closed;
  r = sd_journal_process(handle);
  if (r < 0)
    return fail("cannot wait for the journal", -r);
  return r == SD_JOURNAL_NOP ? Change::None : Change::Some;
}

Result<std::string> Journal::host_of(std::uint32_t boot) {
  auto known = hosts_.find(boot);
  if (known != hosts_.end())
    return known->second;
  constexpr std::array<std::string_view, 1> kFields = {"_HOSTNAME"};
  std::string host;
  auto found = read({{}, boot_id(boot), {}, {}}, kFields, [&](const Entry& entry) {
    host = entry.values[0];
    return host.empty();
  });
  if (!found)
    return tl::unexpected(found.error());
  return hosts_[boot] = host;
}

Result<bool> Journal::any(const Query& query) {
  bool found = false;
  auto searched = read(query, {}, [&](const Entry&) {
    found = true;
    return false;
  });
  if (!searched)
    return tl::unexpected(searched.error());
  return found;
}

Result<void> Journal::visit_entries(const Query& query, bool before,
                                    std::span<const std::string_view> fields,
                                    const std::function<bool(const Entry&)>& visit) {
  Entry entry;
  sd_id128_t boot = {};
  const std::uint64_t now = realtime_now_usec();
  for (;;) {
    entry.is_before = before;
    int r = sd_journal_next(handle_.get());
    if (r == 0)
      return {};
    sd_id128_t entry_boot = {};
    std::uint64_t monotonic = 0;
    r = r < 0 ? r : sd_journal_get_realtime_usec(handle_.get(), &entry.realtime_usec);
    r = r < 0 ? r : sd_journal_get_monotonic_usec(handle_.get(), &monotonic, &entry_boot);
    if (r < 0)
      return fail("cannot read the journal", -r);
    if (query.unsettled_since_usec && entry.realtime_usec > *query.unsettled_since_usec &&
        entry.realtime_usec <= now)
      return {};
    if (before && sd_journal_test_cursor(handle_.get(), query.after_cursor.c_str()) > 0)
      before = false;
    // Neither ends the search: the clock may have jumped, and what follows be of the right time.
    if ((query.since_usec && query.after_cursor.empty() &&
         entry.realtime_usec < *query.since_usec) ||
        (query.until_usec && entry.realtime_usec > *query.until_usec))
      continue;
    if (boots_.empty() || !sd_id128_equal(boot, entry_boot)) {
      boot = entry_boot;
      entry.boot = boot_index(to_text(entry_boot));
    }
    r = read_fields(handle_.get(), fields, entry);
    if (r < 0)
      ++damaged_;
    else if (!visit(entry))
      return {};
  }
}

Result<void> Journal::values_of(const char* field,
                                const std::function<void(std::string_view)>& visit) {
  sd_journal_flush_matches(handle_.get());
  int r = sd_journal_query_unique(handle_.get(), field);
  sd_journal_restart_unique(handle_.get());
  for (;;) {
    const void* data = nullptr;
    std::size_t length = 0;
    r = r < 0 ? r : sd_journal_enumerate_available_unique(handle_.get(), &data, &length);
    if (r < 0)
      return fail(fmt::format("cannot list the values of {} in the journal", field), -r);
    if (r == 0)
      return {};
    std::string_view item(static_cast<const char*>(data), length);
    visit(item.substr(std::min(std::strlen(field) + 1, item.size())));
  }
}

Result<std::vector<Id128>> Journal::boots_by_time() {
  std::vector<std::string> ids;
  auto listed = values_of("_BOOT_ID", [&](std::string_view id) { ids.emplace_back(id); });
  if (!listed)
    return tl::unexpected(listed.error());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::vector<std::pair<std::uint64_t, Id128>> boots;
  for (std::string& id : ids) {
    std::optional<std::uint64_t> first;
    auto found = read({{{"_BOOT_ID=" + id}}, {}, {}, {}}, {}, [&](const Entry& entry) {
      first = entry.realtime_usec;
      return false;
    });
    if (!found)
      return tl::unexpected(found.error());
    if (first)
      boots.emplace_back(*first, std::move(id));
  }
  std::sort(boots.begin(), boots.end());
  std::vector<Id128> sorted;
  for (auto& [first, id] : boots)
    sorted.push_back(std::move(id));
  return sorted;
}

Result<Id128> Journal::find_boot(const std::string& text) {
  sd_id128_t id = {};
  if (sd_id128_from_string(text.c_str(), &id) >= 0)
    return to_text(id);
  if ((text.empty() || text == "0") && local_ && sd_id128_get_boot(&id) >= 0)
    return to_text(id);
  long offset = 0;
  const char* begin = text.c_str() + (text.starts_with('+') ? 1 : 0);
  auto [end, error] = std::from_chars(begin, text.c_str() + text.size(), offset);
  if (!text.empty() && (error != std::errc() || *end != '\0'))
    return fail(fmt::format("\"{}\" is no boot: give an ID or an offset", escape(text)));
  auto boots = boots_by_time();
  if (!boots)
    return tl::unexpected(boots.error());
  auto count = static_cast<long>(boots->size());
  if (offset > count || offset <= -count)
    return fail(fmt::format("the journal has no boot {}, it has {}", offset, count));
  return (*boots)[static_cast<std::size_t>(offset > 0 ? offset - 1 : count - 1 + offset)];
}

std::uint32_t Journal::boot_index(const Id128& id) {
  auto found = std::find(boots_.begin(), boots_.end(), id);
  if (found == boots_.end())
    found = boots_.insert(boots_.end(), id);
  return static_cast<std::uint32_t>(found - boots_.begin());
}

} // namespace unitlock::journal
