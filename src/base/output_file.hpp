// SPDX-License-Identifier: LGPL-2.1-or-later
// Replacing a file so that a reader meets the old one, the new one or none, never a part. Its
// directory may be another user's, and who may change a directory may put a link in its place.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace unitlock {

/// All of it, however little the kernel takes at a time. 0, or an errno. Throws nothing.
int write_all(int fd, std::string_view text);

/// The directory that `path` (absolute, or relative to the working directory) lies in. Links on the
/// way are followed where they are root's or the caller's own. Errors: as open(2), none is made;
/// EPERM for a link of anybody else.
Result<UniqueFd> open_directory_of(const std::string& path);

/// Writes `directory/name`: a temporary file whose name begins with a dot, then rename(2); fsync is
/// left to the file system. `shown` is the path for messages.
Result<void> replace_in(const UniqueFd& directory, const std::string& name, std::string_view text,
                        const std::string& shown);
/// A file that somebody named on a command line, in open_directory_of().
Result<void> replace_file(const std::string& path, std::string_view text);

} // namespace unitlock
