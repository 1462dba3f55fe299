// SPDX-License-Identifier: LGPL-2.1-or-later
// One audit record as text → plain data. Pure. Types are known by number: their names changed
// between systemd releases (AUDIT1423, LANDLOCK_ACCESS). The text is the same in journald's own
// records and in the copies that the kernel prints to its log.
//
// Source: security/landlock/audit.c, kernel/audit.c (audit_log_untrustedstring).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "landlock/access.hpp"

namespace unitlock::journal {

inline constexpr int kSyscallType = 1300;        ///< AUDIT_SYSCALL: who did it
inline constexpr int kLandlockAccessType = 1423; ///< AUDIT_LANDLOCK_ACCESS: one denial
inline constexpr int kLandlockDomainType = 1424; ///< AUDIT_LANDLOCK_DOMAIN: who restricted itself

/// What the denied access was aimed at.
struct Object {
  enum class Kind {
    None,           ///< the record names nothing
    Path,           ///< `path`, as seen from the process's root; for make_, remove_ and refer the
                    ///< directory in which it was tried
    Name,           ///< `path` is the last component only
    AbstractSocket, ///< `path` is its name, without the leading NUL
    Network,        ///< `address` and `port`
    Process,        ///< `comm`, `pid`
  };

  Kind kind = Kind::None;
  std::string path; ///< any bytes; empty where the kernel could not tell
  std::string device;
  std::uint64_t inode = 0;
  std::optional<std::uint32_t> ioctl_command;
  std::string address; ///< numeric; empty for any
  std::uint16_t port = 0;
  std::string comm; ///< any bytes
  std::int64_t pid = 0;

  bool operator==(const Object&) const = default;
};

/// 1423: a denial. Which process it was is not in it.
struct AccessRecord {
  std::uint64_t domain = 0;
  std::string blockers; ///< as logged: "fs.execute,fs.read_file"
  Object object;

  bool operator==(const AccessRecord&) const = default;
};

/// 1424: a domain's first logged denial (`allocated`), or its end.
struct DomainRecord {
  std::uint64_t domain = 0;
  bool allocated = false;
  std::int64_t pid =
      0;           ///< of the process that restricted itself, in the kernel's own PID namespace
  std::string exe; ///< of that process, at that time
  std::string comm;
  std::uint64_t denials = 0; ///< at the end: all, those that were not logged too

  bool operator==(const DomainRecord&) const = default;
};

/// 1300: the process that made the system call of the same event.
struct SyscallRecord {
  std::int64_t pid = 0;
  std::string exe;
  std::string comm;

  bool operator==(const SyscallRecord&) const = default;
};

/// monostate: a type that is of no interest here.
using AuditRecord = std::variant<std::monostate, AccessRecord, DomainRecord, SyscallRecord>;

/// `body`: the words behind the type's name, "domain=… blockers=…".
Result<AuditRecord> parse_record(int type, std::string_view body);

/// journald's MESSAGE without its first word, the type's name.
std::string_view body_of_message(std::string_view message);

/// A copy in the kernel's log: "audit: type=1423 audit(1795303307.791:249): domain=…".
struct KernelCopy {
  int type = 0;
  std::uint64_t serial = 0;
  std::string_view body;
};
/// Empty for a line that is something else.
std::optional<KernelCopy> parse_kernel_copy(std::string_view line);

/// One of the words in `blockers`. `right` is null for one that the table does not have: `ptrace`,
/// `fs.change_topology`, or what a newer kernel adds.
struct Blocker {
  std::string_view name;
  const landlock::Right* right = nullptr;
};
std::vector<Blocker> split_blockers(std::string_view blockers);
/// The kernel's names that no right of a ruleset has (security/landlock/audit.c).
inline constexpr auto kBlockersOfNoRight =
    std::to_array<std::string_view>({"ptrace", "fs.change_topology"});
/// Everything else is a newer kernel's, or made up.
bool is_known(const Blocker& blocker);

/// For people, harmless for a terminal: "/etc/shadow", "@name", "127.0.0.1:80", "nginx".
std::string describe(const Object& object);

} // namespace unitlock::journal
