// SPDX-License-Identifier: LGPL-2.1-or-later
// One unit file or drop-in, read as systemd reads it: continuations, comments inside of them,
// repeated sections, lines that it skips with a warning.
//
// Source: systemd's src/shared/conf-parser.c (config_parse, parse_line), systemd.syntax(7).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace unitlock {

struct Assignment {
  std::string section;
  std::string key;
  std::string value; ///< continuations joined, white space around it removed; quotes untouched
  SourceRef where;   ///< the line that it begins on

  bool operator==(const Assignment&) const = default;
};

/// A line that systemd passes over with a warning.
struct BadLine {
  std::string section;
  SourceRef where;
  std::string problem;
};

/// A section header; an empty section means something too.
struct SectionHeader {
  std::string section;
  SourceRef where;
};

/// Where systemd gives up on a file: it cannot be read, a section header is malformed, a line is
/// longer than 1 MiB or not UTF-8.
struct BrokenFile {
  Error error;
  std::string unread; ///< the text from there on, as far as it could be read
};

struct UnitFile {
  std::vector<Assignment> assignments;
  std::vector<SectionHeader> headers;
  std::vector<BadLine> bad_lines;
  /// What stands before it is in `assignments`.
  std::optional<BrokenFile> broken;
};

/// Never fails: what is wrong with the text is part of the result. `path` is for the messages.
UnitFile parse_unit_file(const std::string& path, std::string_view text);

} // namespace unitlock
