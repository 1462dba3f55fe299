// SPDX-License-Identifier: LGPL-2.1-or-later
// What decides where a systemd manager looks for its configuration: whose manager it is, and the
// variables of its environment that name directories.
//
// Source: systemd's src/libsystemd/sd-path/path-lookup.c (src/shared/ before 254); XDG Base
// Directory Specification; systemd.unit(5), "Unit File Load Path".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/files.hpp"

namespace unitlock {

enum class RuntimeScope { System, User };

struct ManagerEnvironment {
  RuntimeScope scope = RuntimeScope::System;
  std::string unit_path; ///< $SYSTEMD_UNIT_PATH, empty where it is not set
  // Of a user's manager; empty where there is no user, as in an image: then only what all users
  // share is looked at.
  std::string config_home; ///< $XDG_CONFIG_HOME or ~/.config
  std::string data_home;   ///< $XDG_DATA_HOME or ~/.local/share
  std::string runtime_dir; ///< $XDG_RUNTIME_DIR
  std::vector<std::string> config_dirs = {"/etc/xdg"};
  std::vector<std::string> data_dirs = {"/usr/local/share", "/usr/share"};

  bool is_user() const { return scope == RuntimeScope::User; }
};

/// getenv(3), or a test's.
using Variables = std::function<const char*(const char* name)>;

/// The system's manager. PID 1 hands the generators a clean environment, so that what it was
/// started with itself has to be looked up in /proc/1/environ.
ManagerEnvironment system_manager(const Root& root, const Variables& variables);

/// The manager of the user whose environment this is.
ManagerEnvironment user_manager(const Variables& variables);

} // namespace unitlock
