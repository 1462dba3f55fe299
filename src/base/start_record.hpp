// SPDX-License-Identifier: LGPL-2.1-or-later
// The journal entries of the wrapper: what it sends and what the readers look for. Constexpr and
// without heap, because the wrapper uses it. The catalog (units/unitlock.catalog) explains each
// MESSAGE_ID.
#pragma once

#include <cstddef>
#include <string_view>

namespace unitlock::start_record {

/// The service was confined; the fields below say how far.
inline constexpr std::string_view kConfined = "50935db1f4a648518fc4278ea3ffe925";
/// The kernel has no Landlock and the policy is best-effort: the service runs unconfined.
inline constexpr std::string_view kNotConfined = "2c8611c1028e414fb53e9954a66b602c";
/// Mode=permissive: the service runs unconfined, whatever the kernel has.
inline constexpr std::string_view kPermissive = "6cc0917d438b47258ac8fe49184c0504";
/// The unit's declaration is invalid; the service was not started.
inline constexpr std::string_view kRefused = "1072080b4e9747ceae567d46dd285f0d";
/// The wrapper could not confine or not execute; the service was not started.
inline constexpr std::string_view kStartFailed = "a5856b850d9c4c2da2a995fd10682c54";

// The fields. In a message on standard error, where no journal socket can be reached, the same
// names stand as NAME=value words behind "unitlock-exec: ".
inline constexpr std::string_view kUnit = "UNITLOCK_UNIT";
inline constexpr std::string_view kTag = "UNITLOCK_TAG";       ///< "ul-3f9c2a1b7d04"
inline constexpr std::string_view kPolicy = "UNITLOCK_POLICY"; ///< policy_hash(), 16 hex digits
inline constexpr std::string_view kAbi = "UNITLOCK_ABI";       ///< the kernel's, 0 for none
inline constexpr std::string_view kPin = "UNITLOCK_PIN";       ///< the policy's ABI=
inline constexpr std::string_view kErrata = "UNITLOCK_ERRATA"; ///< bits, hexadecimal with 0x
inline constexpr std::string_view kAsked = "UNITLOCK_ASKED";   ///< names of rights, comma separated
inline constexpr std::string_view kEnforced = "UNITLOCK_ENFORCED"; ///< likewise
inline constexpr std::string_view kDropped = "UNITLOCK_DROPPED"; ///< likewise: asked, not enforced
inline constexpr std::string_view kProven = "UNITLOCK_PROVEN"; ///< families (Restrict='s words) in
                                                               ///< which a denial was seen
inline constexpr std::string_view kRules = "UNITLOCK_RULES";   ///< number of rules in the ruleset
inline constexpr std::string_view kSkipped =
    "UNITLOCK_SKIPPED"; ///< optional paths that are missing
/// The wrapper's options, a NUL between each two; not on standard error, nor where they would not
/// fit into one message.
inline constexpr std::string_view kOptions = "UNITLOCK_OPTIONS";
inline constexpr std::string_view kExitStatus = "UNITLOCK_EXIT_STATUS"; ///< kStartFailed, kRefused

/// The invocation tag: this prefix and the first hex digits of the invocation ID. The wrapper takes
/// it as its thread name (at most 15 bytes) when it restricts itself, so that the kernel copies it
/// into the audit record of the new domain.
inline constexpr std::string_view kTagPrefix = "ul-";
inline constexpr std::size_t kTagDigits = 12;

} // namespace unitlock::start_record
