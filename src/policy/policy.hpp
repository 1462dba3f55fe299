// SPDX-License-Identifier: LGPL-2.1-or-later
// What a service may touch: plain data. Everything else converts to it (the [X-Landlock] section,
// presets, the wrapper's arguments) or from it (the wrapper's arguments, rulesets, `unitlock
// show`).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "landlock/abi.hpp"
#include "landlock/access.hpp"
#include "policy/exec_line.hpp"

namespace unitlock {

enum class Origin : std::uint8_t {
  Section, ///< a directive of the unit's own section
  Preset,
  Unit, ///< derived from other settings of the unit
};

/// Where a rule was written, and on whose behalf.
struct Provenance {
  SourceRef where;
  /// "ReadOnlyPaths=", "preset nginx", "preset nginx → runtime", "derived from StateDirectory="
  std::string said_by;
  Origin origin = Origin::Section; ///< of a united rule: the first one's

  bool operator==(const Provenance&) const = default;
};

/// What one of several rules that were united had granted.
struct Share {
  std::uint64_t access = 0;
  Provenance from;

  bool operator==(const Share&) const = default;
};

/// Rights on everything below a path.
struct PathRule {
  std::string path; ///< absolute, simplified; systemd's specifiers not yet expanded ("%S/nginx")
  std::uint64_t access = 0; ///< Family::Filesystem bits
  bool optional = false;    ///< a missing path is skipped; otherwise the start fails
  Provenance from;
  std::vector<Share> shares = {}; ///< of a united rule, in order; none otherwise

  bool operator==(const PathRule&) const = default;
};

/// Rights on a range of ports, host byte order. Port 0 of the bind rights is the ephemeral port.
struct PortRule {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  /// Every port: the right is not restricted at all, so ranges do not matter.
  bool any = false;
  std::uint64_t access = 0; ///< Family::Network bits
  Provenance from;
  std::vector<Share> shares = {}; ///< likewise

  bool operator==(const PortRule&) const = default;
};

/// Denials below this path are not logged (ABI 10).
struct QuietRule {
  std::string path;
  bool optional = false;
  Provenance from;

  bool operator==(const QuietRule&) const = default;
};

/// Denials of these rights at this very path, not below it, are a matter of course. Nothing is
/// granted, and the kernel is not told: who lists denials leaves them out.
struct ExpectedRule {
  std::string path;         ///< as the kernel names it; specifiers not yet expanded
  std::uint64_t access = 0; ///< Family::Filesystem bits
  Provenance from;

  bool operator==(const ExpectedRule&) const = default;
};

enum class Mode : std::uint8_t { Enforce, Permissive, Off };
enum class Compatibility : std::uint8_t { BestEffort, Strict };

/// One bit for each landlock::Family.
using FamilySet = std::uint8_t;
constexpr FamilySet family_bit(landlock::Family family) {
  return static_cast<FamilySet>(1U << static_cast<unsigned>(family));
}
inline constexpr FamilySet kAllFamilies = 7;
/// Those of which some right is in the set.
constexpr FamilySet families_of(const landlock::AccessSet& set) {
  FamilySet families = 0;
  for (auto family :
       {landlock::Family::Filesystem, landlock::Family::Network, landlock::Family::Scope})
    if (set.of(family) != 0)
      families = static_cast<FamilySet>(families | family_bit(family));
  return families;
}

struct Policy {
  std::vector<PathRule> paths;
  std::vector<PortRule> ports;
  std::vector<QuietRule> quiet;
  std::vector<ExpectedRule> expected;

  /// Families under restriction; all of them where nobody said.
  std::optional<FamilySet> families;
  /// Family::Scope bits: what stays inside; all of them where nobody said.
  std::optional<std::uint64_t> scope;

  /// Settings of the unit that nothing is derived from, of kDerivedSettings: the preset knows what
  /// the service needs of them.
  std::set<std::string> not_derived;

  Mode mode = Mode::Enforce;
  Compatibility compatibility = Compatibility::BestEffort;
  /// The newest ABI whose rights are restricted.
  int abi = landlock::kPinnedAbi;
  bool log_denials = true;
  std::set<ExecLine> commands = {ExecLine::Start};

  bool operator==(const Policy&) const = default;
};

/// A policy that grants nothing and insists on no restriction: what others are composed from. (A
/// Policy by itself restricts everything.)
Policy neutral_policy();

/// Every right that the policy denies unless one of its rules grants it, of any ABI up to the
/// pinned one. A right granted on `any` port is not restricted.
landlock::AccessSet restricted_by(const Policy& policy);

/// Adds what `from` grants and what `from` restricts to `into`. Restrictions are united, never
/// intersected: composing can take nothing away from what is restricted. The scalars (mode,
/// compatibility, ABI, logging, commands) stay those of `into`.
void merge_into(Policy& into, const Policy& from);

/// Lets a service that may connect or send to some UDP port have a port of its own that the kernel
/// chooses: a socket that has none gets one when it first connects or sends, and the kernel judges
/// that as it does bind(2) to port 0 (seen on Linux 7.3). TCP's does not need it.
void allow_ephemeral_udp(Policy& policy);

/// Unites rules on the same path or the same ports. The first rule's place stays, and `said_by`
/// names those too that added rights to it; a required path wins over an optional one.
void remove_duplicates(Policy& policy);

/// The opposite: each rule with just the rights, and from just the place, that it was written with.
/// Left out is what added no rights.
std::vector<PathRule> as_written(const PathRule& rule);
std::vector<PortRule> as_written(const PortRule& rule);
Policy as_written(Policy policy);

} // namespace unitlock
