// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock: the command line. Parses, runs one verb, turns every outcome into an exit status.
#include <clocale>
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/escape.hpp"
#include "base/spelling.hpp"
#include "cli/context.hpp"
#include "cli/verbs.hpp"
#include "config.hpp"

namespace unitlock::cli {

void complain(const std::string& message) {
  fmt::print(stderr, "unitlock: {}\n", escape(message, Backslash::Keep));
}

int no_answer(const Error& error) {
  complain(to_string(error));
  return kNoAnswer;
}

void add_output_option(CLI::App& app, Context& context, const std::string& help) {
  app.add_option("-o,--output", context.output, help)
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "text", "json"}));
}

namespace {

void describe(CLI::App& app, Context& context) {
  app.description("Shows what Landlock confines in systemd services, and what it denied.");
  app.footer("Exit status: 0 all is well, 1 something is not, 2 wrong usage or no answer.\n"
             "See unitlock(1).");
  app.require_subcommand(1);
  // `unitlock denials --root=X` means the same as `unitlock --root=X denials`.
  app.fallthrough();
  app.set_version_flag("--version", "unitlock " UNITLOCK_VERSION);
  app.add_option("--root", context.root, "Look at the system below this directory")
      ->envname("UNITLOCK_ROOT")
      ->type_name("DIR");
  CLI::Option* user =
      app.add_flag("--user", context.user, "Look at the services of the calling user's manager");
  app.add_flag_function(
         "--system", [](std::int64_t) {}, // what is meant anyway
         "Look at the services of the system's manager (default)")
      ->excludes(user);
  add_output_option(app, context, "What people read (default), or json");
  app.add_flag("!--no-pager", context.pager, "Print without a pager, also on a terminal");
  app.get_formatter()->column_width(34);
  add_status(app, context);
  add_denials(app, context);
  add_suggest(app, context);
  add_metrics(app, context);
  add_show(app, context);
  add_verify(app, context);
  add_diff(app, context);
  add_why(app, context);
  add_security(app, context);
  add_presets(app, context);
  add_enable(app, context);
  add_disable(app, context);
  add_import(app, context);
  add_export(app, context);
}

/// Of a command line that could not be parsed.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> left = app.remaining();
  if (!app.get_subcommands().empty() || left.empty() || left.front().starts_with('-'))
    return error.what();
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands({}))
    verbs.push_back(verb->get_name());
  return fmt::format("\"{}\" is no verb{}", left.front(), did_you_mean(left.front(), verbs));
}

int run(int argc, char** argv) {
  CLI::App app("", "unitlock");
  Context context;
  describe(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    // CLI11 has statuses of its own, 100 and up: one for each way to be wrong.
    complain(what_is_wrong(app, error));
    complain("try --help");
    return kNoAnswer;
  }
  return context.run();
}

/// Standard output that could not be written is no answer.
int flushed(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
    return status;
  complain("cannot write to standard output");
  return kNoAnswer;
}

} // namespace
} // namespace unitlock::cli

int main(int argc, char** argv) {
  // libsmartcols measures and escapes by the locale.
  std::setlocale(LC_ALL, "");
  try {
    return unitlock::cli::flushed(unitlock::cli::run(argc, argv));
  } catch (const std::exception& error) {
    unitlock::cli::complain(error.what());
    return unitlock::cli::kNoAnswer;
  }
}
