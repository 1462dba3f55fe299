// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/record_source.hpp"

#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/escape.hpp"
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
  int r = query.since_usec ? sd_journal_seek_realtime_usec(handle_.get(), *query.since_usec)
                           : sd_journal_seek_head(handle_.get());
  if (r < 0)
    return fail("cannot search the journal", -r);
  return visit_entries(query, fields, visit);
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

Result<void> Journal::visit_entries(const Query& query, std::span<const std::string_view> fields,
                                    const std::function<bool(const Entry&)>& visit) {
  Entry entry;
  sd_id128_t boot = {};
  for (;;) {
    int r = sd_journal_next(handle_.get());
    if (r == 0)
      return {};
    sd_id128_t entry_boot = {};
    std::uint64_t monotonic = 0;
    r = r < 0 ? r : sd_journal_get_realtime_usec(handle_.get(), &entry.realtime_usec);
    r = r < 0 ? r : sd_journal_get_monotonic_usec(handle_.get(), &monotonic, &entry_boot);
    if (r < 0)
      return fail("cannot read the journal", -r);
    if (query.until_usec && entry.realtime_usec > *query.until_usec)
      return {};
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
