// SPDX-License-Identifier: LGPL-2.1-or-later
// How functions fail: a value or an Error that says what, where and errno. Nothing in the core
// throws, prints or exits; stages that can find several problems return Diagnostics beside their
// value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace unitlock {

/// A place in a file. `line` and `column` count from 1; 0 means "the file as a whole".
struct SourceRef {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;

  bool operator==(const SourceRef&) const = default;
};

/// "file", "file:line" or "file:line:column".
std::string to_string(const SourceRef& where);

/// Why something could not be done. `number` is an errno value, or 0 where none applies.
struct Error {
  std::string message;
  int number = 0;
  std::optional<SourceRef> where;
};

/// "file:line: message: strerror", the parts that are there.
std::string to_string(const Error& error);

template <class T>
using Result = tl::expected<T, Error>;

/// Builds the failing side of a Result.
inline tl::unexpected<Error> fail(std::string message, int number = 0) {
  return tl::unexpected<Error>(Error{std::move(message), number, std::nullopt});
}
inline tl::unexpected<Error> fail(SourceRef where, std::string message) {
  return tl::unexpected<Error>(Error{std::move(message), 0, std::move(where)});
}

enum class Severity { Note, Warning, Error };
/// "note", "warning", "error".
std::string_view to_string(Severity severity);

/// One finding about the input. An Error makes the declaration it belongs to invalid.
struct Diagnostic {
  Severity severity = Severity::Error;
  SourceRef where;
  std::string message;

  bool operator==(const Diagnostic&) const = default;
};
using Diagnostics = std::vector<Diagnostic>;

/// "file:line: message", without the severity.
std::string to_string(const Diagnostic& diagnostic);

bool has_errors(const Diagnostics& diagnostics);

} // namespace unitlock
