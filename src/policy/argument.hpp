// SPDX-License-Identifier: LGPL-2.1-or-later
// One option of the wrapper's command line, parsed without heap. The wrapper and
// policy/command_line.hpp both read options through this file, so that what the generator writes
// and what the wrapper understands cannot drift apart.
//
//   --unit=NAME              the unit's full name
//   --abi=N                  the pinned ABI, 1 to 99
//   --strict                 refuse to start unless all of the policy can be enforced
//   --permissive             enforce nothing, and say so
//   --no-denial-log          do not ask the kernel to log denials
//   --avoid-sockets          the unit's system call filter may kill socket(2): use none
//   --restrict=WORDS         families under restriction, comma separated; may be empty
//   --scope=WORDS            what stays inside, comma separated; may be empty
//   --read-only=PATH         and the other keys of policy/vocabulary.hpp; "-PATH" is optional
//   --allow=RIGHTS:PATH      any filesystem rights by short name; "RIGHTS:-PATH" is optional
//   --bind-tcp=PORTS         and its siblings: "80", "1024-2047" or "any"
//   --quiet=PATH             denials below are not logged
//   --program=PATH           what to execute
//   --refuse=TEXT            start nothing: log TEXT and fail; may be repeated
#pragma once

#include <cstdint>
#include <string_view>

#include "policy/vocabulary.hpp"

namespace unitlock {

struct Argument {
  enum class Kind : std::uint8_t {
    Unit,
    Abi,
    Strict,
    Permissive,
    NoDenialLog,
    AvoidSockets,
    Restrict,
    Scope,
    Path,
    Port,
    Quiet,
    Program,
    Refuse,
  };
  Kind kind = Kind::Unit;
  /// The unit, the path without its "-", the program or the text; points into the option, and so is
  /// terminated by the same NUL where the option was a C string.
  std::string_view text;
  bool optional = false;     ///< Path, Quiet
  std::uint64_t access = 0;  ///< Path: Filesystem bits; Port: Network bits; Scope: Scope bits
  std::uint8_t families = 0; ///< Restrict: one bit for each landlock::Family
  int abi = 0;
  std::uint16_t first_port = 0, last_port = 0;
  bool any_port = false;
};

/// Whether options of this kind make the policy, and so its hash; the others say what to run.
constexpr bool is_policy(Argument::Kind kind) {
  using Kind = Argument::Kind;
  return kind != Kind::Unit && kind != Kind::Program && kind != Kind::AvoidSockets &&
         kind != Kind::Refuse;
}

/// Parses one option ("--read-only=/etc"). Returns nullptr and fills `out`, or a constant English
/// text that says what is wrong and leaves `out` as it was. `option` must outlive `out`.
const char* parse_argument(std::string_view option, Argument& out);

/// Parses "80", "1024-2047" or "any" into the port fields of `out`; as parse_argument().
const char* parse_ports(std::string_view text, Argument& out);

/// FNV-1a, 64 bits, over the options with a NUL behind each: the identity of a policy as the
/// service got it. It finds changes; it resists no forger.
inline constexpr std::uint64_t kPolicyHashStart = 0xcbf29ce484222325;
constexpr std::uint64_t policy_hash_add(std::uint64_t hash, std::string_view option) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (char c : option)
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash * kPrime; // the NUL
}

} // namespace unitlock
