// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock show: a unit's effective policy, each rule with where it was written. Exit status 1
// where the declaration is invalid, cannot be put into force, or there is none; 2 for an unknown
// unit.
#include <unistd.h>

#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/context.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/policy_tree.hpp"
#include "cli/render.hpp"
#include "cli/shown_abi.hpp"
#include "cli/verbs.hpp"
#include "config.hpp"
#include "inject/drop_in.hpp"

namespace unitlock::cli {
namespace {

struct Options {
  std::string unit;
  int abi = -1;
  bool drop_in = false;
  bool tree = false;
};

int status_of(const DeclaredUnit& declared) {
  switch (declared.declaration.state) {
  case Declaration::State::Confined:
  case Declaration::State::NothingToConfine:
    return kWell;
  case Declaration::State::Off:
    return masking_drop_in(declared.unit) ? kNotWell : kWell;
  case Declaration::State::None:
  case Declaration::State::Invalid:
  case Declaration::State::Unwrappable:
    break;
  }
  return kNotWell;
}

/// As it is for a file or a pipe; harmless for a terminal.
std::string fit_for_stdout(const std::string& text) {
  if (!isatty(STDOUT_FILENO))
    return text;
  std::string fit;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    fit += escape(line, Backslash::Keep) + '\n';
  return fit;
}

int print_drop_in(const DeclaredUnit& declared) {
  std::string text = render_drop_in(declared.unit, declared.declaration, UNITLOCK_WRAPPER);
  if (text.empty()) {
    complain(fmt::format("{} gets no drop-in", declared.unit.name));
    return kNotWell;
  }
  fmt::print("{}", fit_for_stdout(text));
  return status_of(declared);
}

int show(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root, context.manager(*root));
  auto found = existing_unit(index, options.unit);
  if (!found)
    return no_answer(found.error());
  const DeclaredUnit& declared = *found;
  // A broken file that the unit's preset is in is among the unit's own diagnostics.
  for (const Diagnostic& diagnostic : declared.declaration.diagnostics)
    complain(to_string(diagnostic));
  if (options.drop_in)
    return print_drop_in(declared);
  if (options.tree) {
    print_tree(stdout, declared);
    return status_of(declared);
  }
  ShownAbi shown = shown_abi(context, options.abi, declared.declaration.policy);
  if (context.json())
    fmt::print("{}", json_line(policy_json(declared, shown)));
  else
    print_policy(stdout, declared, shown);
  return status_of(declared);
}

} // namespace

void add_show(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("show", "Show a unit's policy, and who said what of it");
  auto options = std::make_shared<Options>();
  verb->add_option("unit", options->unit, "A service; \"nginx\" means nginx.service")
      ->required()
      ->type_name("UNIT");
  verb->add_option("--abi", options->abi, "What a kernel of this Landlock ABI enforces (0: none)")
      ->check(CLI::Range(0, landlock::kNewestAbi))
      ->type_name("N");
  verb->add_flag("--drop-in", options->drop_in, "Print what the generator injects");
  verb->add_flag("--tree", options->tree, "Print who says what, as a tree");
  add_output_option(*verb, context, "table (default) or json");
  verb->callback([&context, options] {
    context.run = [&context, options] { return show(context, *options); };
  });
}

} // namespace unitlock::cli
