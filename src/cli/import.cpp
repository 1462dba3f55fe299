// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock import: landlockconfig files as a preset, on standard output. Exit status 1 where
// something could not be taken over.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/escape.hpp"
#include "base/files.hpp"
#include "cli/context.hpp"
#include "cli/verbs.hpp"
#include "landlockconfig/convert.hpp"
#include "policy/grants.hpp"
#include "preset/preset_text.hpp"
#include "preset/unit_presets.hpp"

namespace unitlock::cli {
namespace {

using landlockconfig::Document;
using landlockconfig::Language;

struct Options {
  std::vector<std::string> files;
  std::string name;
  std::string format;
};

Result<std::string> text_of(const std::string& file) {
  if (file == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto root = Root::open("/");
  if (!root)
    return tl::unexpected(root.error());
  return root->read_file(std::filesystem::absolute(file).string());
}

Result<Language> language_of(const std::string& file, const std::string& format) {
  std::string word =
      format.empty() ? std::filesystem::path(file).extension().string() : "." + format;
  if (word == ".json")
    return Language::Json;
  if (word == ".toml")
    return Language::Toml;
  return fail(fmt::format("{}: is neither *.json nor *.toml: say --format=", file));
}

Result<Document> document_of(const std::string& file, const std::string& format) {
  auto language = language_of(file, format);
  if (!language)
    return tl::unexpected(language.error());
  auto text = text_of(file);
  if (!text)
    return tl::unexpected(text.error());
  auto value = *language == Language::Json ? landlockconfig::parse_json(file, *text)
                                           : landlockconfig::parse_toml(file, *text);
  if (!value)
    return tl::unexpected(value.error());
  return Document{*language, std::move(*value)};
}

bool is_name(std::string_view name) {
  return !name.empty() && name[0] != '-' && name != kNoPreset &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

/// --name=, or what the first file is called.
Result<std::string> preset_name(const Options& options) {
  std::string name = options.name;
  if (name.empty() && options.files[0] != "-")
    name = std::filesystem::path(options.files[0]).stem().string();
  if (is_name(name))
    return name;
  return fail(name.empty() ? "the preset needs a --name="
                           : fmt::format("'{}' can be no preset's name: say --name=", name));
}

/// What a unit has to say to restrict no more than is handled: families, scopes, and no right that
/// came later.
std::vector<std::string> settings(const landlock::AccessSet& handled) {
  const int abi = std::max(landlock::first_abi_of(handled), 1);
  auto families = words_of_families(families_of(handled));
  auto scopes = words_of_scope(handled.scope);
  std::vector<std::string> lines = {fmt::format("ABI={}", abi)};
  if (families.size() < std::size(kFamilyWords))
    lines.push_back(fmt::format("Restrict={}", fmt::join(families, " ")));
  if (!scopes.empty() && scopes.size() < std::size(kScopeWords))
    lines.push_back(fmt::format("Scope={}", fmt::join(scopes, " ")));
  return lines;
}

/// What the file says to whoever opens it: how a service is confined by just this.
std::vector<std::string> head(const std::string& name, const std::vector<std::string>& files,
                              const landlock::AccessSet& handled) {
  std::string from = escape(fmt::format("{}", fmt::join(files, " ")), Backslash::Keep);
  std::vector<std::string> lines = {
      fmt::format("Made by \"unitlock import\" from the landlockconfig {}.", from),
      "A service that is to be confined as that says, and no more, declares",
      "",
      "    [X-Landlock]",
      "    Preset=" + name,
      "    DeriveFromUnit=no",
  };
  for (const std::string& setting : settings(handled))
    lines.push_back("    " + setting);
  lines.push_back("");
  lines.push_back(
      "The program itself has to be among what may be executed, with the libraries of it.");
  lines.push_back(
      "What is marked \"not handled\" was not restricted there, and is granted everywhere:");
  lines.push_back("beside another preset, that lifts what the other one restricts.");
  return lines;
}

int import(const Options& options) {
  auto name = preset_name(options);
  if (!name)
    return no_answer(name.error());
  std::vector<Document> documents;
  for (const std::string& file : options.files) {
    auto document = document_of(file, options.format);
    if (!document)
      return no_answer(document.error());
    documents.push_back(std::move(*document));
  }
  auto configuration = landlockconfig::read_configuration(documents);
  if (!configuration)
    return no_answer(configuration.error());
  auto imported = landlockconfig::to_policy(*configuration);
  for (const Diagnostic& loss : imported.losses)
    complain(to_string(loss));
  fmt::print("{}", render_preset({*name, "Imported from landlockconfig",
                                  head(*name, options.files, imported.handled), imported.policy}));
  return imported.losses.empty() ? kWell : kNotWell;
}

} // namespace

void add_import(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("import", "Print landlockconfig files as a preset");
  auto options = std::make_shared<Options>();
  verb->add_option("FILE", options->files, "*.json, *.toml, or - for standard input")->required();
  verb->add_option("--name", options->name, "The preset's name (default: the first file's)")
      ->type_name("NAME");
  verb->add_option("--format", options->format, "What the files are, whatever they are called")
      ->check(CLI::IsMember({"json", "toml"}))
      ->type_name("FORMAT");
  verb->callback([&context, options] { context.run = [options] { return import(*options); }; });
}

} // namespace unitlock::cli
