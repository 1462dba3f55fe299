// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock export: a service's policy as a landlockconfig file, on standard output. Exit status 1
// where something could not be said in it, or the service is not confined.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/context.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/verbs.hpp"
#include "landlockconfig/convert.hpp"

namespace unitlock::cli {
namespace {

using landlockconfig::Language;

struct Options {
  std::string unit;
  std::string format = "toml";
};

int print_configuration(const Context& context, const DeclaredUnit& declared,
                        const Options& options) {
  auto exported =
      landlockconfig::from_policy(declared.declaration.policy, declared.unit.name, context.scope());
  for (const Diagnostic& loss : exported.losses)
    complain(loss.where.file.empty() ? loss.message : to_string(loss));
  if (exported.configuration.handled.empty())
    return no_answer({"nothing of the policy can be said in landlockconfig", 0, {}});
  fmt::print("{}", landlockconfig::write_configuration(exported.configuration,
                                                       options.format == "json" ? Language::Json
                                                                                : Language::Toml));
  return exported.losses.empty() ? kWell : kNotWell;
}

int run_export(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root, context.manager(*root));
  auto declared = existing_unit(index, options.unit);
  if (!declared)
    return no_answer(declared.error());
  for (const Diagnostic& diagnostic : declared->declaration.diagnostics)
    complain(to_string(diagnostic));
  if (declared->declaration.policy.mode == Mode::Permissive) {
    complain(fmt::format("{} is not confined: Mode=permissive", declared->unit.name));
    return kNotWell;
  }
  if (declared->declaration.state == Declaration::State::Confined)
    return print_configuration(context, *declared, options);
  complain(fmt::format("{} has no policy in force: {}", declared->unit.name,
                       to_string(declared->declaration.state)));
  return kNotWell;
}

} // namespace

void add_export(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("export", "Print a service's policy as landlockconfig");
  auto options = std::make_shared<Options>();
  verb->add_option("unit", options->unit, "A service; \"nginx\" means nginx.service")
      ->required()
      ->type_name("UNIT");
  verb->add_option("--format", options->format, "toml (default) or json")
      ->check(CLI::IsMember({"json", "toml"}))
      ->type_name("FORMAT");
  verb->callback([&context, options] {
    context.run = [&context, options] { return run_export(context, *options); };
  });
}

} // namespace unitlock::cli
