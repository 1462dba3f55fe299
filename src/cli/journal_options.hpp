// SPDX-License-Identifier: LGPL-2.1-or-later
// The options of every verb that reads denials from a journal: which journal, and of which time.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "journal/denial_report.hpp"
#include "journal/record_source.hpp"

namespace CLI {
class Option;
}

namespace unitlock::cli {

class JournalOptions {
public:
  /// --since, --until, --boot, --directory, --file and --merge; `this` must outlive the parsing.
  void add_to(CLI::App& verb);

  /// This machine's journal, or that of Context's root, unless the options name another.
  journal::Location location(const Context& context) const;
  /// Whether Context's root has the declarations of the journal's services. Others' journals may be
  /// of any machine, unless a root is named beside them.
  bool knows_declarations(const Context& context) const {
    return !merge_ && (!context.is_this_machine() || (directory_.empty() && files_.empty()));
  }
  /// Window, user and wrapper; of all units. Errors: a time that is none, or a window without any.
  Result<journal::DenialQuery> query(const Context& context) const;

private:
  std::string since_, until_, boot_, directory_;
  std::vector<std::string> files_;
  bool merge_ = false;
  CLI::Option* boot_option_ = nullptr;
};

} // namespace unitlock::cli
