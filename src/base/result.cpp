// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/result.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace unitlock {

std::string to_string(const SourceRef& where) {
  if (where.line == 0)
    return where.file;
  if (where.column == 0)
    return fmt::format("{}:{}", where.file, where.line);
  return fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

std::string to_string(const Error& error) {
  std::string text = error.where ? to_string(*error.where) + ": " : std::string();
  text += error.message;
  if (error.number != 0)
    text += fmt::format(": {}", std::strerror(error.number));
  return text;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
  case Severity::Note:
    return "note";
  case Severity::Warning:
    return "warning";
  case Severity::Error:
    break;
  }
  return "error";
}

std::string to_string(const Diagnostic& diagnostic) {
  return fmt::format("{}: {}", to_string(diagnostic.where), diagnostic.message);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

} // namespace unitlock
