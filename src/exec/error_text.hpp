// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors of system calls in words. A table of its own: strerror(3) brings in the C library's
// locales.
#pragma once

#include <string_view>

namespace unitlock::exec {

/// "No such file or directory (ENOENT)"; "unexpected error" for one that is not in the table.
std::string_view error_text(int error);

} // namespace unitlock::exec
