// SPDX-License-Identifier: LGPL-2.1-or-later
// Configuration directories by systemd's rule: /etc over /run over /usr/local/lib over /usr/lib, a
// file masks its namesakes, all sorted by name.
//
// Source: systemd's src/basic/conf-files.c; tmpfiles.d(5) and its siblings.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"

namespace unitlock {

/// The paths of the files to read, in order, for a directory such as "unitlock/conf.d" and an
/// ending such as ".yaml". A link to /dev/null masks and is left out.
std::vector<std::string> conf_files(const Root& root, const std::string& directory,
                                    const std::string& ending);

} // namespace unitlock
