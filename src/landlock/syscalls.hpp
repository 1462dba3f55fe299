// SPDX-License-Identifier: LGPL-2.1-or-later
// The three Landlock system calls. Debian 12's kernel headers stop at ABI 2, so the structures and
// flags are defined here from the documentation of the newest ABI.
//
// Source: landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).
#pragma once

#include <cstddef>
#include <cstdint>

#include <unistd.h>

namespace unitlock::landlock {

struct RulesetAttr {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
  std::uint64_t quiet_access_fs = 0;
  std::uint64_t quiet_access_net = 0;
  std::uint64_t quiet_scoped = 0;
};
static_assert(sizeof(RulesetAttr) == 48);

struct [[gnu::packed]] PathBeneathAttr {
  std::uint64_t allowed_access;
  std::int32_t parent_fd;
};
static_assert(sizeof(PathBeneathAttr) == 12);

struct NetPortAttr {
  std::uint64_t allowed_access;
  std::uint64_t port; ///< host byte order
};

inline constexpr std::uint32_t kCreateRulesetVersion = 1U << 0;
inline constexpr std::uint32_t kCreateRulesetErrata = 1U << 1;

inline constexpr int kRulePathBeneath = 1;
inline constexpr int kRuleNetPort = 2;
inline constexpr std::uint32_t kAddRuleQuiet = 1U << 0;

inline constexpr std::uint32_t kRestrictSelfLogSameExecOff = 1U << 0;
inline constexpr std::uint32_t kRestrictSelfLogNewExecOn = 1U << 1;
/// Sets no_new_privs, if and only if the call succeeds.
inline constexpr std::uint32_t kRestrictSelfNoNewPrivs = 1U << 4;

// The numbers are the same on every architecture that got them by the common table.
inline constexpr long kSysCreateRuleset = 444;
inline constexpr long kSysAddRule = 445;
inline constexpr long kSysRestrictSelf = 446;

/// Each returns what the kernel does, or -1 with errno set.
inline long create_ruleset(const RulesetAttr* attr, std::size_t size, std::uint32_t flags) {
  return syscall(kSysCreateRuleset, attr, size, flags);
}
inline long add_rule(int ruleset, int type, const void* attr, std::uint32_t flags) {
  return syscall(kSysAddRule, ruleset, type, attr, flags);
}
inline long restrict_self(int ruleset, std::uint32_t flags) {
  return syscall(kSysRestrictSelf, ruleset, flags);
}

/// The running kernel's ABI, or -1 with errno: ENOSYS (not built) and EOPNOTSUPP (off at boot) are
/// the only two that mean "no Landlock here".
inline long kernel_abi() {
  return create_ruleset(nullptr, 0, kCreateRulesetVersion);
}

/// The running kernel's errata bits, or -1 with errno (EINVAL before 6.15's backports).
inline long kernel_errata() {
  return create_ruleset(nullptr, 0, kCreateRulesetErrata);
}

} // namespace unitlock::landlock
