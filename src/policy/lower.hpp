// SPDX-License-Identifier: LGPL-2.1-or-later
// What a kernel of a given ABI makes of a policy. A pure function of the ABI number: every kernel's
// behaviour is tested on any machine. The wrapper does the same, rule by rule and without heap,
// with the same primitives of landlock/abi.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"

namespace unitlock {

/// Something of the policy that this kernel does not enforce, or not in the way it reads.
struct Shortfall {
  enum class Kind {
    NoLandlock,        ///< ABI 0: nothing at all is enforced
    NotRestricted,     ///< the right is not restricted by this kernel: accesses are allowed
    NothingLeft,       ///< none of the restricted rights is known to this kernel
    EmptyPolicy,       ///< the policy restricts nothing, on any kernel
    ReferAlwaysDenied, ///< ABI 1 denies link and rename across directories whatever is granted
    RuleWithoutEffect, ///< a rule grants only rights that are not restricted
    QuietUnknown,      ///< QuietPaths= needs a newer ABI: the denials are logged
    LogUnknown,        ///< the kernel cannot log denials (ABI < 7)
  };
  Kind kind;
  /// NotRestricted: the rights. RuleWithoutEffect, ReferAlwaysDenied: the rule's rights.
  landlock::AccessSet rights;
  /// The rule that it is about, where it is about one.
  Provenance from;
  /// One sentence for a person; names the kernel release that does better, where there is one.
  std::string text;
};

struct Ruleset {
  int abi = 0; ///< the kernel's
  landlock::AccessSet asked;
  landlock::AccessSet handled;
  /// Access masked to what is handled; rules that grant nothing are left out. Whether a path is a
  /// directory is the file system's business: see on_file().
  std::vector<PathRule> paths;
  std::vector<PortRule> ports;
  std::vector<QuietRule> quiet;
  std::uint32_t restrict_flags = 0;
  std::vector<Shortfall> shortfalls;

  /// Asked but not handled.
  landlock::AccessSet dropped() const { return asked.without(handled); }
  /// Everything that was asked is enforced.
  bool complete() const { return !asked.empty() && dropped().empty(); }
};

/// `abi`: the kernel's, 0 for none. Never fails: what cannot be done is a Shortfall.
Ruleset lower(const Policy& policy, int abi);

/// Whether the wrapper does not start the service then: Compatibility=strict, and something is
/// dropped.
bool is_refused(const Policy& policy, const Ruleset& ruleset);

/// What a rule grants on something that is not a directory.
constexpr std::uint64_t on_file(std::uint64_t access) {
  return access & landlock::file_rights();
}

/// The names of the rights in a set, in the table's order: "fs.read_file".
std::vector<std::string> names_of(const landlock::AccessSet& set);

/// The rights of a set, with the release of the first kernel that knows them: "fs.resolve_unix
/// (Linux 7.1 does), net.bind_udp net.connect_send_udp (Linux 7.2 does)". `verb`: "does".
std::string names_with_kernels(const landlock::AccessSet& set, std::string_view verb);

} // namespace unitlock
