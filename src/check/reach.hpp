// SPDX-License-Identifier: LGPL-2.1-or-later
// What a policy grants where: its path rules laid over the files of a root, links followed as the
// wrapper follows them when it opens what a rule names.
//
// Source: landlock(7); security/landlock/fs.c (a rule is on an inode, and what lies on the way up
// from a file adds up).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "policy/policy.hpp"

namespace unitlock::check {

/// A rule whose path is known.
struct PlacedRule {
  const PathRule* rule = nullptr;
  std::string path;                  ///< as written, specifiers expanded
  std::string real;                  ///< links resolved
  FileKind kind = FileKind::Missing; ///< of what is there now

  bool is_directory() const { return kind == FileKind::Directory; }
  /// Whether it grants what it grants on this path too. What does not exist yet counts as a
  /// directory.
  bool covers(std::string_view path) const;
  /// Whether what is written there could be executed: of a device, a socket or a pipe nothing can.
  bool can_hold_programs() const;
  /// What it grants on this path.
  std::uint64_t rights_at(std::string_view path) const;
  /// Whether it covers the path, or with `all_below` something that lies below it.
  bool touches(std::string_view path, bool all_below) const;
  /// Whether there is anything that both cover.
  bool meets(const PlacedRule& other) const;
};

class Reach {
public:
  /// Of several directives on one path, each is a rule of its own.
  Reach(const Root& root, const Policy& policy, const std::string& unit, RuntimeScope scope);
  Reach(const Reach&) = delete; // what it gives points into it
  Reach& operator=(const Reach&) = delete;
  Reach(Reach&&) = default;
  Reach& operator=(Reach&&) = default;

  /// Every right on a path that is resolved already. Rules that are not known count as granting
  /// wherever they might, so that a right which is missing here is missing in truth. What does not
  /// exist yet counts as a directory.
  std::uint64_t rights_at(std::string_view real) const;
  /// The first rule that grants any of `rights` there, counted as in rights_at(); nullptr where
  /// none does.
  const PathRule* granting(std::string_view real, std::uint64_t rights) const;
  /// The same for rules on what lies below, or may lie there.
  const PathRule* granting_below(std::string_view real, std::uint64_t rights) const;

  const std::vector<PlacedRule>& rules() const { return rules_; }
  /// Those with specifiers that only the start will tell.
  const std::vector<const PathRule*>& unknown() const { return unknown_; }

private:
  std::vector<PathRule> written_;
  std::vector<PlacedRule> rules_;
  std::vector<const PathRule*> unknown_;
  std::vector<std::string> beginnings_; ///< of unknown_, in its order
};

/// /proc/self, /proc/thread-self, or a process by its number, and what is in it.
bool is_of_one_process(std::string_view real);

} // namespace unitlock::check
