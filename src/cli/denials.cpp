// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock denials: what Landlock denied, by unit, right and object.
#include <CLI/CLI.hpp>

#include "cli/context.hpp"
#include "cli/verbs.hpp"

namespace unitlock::cli {

void add_denials(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("denials", "Show what was denied, from the journal");
  verb->callback([&context] {
    context.run = [] {
      complain("denials is not built yet");
      return kNoAnswer;
    };
  });
}

} // namespace unitlock::cli
