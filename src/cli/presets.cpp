// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock presets: which there are, what one of them grants and extends, and which services get
// it. Exit status 1 where files or presets are invalid, 2 for an unknown preset.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/context.hpp"
#include "cli/fields.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "cli/verbs.hpp"

namespace unitlock::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string preset;
};

/// The patterns of "units:" with the preset. Whether such an entry counts for a service, show
/// tells.
std::vector<std::string> named_for(const Presets& presets, const std::string& name) {
  std::vector<std::string> patterns;
  for (const UnitPresets& unit : presets.units())
    if (std::any_of(unit.presets.begin(), unit.presets.end(),
                    [&](const PresetName& preset) { return preset.name == name; }))
      patterns.push_back(escape(unit.pattern));
  return patterns;
}

void print_list(const Presets& presets) {
  Table table({{"PRESET"}, {"DESCRIPTION", false, true}, {"NAMED FOR", false, true}});
  for (const auto& [name, preset] : presets.all())
    table.add({escape(name), escape(preset.description, Backslash::Keep),
               fmt::format("{}", fmt::join(named_for(presets, name), " "))});
  table.print(stdout);
}

/// The preset and what it extends, indented. A preset that is there already, or extends itself, is
/// not opened again.
void add_tree(const Presets& presets, const std::string& name, std::size_t depth,
              std::vector<std::string>& lines, std::set<std::string>& seen) {
  lines.push_back(std::string(2 * depth, ' ') + escape(name));
  auto found = presets.all().find(name);
  if (found == presets.all().end() || !seen.insert(name).second)
    return;
  for (const PresetName& parent : found->second.extends)
    add_tree(presets, parent.name, depth + 1, lines, seen);
}

void print_preset(const Presets& presets, const Preset& preset) {
  std::vector<std::string> tree;
  std::set<std::string> seen;
  for (const PresetName& parent : preset.extends)
    add_tree(presets, parent.name, 0, tree, seen);
  Fields fields;
  fields.add("Preset", escape(preset.name));
  if (!preset.description.empty())
    fields.add("Description", escape(preset.description, Backslash::Keep));
  fields.add("File", place(preset.where));
  fields.add("Extends", tree);
  auto policy = presets.resolve(preset.name);
  if (policy)
    fields.add_words("Not derived", {policy->not_derived.begin(), policy->not_derived.end()});
  fields.add("Named for", named_for(presets, preset.name));
  fields.print(stdout);
  if (policy)
    print_rules(stdout, *policy);
}

ordered_json preset_json(const Presets& presets, const Preset& preset) {
  auto extends = ordered_json::array();
  for (const PresetName& parent : preset.extends)
    extends.push_back(json_bytes(parent.name));
  auto units = ordered_json::array();
  for (const std::string& pattern : named_for(presets, preset.name))
    units.push_back(pattern);
  auto policy = presets.resolve(preset.name);
  return {{"preset", json_bytes(preset.name)},
          {"description", json_bytes(preset.description)},
          {"where", place_json(preset.where)},
          {"extends", extends},
          {"named_for", units},
          {"valid", policy.has_value()},
          {"not_derived", policy ? ordered_json(policy->not_derived) : ordered_json::array()},
          {"rules", policy ? rules_json(*policy) : ordered_json::array()},
          {"expected", policy ? expected_json(*policy) : ordered_json::array()},
          {"diagnostics", diagnostics_json(preset.errors)}};
}

int presets(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  DeclarationIndex index(*root, context.manager(*root));
  const Presets& all = index.presets();
  if (!options.preset.empty() && !all.all().contains(options.preset))
    return no_answer({fmt::format("there is no preset '{}'", options.preset), 0, {}});
  const Preset* one = options.preset.empty() ? nullptr : &all.all().at(options.preset);
  const Diagnostics& problems = one ? one->errors : index.problems();
  for (const Diagnostic& problem : problems)
    complain(to_string(problem));
  if (context.json()) {
    for (const auto& [name, preset] : all.all())
      if (!one || one == &preset)
        fmt::print("{}", json_line(preset_json(all, preset)));
  } else if (one) {
    print_preset(all, *one);
  } else {
    print_list(all);
  }
  return has_errors(problems) ? kNotWell : kWell;
}

} // namespace

void add_presets(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("presets", "Show the presets that there are");
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->preset, "One preset, with all that it grants");
  add_output_option(*verb, context, "table (default), or json (one object a line)");
  verb->callback([&context, options] {
    context.run = [&context, options] { return presets(context, *options); };
  });
}

} // namespace unitlock::cli
