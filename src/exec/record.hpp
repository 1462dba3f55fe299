// SPDX-License-Identifier: LGPL-2.1-or-later
// One message of the wrapper, as the journal's native protocol takes it and as a line for standard
// error. No value holds a newline (Text escapes it), but for the options, which take the protocol's
// binary form.
//
// Source: https://systemd.io/JOURNAL_NATIVE_PROTOCOL, sd-daemon(3) for the "<N>" prefix.
#pragma once

#include <array>
#include <string_view>

#include <sys/uio.h>

#include "exec/plan.hpp"
#include "exec/tag.hpp"
#include "exec/text.hpp"

namespace unitlock::exec {

/// syslog(3) levels.
enum class Priority : char { Error = '3', Warning = '4', Info = '6' };

class Record {
public:
  Record(std::string_view message_id, Priority priority, std::string_view unit, const Tag& tag);

  /// A field that does not fit is left out whole.
  void field(std::string_view name, std::string_view value);
  void number(std::string_view name, std::uint64_t value);
  void hex(std::string_view name, std::string_view prefix, std::uint64_t value, unsigned digits);
  void rights(std::string_view name, const landlock::AccessSet& set);
  void families(std::string_view name, std::uint8_t set);
  /// The words from `first` to `last`, which stay where execve(2) has put them: one behind the
  /// other. Somewhere else, they are left out.
  void options(const char* const* first, const char* const* last);
  bool has_options() const { return !options_.empty(); }
  /// For a message that is too large.
  void forget_options() { options_ = {}; }

  Text& message() { return message_; }
  Priority priority() const { return static_cast<Priority>(priority_); }

  using Parts = std::array<iovec, 10>;
  /// Both point into the record.
  Parts journal_entry();
  /// Turns the fields into words: no journal_entry() after it.
  Parts line();

private:
  template <class Fill>
  void fill(std::string_view name, Fill value);

  char priority_;
  // Together less than a page: every further page of stack is a page fault at every start. A path
  // beyond a kilobyte is cut in the message.
  FixedText<2048> fields_;
  FixedText<1536> message_;
  std::string_view options_;
  std::array<char, 8> options_size_ = {}; ///< little-endian
};

void add_rights(Text& text, const landlock::AccessSet& set);
void add_families(Text& text, std::uint8_t set);

/// What came of confining the service.
struct Outcome {
  long kernel_abi = 0; ///< as the kernel says it; 0 for none
  std::uint64_t errata = 0;
  unsigned long rules = 0;
  unsigned long skipped = 0;
  std::uint8_t proven = 0;           ///< one bit for each landlock::Family
  std::string_view no_landlock = {}; ///< why there is none
};

/// The start record: start_record::kConfined, kNotConfined or kPermissive.
void describe_start(Record& record, const CommandLine& line, const Settings& settings,
                    const Plan& plan, const Outcome& outcome);

} // namespace unitlock::exec
