// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands of ExecStart= and its siblings, taken apart just as far as wrapping needs: the
// arguments stay as written, byte for byte.
//
// Source: systemd.service(5), "Command lines"; systemd's config_parse_exec() in
// src/core/load-fragment.c.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

struct ExecCommand {
  std::string prefixes;          ///< of "-:!", in the order written; without "@"
  bool fully_privileged = false; ///< "+": systemd applies no sandboxing
  bool shell = false;            ///< "|": systemd ≥ 258 starts a login shell with it
  bool no_variables = false;     ///< ":": $ is not expanded
  std::string
      path; ///< unquoted, prefixes cut off, specifiers not expanded; absolute or a bare name
  /// argv from argv[0] on, as it must stand in a command line that is to give the same argv: with
  /// "@" the words behind the path, otherwise the path again and the words behind it.
  std::string argv_text;
  SourceRef where;
};

/// The commands of all of the unit's assignments of `key` ("ExecStart"), resets applied. Errors:
/// what makes systemd refuse the unit or ignore the line, such as a quote that is not closed.
Result<std::vector<ExecCommand>> exec_commands(const Unit& unit, std::string_view key);

/// The first command of a drop-in that makes systemd stop reading the file: one that it cannot
/// parse, without "-". Of a fragment it makes a unit that cannot be loaded. nullptr where there is
/// none.
const Assignment* command_that_ends_drop_in(const Unit& unit);

/// Where systemd would find the program: `path` itself where it is absolute, or the first
/// executable file of that name in ExecSearchPath= or in systemd's built-in list (never $PATH).
/// Errors: not found, or a search path that specifiers hide.
Result<std::string> find_program(const Root& root, const Unit& unit, const std::string& path);

} // namespace unitlock
