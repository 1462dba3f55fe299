// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock verify: checks declarations and presets without starting anything. Exit status 1 where
// it finds an error, or with --strict a warning; 2 for a name or a file that it cannot look at.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "check/check.hpp"
#include "check/writing.hpp"
#include "cli/context.hpp"
#include "cli/findings_text.hpp"
#include "cli/named_unit.hpp"
#include "cli/render.hpp"
#include "cli/shown_abi.hpp"
#include "cli/verbs.hpp"
#include "declare/declaration_index.hpp"
#include "declare/section.hpp"
#include "unit/search_path.hpp"
#include "unit/unit_name.hpp"
#include "unit/unit_path.hpp"

namespace unitlock::cli {
namespace {

struct Options {
  std::vector<std::string> words;
  bool strict = false;
};

bool is_file(const std::string& word) {
  return word.find('/') != std::string::npos;
}

bool is_presets(const std::string& path) {
  return path.ends_with(".yaml");
}

/// The name that a file speaks of: "a.service" of "x/a.service" and of "x/a.service.d/y.conf".
/// Empty for a file of another kind.
std::string subject_of(const std::string& path) {
  auto parsed = parse_unit_path(path);
  return parsed ? std::string(parsed->unit) : "";
}

/// Files are named as for any other program: below the working directory, and not below --root.
Result<PlacedFiles> read_files(const std::vector<std::string>& words) {
  auto outside = Root::open("/");
  if (!outside)
    return tl::unexpected(outside.error());
  PlacedFiles files;
  for (const std::string& word : words) {
    if (!is_file(word))
      continue;
    std::string path = std::filesystem::absolute(word).string();
    if (!is_presets(word) && subject_of(word).empty() && outside->kind(path) != FileKind::Missing)
      return fail(
          fmt::format("{}: neither NAME.service, nor NAME.service.d/*.conf, nor *.yaml", word));
    auto text = outside->read_file(path);
    if (!text)
      return fail(fmt::format("cannot read {}", word), text.error().number);
    files.push_back({word, *text});
  }
  return files;
}

class Verification {
public:
  Verification(const Context& context, const Root& root, const PlacedFiles& files)
      : context_(context), root_(root), manager_(context.manager(root)),
        index_(root, manager_, files) {
    // What lies where the manager looks for units is installed, whatever way it was named.
    SearchPath path = unit_search_path(root, manager_);
    for (const PlacedFile& file : files)
      if (!context.is_this_machine() ||
          std::none_of(path.directories.begin(), path.directories.end(), [&](const auto& dir) {
            return path_is_below(std::filesystem::absolute(file.path).string(), dir);
          }))
        placed_.push_back(file);
  }

  /// Errors: there is no such unit.
  Result<void> add(const std::string& word) {
    if (!is_file(word))
      return add_unit(word);
    if (is_presets(word))
      add_presets_of(word);
    else if (std::string name = subject_of(word);
             name != "service" && (!is_dash_prefix(name) || word.ends_with(".service")))
      return add_unit(name);
    else
      add_units_with(word);
    return {};
  }

  void add_everything() {
    verified_.push_back({"", check::check_problems(index_.unit_problems(), "not-confined")});
    verified_.push_back({"", check::check_problems(index_.problems(), "presets")});
    for (const auto& [name, preset] : index_.presets().all())
      if (!path_is_below(preset.where.file, "/usr")) // the vendor has tested his own
        add_preset(preset);
    // What was meant to declare something, too: nobody else notices that it does not.
    for (const DeclaredUnit& declared : index_.having([](std::string_view text) {
           return may_declare(text) || check::has_misspelt_section(text);
         }))
      if (declared.declaration.state != Declaration::State::None ||
          check::has_misspelt_section(declared.unit))
        add_declared(declared);
  }

  /// A file of conf.d that is broken as a whole may concern any service.
  void add_broken_presets() {
    verified_.push_back({"", check::check_problems(index_.presets().file_problems(), "presets")});
  }

