// SPDX-License-Identifier: LGPL-2.1-or-later
// The journal, read through libsystemd: the only place that knows sd-journal. It reports what it
// could not read, because sd-journal itself passes over unreadable files in silence, and an empty
// list would then be a lie.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct sd_journal;

namespace unitlock::journal {

/// Which journal. At most one of the three is set; none means this machine's.
struct Location {
  std::string root; ///< its /var/log/journal and /run/log/journal
  std::string directory;
  std::vector<std::string> files;
  /// Only entries of the calling user's own processes are wanted: those are in a journal of theirs,
  /// and the system's need not be readable.
  bool own_entries = false;
  /// The journals of other machines too that lie beside this one's, as systemd-journal-remote(8)
  /// leaves them.
  bool merge = false;

  bool is_this_machine() const {
    return root.empty() && directory.empty() && files.empty() && !merge;
  }
};

/// 32 hexadecimal digits.
using Id128 = std::string;

/// One entry, with the fields that were asked for in the same order; empty where it has none.
struct Entry {
  std::uint64_t realtime_usec = 0;
  std::uint32_t boot = 0; ///< index into Journal::boots()
  bool is_before = false; ///< one of Query::entries_before, or the cursor's own
  std::vector<std::string> values;
};

/// What to read: entries that match all of at least one alternative ("FIELD=value"; the same field
/// twice in one alternative means either value), of one boot if set, between two times if set.
struct Query {
  std::vector<std::vector<std::string>> alternatives;
  Id128 boot;
  std::optional<std::uint64_t> since_usec;
  std::optional<std::uint64_t> until_usec;
  /// Only entries behind this one, as Journal::cursor() gave it.
  std::string after_cursor = {};
  /// So many before it all the same, if the entry is there still, and it itself: for what they tell
  /// of those behind it. By their order, and not by time: clocks jump.
  std::uint64_t entries_before = 0;
  /// The first entry since then ends the reading: what belongs to it may be on its way. Entries of
  /// the future do not, the clock was set back since.
  std::optional<std::uint64_t> unsettled_since_usec = std::nullopt;
  /// Longer values are cut, where they are compressed. An audit record is at most 8970 bytes
  /// (MAX_AUDIT_MESSAGE_LENGTH).
  std::size_t value_limit = 16384;
};

class Journal {
public:
  /// Errors: nothing that could answer can be read.
  static Result<Journal> open(const Location& location);

  /// Files that exist and could not be read, one sentence each kind.
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// Whether audit records could be seen: they are in the system's journal, which Location's
  /// own_entries can do without.
  bool reads_audit() const { return reads_audit_; }
  /// Entries that were passed over because the file is damaged there.
  std::uint64_t damaged() const { return damaged_; }

  /// Calls `visit` for each entry in order, until it returns false. `visit` must not read from the
  /// same journal.
  Result<void> read(const Query& query, std::span<const std::string_view> fields,
                    const std::function<bool(const Entry&)>& visit);
  /// Of the entry that is being visited. Errors: the journal's.
  Result<std::string> cursor() const;
  enum class Change {
    Some, ///< in the files of the journal; not necessarily entries that one looks for
    None, ///< the time is up
    Closed,
  };
  /// Waits for something new, at most so long (UINT64_MAX: for ever), or until nobody reads
  /// `output` any more, unless it is kNoOutput.
  static constexpr int kNoOutput = -1;
  Result<Change> wait(std::uint64_t timeout_usec, int output);
  /// The name of the host that a boot is of, as its own journald wrote it; empty where it did not.
  Result<std::string> host_of(std::uint32_t boot);
  /// Whether there is such an entry.
  Result<bool> any(const Query& query);
  /// The values that a field has anywhere in the journal.
  Result<void> values_of(const char* field, const std::function<void(std::string_view)>& visit);
  /// The boot that -b names: an ID, or an offset: "0" and "" the current one (the last in a journal
  /// of elsewhere), "-1" the one before, "1" the first.
  Result<Id128> find_boot(const std::string& text);
  /// The boots that were met so far, by Entry::boot.
  const std::vector<Id128>& boots() const { return boots_; }
  const Id128& boot_id(std::uint32_t index) const { return boots_[index]; }

private:
  struct Close {
    void operator()(sd_journal* journal) const;
  };
  using Handle = std::unique_ptr<sd_journal, Close>;

  Journal(Handle handle, std::vector<std::string> warnings, bool local)
      : handle_(std::move(handle)), warnings_(std::move(warnings)), local_(local) {}
  Result<void> add_matches(const Query& query);
  Result<bool> seek(const Query& query);
  Result<void> visit_entries(const Query& query, bool before,
                             std::span<const std::string_view> fields,
                             const std::function<bool(const Entry&)>& visit);
  Result<std::vector<Id128>> boots_by_time();
  std::uint32_t boot_index(const Id128& id);

  Handle handle_;
  std::vector<std::string> warnings_;
  std::vector<Id128> boots_;
  std::map<std::uint32_t, std::string> hosts_;
  std::uint64_t damaged_ = 0;
  bool reads_audit_ = true;
  bool local_ = true;
  bool is_watched_ = false;
};

} // namespace unitlock::journal
