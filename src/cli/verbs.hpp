// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of `unitlock`, in the order of the help text. A new verb is one file with one function,
// one line here, one in main.cpp and one in meson.build. The function adds a subcommand with its
// options, and a callback that sets Context::run.
#pragma once

namespace CLI {
class App;
}

namespace unitlock::cli {

struct Context;

void add_status(CLI::App& app, Context& context);
void add_denials(CLI::App& app, Context& context);
void add_suggest(CLI::App& app, Context& context);
void add_metrics(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_diff(CLI::App& app, Context& context);
void add_why(CLI::App& app, Context& context);
void add_security(CLI::App& app, Context& context);
void add_presets(CLI::App& app, Context& context);
void add_enable(CLI::App& app, Context& context);
void add_disable(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);

} // namespace unitlock::cli