  const std::vector<Verified>& verified() const { return verified_; }

private:
  Result<void> add_unit(const std::string& name) {
    auto declared = existing_unit(index_, name);
    if (!declared)
      return tl::unexpected(declared.error());
    add_declared(*declared);
    return {};
  }

  /// A drop-in that reaches many: those that declare something are all that it can change.
  void add_units_with(const std::string& drop_in) {
    for (const DeclaredUnit& declared : index_.declared())
      if (std::find(declared.unit.drop_ins.begin(), declared.unit.drop_ins.end(), drop_in) !=
          declared.unit.drop_ins.end())
        add_declared(declared);
  }

  void add_declared(const DeclaredUnit& declared) {
    const std::string& name = declared.unit.name;
    if (found_.count(name))
      return;
    ShownAbi shown = shown_abi(context_, -1, declared.declaration.policy);
    check::Findings findings =
        check::check_unit(root_, declared, manager_.scope, placed_,
                          shown.whose.empty() ? landlock::kNewestAbi : shown.abi);
    found_[name] = findings;
    // What was said of the template needs not be said of each instance.
    if (auto its_template = template_of(name))
      if (auto said = found_.find(*its_template); said != found_.end())
        std::erase_if(findings, [&](const check::Finding& finding) {
          const check::Findings& of_template = said->second;
          return std::find(of_template.begin(), of_template.end(), finding) != of_template.end();
        });
    verified_.push_back({name, std::move(findings)});
  }

  void add_presets_of(const std::string& file) {
    Diagnostics problems;
    for (const Diagnostic& problem : index_.problems())
      if (problem.where.file == file)
        problems.push_back(problem);
    verified_.push_back({"", check::check_problems(problems, "presets")});
    for (const auto& [name, preset] : index_.presets().all())
      if (preset.where.file == file)
        add_preset(preset);
    for (const DeclaredUnit& declared : index_.declared())
      if (const auto& given_at = declared.declaration.given_at; given_at && given_at->file == file)
        add_declared(declared);
  }

  void add_preset(const Preset& preset) {
    verified_.push_back({"", check::check_preset(root_, index_.presets(), preset, manager_.scope)});
  }

  const Context& context_;
  const Root& root_;
  ManagerEnvironment manager_;
  DeclarationIndex index_;
  PlacedFiles placed_;
  std::map<std::string, check::Findings> found_; ///< by unit
  std::vector<Verified> verified_;
};

int print(const Context& context, const Options& options, const std::vector<Verified>& verified) {
  if (context.json()) {
    for (const Verified& one : verified)
      for (const check::Finding& finding : one.findings)
        fmt::print("{}", json_line(finding_json(one.unit, finding)));
  } else {
    print_findings(stdout, verified);
  }
  FindingCount count = count_findings(verified);
  return count.errors > 0 || (options.strict && count.warnings > 0) ? kNotWell : kWell;
}

int verify(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  auto files = read_files(options.words);
  if (!files)
    return no_answer(files.error());
  Verification verification(context, *root, *files);
  bool names_units = std::any_of(options.words.begin(), options.words.end(),
                                 [](const std::string& word) { return !is_file(word); });
  if (names_units)
    verification.add_broken_presets();
  for (const std::string& word : options.words)
    if (auto added = verification.add(word); !added)
      return no_answer(added.error());
  if (options.words.empty())
    verification.add_everything();
  return print(context, options, verification.verified());
}

} // namespace

void add_verify(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("verify", "Check declarations and presets without starting anything");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT|FILE", options->words,
                   "Services; or unit files, drop-ins and presets, as if they were installed");
  verb->add_flag("--strict", options->strict, "Warnings count as errors");
  add_output_option(*verb, context, "text, or json (one object a line)");
  verb->footer("Exit status: 0 no errors, 1 errors (with --strict also warnings), 2 no answer.");
  verb->callback([&context, options] {
    context.run = [&context, options] { return verify(context, *options); };
  });
}

} // namespace unitlock::cli
