// SPDX-License-Identifier: LGPL-2.1-or-later
// What the wrapper said when it started a service. A service can send journal entries of its own,
// so a record counts only by what journald itself vouches for (the unit, its invocation, the PID),
// and the first one counts: the wrapper speaks before the service exists.
//
// journald looks up the unit when it reads the entry. If the process has ended by then, the entry
// has only the PID and the kernel's time stamp. It still counts if systemd started the service
// with that PID and had not seen it end by that time, for until then nobody else can have the PID;
// and if it was sent just before what systemd has for the time of the start, with the tag as well.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "journal/record_source.hpp"
#include "landlock/access.hpp"
#include "policy/policy.hpp"

namespace unitlock::machine {

struct StartRecord {
  enum class Kind {
    Confined,
    NotConfined, ///< best-effort, and the kernel has nothing of what was asked
    Permissive,  ///< Mode=permissive: nothing was to be enforced
    Refused,     ///< the declaration is invalid
    Failed,      ///< could not be confined or not be executed
  };
  Kind kind = Kind::Confined;
  std::uint64_t realtime_usec = 0;
  std::int64_t pid = 0;     ///< journald's word
  bool from_stderr = false; ///< a line on standard error: no journal socket was in reach
  std::string message;      ///< the wrapper's sentence
  int exit_status = 0;      ///< Refused, Failed

  std::string policy; ///< policy_hash(); empty where Refused, and perhaps where Failed

  // Confined, NotConfined, Permissive.
  int abi = 0; ///< the kernel's
  int pin = 0;
  std::uint64_t errata = 0;
  landlock::AccessSet asked, enforced, dropped;
  /// Names of rights that this program does not know: a newer wrapper's.
  std::vector<std::string> unknown;
  FamilySet proven = 0;
  std::uint64_t rules = 0;
  std::uint64_t skipped = 0;
  /// The wrapper's options, with systemd's specifiers expanded; none where they were not recorded,
  /// or are not those that `policy` is of.
  std::vector<std::string> options;
};

/// By field name.
using RecordFields = std::map<std::string, std::string, std::less<>>;

/// Errors: a field is missing or is not what the wrapper writes. Time, PID and transport are the
/// caller's.
Result<StartRecord> parse_start_record(const RecordFields& fields);

/// The fields of a record that came as a line on standard error; nullopt for any other line.
std::optional<RecordFields> parse_start_line(std::string_view line);

/// A process that systemd started.
struct StartedProcess {
  std::int64_t pid = 0;
  std::uint64_t ended_usec = 0; ///< 0: it has not ended
};

/// Which service, which start of it.
struct Invocation {
  std::string unit;
  std::optional<std::uint32_t> user;     ///< whose manager runs it; nullopt for the system's
  std::string id;                        ///< 32 hex digits
  std::uint64_t started_usec = 0;        ///< 0: not known
  std::vector<StartedProcess> processes; ///< those that systemd remembers
};

/// The records of one start, first one first.
struct StartRecords {
  std::vector<StartRecord> records;
  /// Messages that claim to be start records and cannot be understood.
  std::size_t malformed = 0;
  /// The journal does not go back to this start.
  bool rotated = false;
};

class StartRecordSource {
public:
  StartRecordSource() = default;
  StartRecordSource(const StartRecordSource&) = delete;
  StartRecordSource& operator=(const StartRecordSource&) = delete;
  virtual ~StartRecordSource() = default;

  virtual Result<StartRecords> find(const Invocation& invocation) = 0;
  /// The IDs of this boot's invocations that the wrapper says it has confined: where to look, no
  /// proof.
  virtual Result<std::set<std::string>> confined_invocations() = 0;
};

/// `journal` must outlive what is returned.
std::unique_ptr<StartRecordSource> start_records_of(journal::Journal& journal);

} // namespace unitlock::machine
