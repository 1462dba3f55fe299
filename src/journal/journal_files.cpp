// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/journal_files.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "base/unique_fd.hpp"

namespace unitlock::journal {
namespace {

namespace fs = std::filesystem;

struct Unreadable {
  std::string path;
  int number = 0;
  bool of_user = false; ///< a user-UID journal: no audit records in it, but perhaps start records
};

struct Survey {
  std::size_t readable = 0;
  std::size_t readable_system = 0; ///< of `readable`: not a user's
  std::vector<Unreadable> unreadable;
  std::vector<std::string> places;
};

bool is_journal_name(std::string_view name) {
  return name.ends_with(".journal") || name.ends_with(".journal~");
}

/// 0, or why this one file cannot be used.
int why_unreadable(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd)
    return errno;
  const char* paths[] = {path.c_str(), nullptr};
  sd_journal* journal = nullptr;
  int r = sd_journal_open_files(&journal, paths, 0);
  sd_journal_close(journal);
  // Shorter than a journal's header. journald makes files empty at first.
  struct stat st = {};
  if (r == -ENODATA)
    return fstat(fd.get(), &st) == 0 && st.st_size == 0 ? ENODATA : EBADMSG;
  return r < 0 ? -r : 0;
}

void survey_file(Survey& survey, const std::string& path, bool named) {
  int why = why_unreadable(path);
  bool of_user = path_basename(path).starts_with("user-");
  // ENODATA: just made, without an entry yet. ENOENT: rotated away meanwhile.
  if (why == 0 || (why == ENODATA && !named)) {
    ++survey.readable;
    survey.readable_system += !of_user;
  } else if (named || why != ENOENT) {
    survey.unreadable.push_back({path, why, of_user});
  }
}

/// Whether a directory of this name holds journals of the machine: "ID", and "ID.NAMESPACE" of a
/// journal namespace (systemd-journald.service(8)). Of any machine where `id` is empty.
bool is_journal_directory(std::string_view name, std::string_view id) {
  if (id.empty())
    return name.size() >= 32;
  return name.starts_with(id) && (name.size() == id.size() || name[id.size()] == '.');
}

/// The files of one directory, and of those below it of the machine `id`.
void survey_directory(Survey& survey, const std::string& directory, const std::string& id,
                      bool descend) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error && error.value() != ENOENT && error.value() != ENOTDIR)
    survey.unreadable.push_back({directory, error.value(), false});
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::string path = entries->path(), name = entries->path().filename();
    std::error_code ignored;
    if (is_journal_name(name))
      survey_file(survey, path, false);
    else if (descend && is_journal_directory(name, id) && entries->is_directory(ignored))
      survey_directory(survey, path, {}, false);
  }
}

std::string machine_id() {
  sd_id128_t id = {};
  if (sd_id128_get_machine(&id) < 0)
    return {};
  char text[SD_ID128_STRING_MAX];
  return sd_id128_to_string(id, text);
}

Survey survey_location(const Location& location) {
  Survey survey;
  if (!location.files.empty()) {
    survey.places = location.files;
    for (const std::string& file : location.files)
      survey_file(survey, file, true);
    return survey;
  }
  std::string only;
  if (!location.directory.empty()) {
    survey.places = {location.directory};
  } else {
    survey.places = {location.root + "/var/log/journal", location.root + "/run/log/journal"};
    only = location.root.empty() && !location.merge ? machine_id() : std::string();
  }
  for (const std::string& place : survey.places)
    survey_directory(survey, place, only, true);
  return survey;
}

Error reason(std::string message, int number) {
  if (number == EBADMSG || number == ENODATA)
    return {message + ": damaged, or no journal file", 0, {}};
  if (number == EPROTONOSUPPORT)
    return {message + ": written by a newer systemd", 0, {}};
  return {std::move(message), number, {}};
}

std::string sentence(const std::vector<Unreadable>& files, std::string_view consequence) {
  std::string more = files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : "";
  return to_string(reason(fmt::format("cannot read {}{}", files.front().path, more),
                          files.front().number)) +
         "; " + std::string(consequence);
}

/// How many files sd-journal can read at once: it keeps each open, and leaves out the others in
/// silence. Raises the limit of this process as far as it may, as journalctl does.
std::size_t files_at_once() {
  constexpr std::size_t kJournalFilesMax = 7168; // JOURNAL_FILES_MAX, sd-journal/journal-internal.h
  constexpr rlim_t kOtherFiles = 16;             // standard streams, inotify, D-Bus, …
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return kJournalFilesMax;
  rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    limit.rlim_cur = before;
  return std::min<std::size_t>(kJournalFilesMax,
                               limit.rlim_cur > kOtherFiles ? limit.rlim_cur - kOtherFiles : 0);
}

} // namespace

Result<CheckedFiles> check_files(const Location& location) {
  Survey survey = survey_location(location);
  std::size_t limit = files_at_once();
  std::vector<Unreadable> system, user;
  for (const Unreadable& file : survey.unreadable)
    (file.of_user ? user : system).push_back(file);
  if (survey.readable == 0 && survey.unreadable.empty())
    return fail(fmt::format("there is no journal in {}", fmt::join(survey.places, " or ")));
  if (location.own_entries && survey.readable > 0)
    return CheckedFiles{{}, survey.readable_system > 0};
  bool denied = !system.empty() && system.front().number == EACCES;
  // Audit records are in the system journal: one's own user journal cannot answer. A file that is
  // named is wanted.
  if (survey.readable == 0 || (!location.files.empty() && !survey.unreadable.empty()) ||
      (survey.readable_system == 0 && !system.empty()))
    return tl::unexpected(
        reason(fmt::format("cannot read the journal{}: {}",
                           denied ? " (be root, or in the group systemd-journal)" : "",
                           (system.empty() ? user : system).front().path),
               (system.empty() ? user : system).front().number));
  CheckedFiles checked;
  if (survey.readable > limit)
    checked.warnings.push_back(
        fmt::format("of {} journal files {} can be read at once; denials in the others are missing "
                    "here: --file reads them in parts",
                    survey.readable, limit));
  if (!system.empty())
    checked.warnings.push_back(sentence(system, "denials in it are missing here"));
  if (!user.empty())
    checked.warnings.push_back(sentence(user, "starts of services of these users cannot be seen"));
  return checked;
}

} // namespace unitlock::journal
