// SPDX-License-Identifier: LGPL-2.1-or-later
// One thing that a declaration could grant, or expect to be denied, and the line that says it. What
// is granted comes from a log: anybody may have chosen the bytes of a path. A line is made only of
// what the loader of declarations reads back as just this grant.
#pragma once

#include <string>
#include <variant>

#include "base/result.hpp"
#include "policy/policy.hpp"

namespace unitlock::advise {

/// What Scope= keeps inside afterwards.
struct KeptScope {
  std::uint64_t scope = 0; ///< Family::Scope bits
};
using Grant = std::variant<PathRule, PortRule, ExpectedRule, KeptScope>;

/// A grant and what is at its path.
struct PlacedGrant {
  const Grant& grant;
  bool is_on_directory = false;
};
/// Whether who is granted `wide` may do all that `narrow` grants. Paths are compared as they are
/// written.
bool covers(const PlacedGrant& wide, const PlacedGrant& narrow);

/// A literal path as a declaration writes it: "%" doubled. Errors: what no unit file can hold (a
/// control character, bytes that are not UTF-8), what is no absolute path, and what is too long for
/// the kernel to open.
Result<std::string> declared_path(const std::string& literal);

/// "ReadOnlyPaths=-/srv/a", quoted where systemd needs it. Errors: the line would not be read back
/// as the grant.
Result<std::string> line_of(const Grant& grant);

/// Adds it as the section of a declaration would.
void add_to(Policy& policy, const Grant& grant);

} // namespace unitlock::advise
