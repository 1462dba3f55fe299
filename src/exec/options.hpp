// SPDX-License-Identifier: LGPL-2.1-or-later
// The wrapper's command line: options up to "--", then the words of the service's own command.
// Nothing is stored but the settings; the rules are read again from argv wherever they are needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/argument.hpp"

namespace unitlock::exec {

/// Walks over the options that parse; cheap to copy and to start again.
class OptionReader {
public:
  OptionReader() = default;
  OptionReader(const char* const* first, const char* const* last) : next_(first), last_(last) {}

  /// False at the end. An option that does not parse is passed over: read_settings() has refused
  /// it before.
  bool next(Argument& out);
  /// The next one of this kind.
  bool next(Argument::Kind kind, Argument& out);

private:
  const char* const* next_ = nullptr;
  const char* const* last_ = nullptr;
};

struct CommandLine {
  const char* const* first = nullptr; ///< options
  const char* const* last = nullptr;
  /// The words behind "--", ended by a null pointer; nullptr where there is no "--".
  char* const* words = nullptr;

  OptionReader options() const { return {first, last}; }
};
CommandLine split(char* const* argv);

/// All that is not a rule.
struct Settings {
  std::string_view unit;
  std::string_view program;
  int pin = 0; ///< --abi=; 0 where nobody said
  bool strict = false;
  bool permissive = false;
  bool log_denials = true;
  bool avoid_sockets = false;
  bool refuses = false; ///< there are --refuse= options
  std::optional<std::uint8_t> families;
  std::optional<std::uint64_t> scope;
  /// Rights that are granted on any port, and so are not restricted.
  std::uint64_t any_port = 0;
  /// The same as policy_hash() of the options.
  std::uint64_t hash = kPolicyHashStart;
};

/// What is wrong with a command line, and the option that it is about, if any.
struct UsageProblem {
  const char* what = nullptr;
  const char* option = "";
};

/// Reads on behind a problem, so that `out` says as much as can be known. Returns the first one.
UsageProblem read_settings(const CommandLine& line, Settings& out);

} // namespace unitlock::exec
