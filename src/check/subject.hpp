// SPDX-License-Identifier: LGPL-2.1-or-later
// What all checks of a declaration look at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "check/reach.hpp"
#include "declare/declaration.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::check {

struct Subject {
  const Root& root;
  const Unit& unit; ///< without a name where a preset is looked at by itself
  const Declaration& declaration;
  RuntimeScope scope = RuntimeScope::System;
  /// The unit's package is not installed in this root: what is missing may come with it.
  bool not_installed = false;
  std::string preset; ///< the preset that is looked at by itself
  /// Landlock's, of the kernel that the service is to run on; the newest where that is not known.
  int kernel_abi = landlock::kNewestAbi;

  const Policy& policy() const { return declaration.policy; }
  Reach reach{root, declaration.policy, unit.name, scope};

  /// Whether the rule was written where the one who asks can change it.
  bool is_own(const Provenance& from) const {
    if (preset.empty())
      return from.origin == Origin::Section;
    std::string who = "preset " + preset;
    return from.said_by == who || from.said_by.rfind(who + ",", 0) == 0; // united with another's
  }
  bool restricts_files() const { return restricted_by(policy()).fs != 0; }
  /// The unit brings a file system of its own: paths mean something else in it.
  const Assignment* other_root() const {
    for (const char* key : {"RootDirectory", "RootImage"})
      if (const Assignment* found = unit.scalar("Service", key))
        return found;
    return nullptr;
  }
  /// systemd's user@.service: to confine it is to confine all that it starts, and meant so.
  bool runs_users_manager() const { return unit.name.starts_with("user@"); }
  /// It runs as a user that may change nothing of the machine's.
  bool is_unprivileged() const;
  /// A setting of the unit that is a boolean and on.
  bool is_on(std::string_view key) const;
  /// The words of a list setting of [Service].
  std::vector<Unit::Word> words(std::string_view key) const { return unit.words("Service", key); }
  std::optional<std::string> expanded(std::string_view text) const;
};

/// The last assignment of a directive in the unit's section for Landlock; nullptr where it has
/// none.
const Assignment* own_directive(const Unit& unit, std::string_view directive);

/// Whether the one who looks is not allowed to: then whether the path exists cannot be told.
bool is_out_of_reach(const Root& root, const std::string& path);

/// What a directive grants; anything else was spelled out with AllowPaths= by somebody who knows
/// the rights.
bool is_spelled_out(std::uint64_t access);

/// Rights by which something new can get into a file or a directory. Not refer, which only adds to
/// make_reg and its siblings that it may come from elsewhere.
inline constexpr std::uint64_t kWrites = landlock::mask_of("fs.write_file") |
                                         landlock::mask_of("fs.make_reg") |
                                         landlock::mask_of("fs.make_sym");
inline constexpr std::uint64_t kExecute = landlock::mask_of("fs.execute");
inline constexpr std::uint64_t kReadFile = landlock::mask_of("fs.read_file");
inline constexpr std::uint64_t kResolveUnix = landlock::mask_of("fs.resolve_unix");

} // namespace unitlock::check
