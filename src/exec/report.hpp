// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the wrapper's messages go: to the journal's socket, and where that cannot be reached to
// standard error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "exec/record.hpp"

namespace unitlock::exec {

class Reporter {
public:
  Reporter(const Settings& settings, const Tag& tag, const char* const* environment);

  /// Connects to the journal once. Must have happened before the restriction, which may deny it.
  /// Not being able to is no error: standard error is left.
  void connect();

  Record record(std::string_view message_id, Priority priority) const;
  /// To the journal, or else to standard error, where a service's own file or terminal is spared
  /// what is no more than information. Never waits.
  void send(Record& record);
  /// Says why the service is not started, both to the journal and on standard error (but to the
  /// journal only once), and exits with `status`.
  [[noreturn]] void refuse(int status, std::initializer_list<std::string_view> why);
  /// Says one of the problems of an invalid declaration, likewise, and goes on.
  void declaration_problem(int status, std::string_view text);

private:
  enum class Stderr { Unusable, Journal, Other };

  bool send_to_journal(Record& record);
  bool send_entry(Record& record);
  Stderr stderr_kind() const;
  void send_failure(Record& record);
  static void write_line(Record& record);

  std::string_view unit_;
  std::uint64_t policy_;
  const Tag& tag_;
  std::string_view journal_stream_;
  bool by_systemd_;
  bool avoid_sockets_;
  int journal_ = -1;
};

} // namespace unitlock::exec
