// SPDX-License-Identifier: LGPL-2.1-or-later
// What each Landlock ABI knows. Pure functions of the ABI number, so that every kernel's behaviour
// can be tested on any machine; constexpr and without heap, because the wrapper uses them.
//
// Source: Documentation/userspace-api/landlock.rst, security/landlock/syscalls.c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "landlock/access.hpp"

namespace unitlock::landlock {

inline constexpr int kNewestAbi = 11;
/// What `ABI=` means unless set: a newer kernel or release of unitlock never begins to deny what
/// the policy was not tested with.
inline constexpr int kPinnedAbi = 10;

inline constexpr int kAbiOfDenialLog = 7; ///< restrict_self(2) log flags and audit records
inline constexpr int kAbiOfRefer = 2;
inline constexpr int kAbiOfQuiet = 10;
inline constexpr int kAbiOfNoNewPrivsFlag = 11;

/// The first kernel release with this ABI; empty for an ABI that is not known.
constexpr std::string_view kernel_of(int abi) {
  constexpr std::string_view kReleases[] = {"",     "5.13", "5.19", "6.2", "6.7", "6.10",
                                            "6.12", "6.15", "7.0",  "7.1", "7.2", "7.3"};
  return abi >= 1 && abi <= kNewestAbi ? kReleases[abi] : std::string_view();
}

/// Every right that a kernel of this ABI can restrict. ABI 0 (no Landlock): none. An ABI newer than
/// this table: what the table knows.
constexpr AccessSet known_to(int abi) {
  AccessSet set;
  for (const Right& right : kRights)
    if (right.first_abi <= abi)
      set.of(right.family) |= right.mask();
  return set;
}

/// The first ABI that knows all of them; 0 for none.
constexpr int first_abi_of(const AccessSet& set) {
  int abi = 0;
  for (const Right& right : kRights)
    if (set.has(right) && right.first_abi > abi)
      abi = right.first_abi;
  return abi;
}

/// The rights that this ABI was the first to restrict.
constexpr AccessSet added_by(int abi) {
  return known_to(abi).without(known_to(abi - 1));
}

/// What is really restricted of `wanted`, under a policy pinned at `pin`, by a kernel of `abi`.
constexpr AccessSet handled_by(const AccessSet& wanted, int pin, int abi) {
  return wanted & known_to(pin) & known_to(abi);
}

/// What a rule may carry: handled rights only (EINVAL otherwise), and on something that is not a
/// directory only those that a file can carry.
constexpr std::uint64_t rule_access(std::uint64_t granted, std::uint64_t handled,
                                    bool is_directory) {
  return granted & handled & (is_directory ? ~std::uint64_t{0} : file_rights());
}

/// The size of struct landlock_ruleset_attr that a kernel of this ABI knows. A larger one is
/// accepted too, but only with zeros behind (E2BIG).
constexpr std::size_t ruleset_attr_size(int abi) {
  return abi >= 10 ? 48 : abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

/// Errata bits: 1 = fixed in the running kernel (LANDLOCK_CREATE_RULESET_ERRATA).
struct Erratum {
  std::uint8_t bit;
  std::uint8_t first_abi; ///< the ABI whose feature it concerns
  std::string_view what;
};
inline constexpr Erratum kErrata[] = {
    {0, 4, "TCP sockets are told from others"},
    {1, 6, "threads of one process may signal each other"},
    {2, 1, "disconnected directories keep their restrictions"},
    {3, 1, "overlay whiteouts need make_reg"},
};

} // namespace unitlock::landlock
