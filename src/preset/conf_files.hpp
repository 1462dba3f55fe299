// SPDX-License-Identifier: LGPL-2.1-or-later
// Configuration directories by systemd's rule: /etc over /run over /usr/local/lib over /usr/lib, a
// file masks its namesakes, all sorted by name.
//
// Source: systemd's src/basic/conf-files.c; tmpfiles.d(5) and its siblings.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"

namespace unitlock {

/// Where a manager looks for a directory such as "unitlock/conf.d", first one wins. A user's
/// manager looks below $XDG_CONFIG_HOME first and then where the system's does.
std::vector<std::string> conf_directories(const ManagerEnvironment& manager,
                                          const std::string& directory);

/// The paths of the files to read, in order, for an ending such as ".yaml". A link to /dev/null
/// masks and is left out. A directory that is there and cannot be listed is one of the problems.
std::vector<std::string> conf_files(const Root& root, const std::vector<std::string>& directories,
                                    const std::string& ending, Diagnostics& problems);

} // namespace unitlock
