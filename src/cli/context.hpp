// SPDX-License-Identifier: LGPL-2.1-or-later
// What every verb of `unitlock` shares: the options before the verb, the exit statuses, and how a
// verb hands its work back to main.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "base/result.hpp"

namespace CLI {
class App;
}

namespace unitlock::cli {

/// The answer is given and all is well. What "well" means, each verb documents.
inline constexpr int kWell = 0;
/// The answer is given, and something in it is not well.
inline constexpr int kNotWell = 1;
/// The command line is wrong, or there is no answer.
inline constexpr int kNoAnswer = 2;

struct Context {
  /// --root= or UNITLOCK_ROOT; empty means the machine itself.
  std::string root;
  bool user = false; ///< --user: the calling user's manager, not the system's
  /// --output=: "json", or what people read: "table" and "text" mean the same.
  std::string output = "table";
  bool json() const { return output == "json"; }
  bool pager = true; ///< whether what is long may go through one; not with --no-pager
  /// Set by the verb that the command line names; returns the exit status.
  std::function<int()> run;

  const std::string& root_directory() const {
    static const std::string slash = "/";
    return root.empty() ? slash : root;
  }
  RuntimeScope scope() const { return user ? RuntimeScope::User : RuntimeScope::System; }
  /// Whose services are meant; nullopt for the system's.
  std::optional<std::uint32_t> uid() const;
  bool is_this_machine() const { return root_directory() == "/"; }
  /// Whose declarations are meant. In another root no user is known: only what is declared for all
  /// of them is found there.
  ManagerEnvironment manager(const Root& opened) const;
};

/// -o, which may stand before the verb and behind it.
void add_output_option(CLI::App& app, Context& context, const std::string& help);

/// "unitlock: message" on standard error, made harmless for a terminal.
void complain(const std::string& message);
/// complain() and kNoAnswer, for `return`.
int no_answer(const Error& error);

} // namespace unitlock::cli
