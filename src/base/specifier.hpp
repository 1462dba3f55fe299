// SPDX-License-Identifier: LGPL-2.1-or-later
// systemd's specifiers. The injected drop-in leaves them to systemd; here they are only checked, so
// that a misspelt one is an error with its place and not a line that systemd drops.
//
// Source: systemd.unit(5), "Specifiers".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace unitlock {

/// All that systemd knows.
inline constexpr std::string_view kSpecifiers = "aAbBCdDEfgGhHiIjJlLmMnNopPqsStTuUvVwWyY%";
/// Those that stand for an absolute path: %d is the credentials directory, %f the unescaped
/// instance with a leading slash.
inline constexpr std::string_view kDirectorySpecifiers = "CdDEfhLStTVyY";

/// The first specifier in `text` that systemd does not know ("%Q", or "%" at the end).
std::optional<std::string> unknown_specifier(std::string_view text);

/// Whether the text begins with a specifier that stands for an absolute path ("%S", "%t", …).
bool begins_with_directory_specifier(std::string_view text);

bool has_specifier(std::string_view text);

} // namespace unitlock
