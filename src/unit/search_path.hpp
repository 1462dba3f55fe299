// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a manager looks for unit files.
//
// Source: systemd.unit(5), "Unit File Load Path"; systemd's path-lookup.c (lookup_paths_init,
// user_dirs). `systemd-analyze [--user] unit-paths` prints it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"

namespace unitlock {

struct SearchPath {
  /// The first directory wins. Without the generators' output directories: a generator must not
  /// depend on what generators wrote.
  std::vector<std::string> directories;
  /// How many of them systemd prefers to the directory that unitlock-generator writes to.
  std::size_t above_generated = 0;
  /// Whether systemd reads that directory at all: $SYSTEMD_UNIT_PATH can leave it out.
  bool reads_generated = true;
};

SearchPath unit_search_path(const Root& root, const ManagerEnvironment& manager);

/// Whether it is one of a manager's three directories of generated files: "…/systemd/generator",
/// "…/systemd/generator.early", "…/systemd/generator.late".
bool is_generated_directory(std::string_view directory);

} // namespace unitlock
