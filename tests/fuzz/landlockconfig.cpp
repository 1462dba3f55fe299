// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text as a configuration of landlockconfig, in both of its languages.

#include "landlockconfig/convert.hpp"
#include "preset/preset_text.hpp"
#include "preset/presets.hpp"
#include "scratch_tree.hpp"
#include "target.hpp"

namespace unitlock::fuzz {
namespace {

using namespace landlockconfig;

/// What is imported can be read as a preset, and says the same there.
void check_preset(const Policy& policy) {
  static ScratchTree tree;
  tree.clear();
  require(tree.write("/etc/unitlock/conf.d/50-a.yaml", render_preset({"a", "b", {}, policy})),
          "the file can be written");
  Root root = tree.root();
  PortNames ports(root);
  Presets presets = Presets::load(root, {}, ports);
  for (const Diagnostic& problem : presets.problems())
    require(false, "a preset without mistakes", to_string(problem));
  auto read = presets.resolve("a");
  require(read.has_value(), "the preset is there");
  require(read->paths.size() == policy.paths.size(), "no path is lost");
}

void check(Language language, const Result<Value>& value) {
  if (!value) {
    require(value.error().where && value.error().where->line >= 1, "an error has a place",
            value.error().message);
    return;
  }
  auto configuration = read_configuration({{language, *value}});
  if (!configuration) {
    require(configuration.error().where.has_value(), "an error has a place",
            configuration.error().message);
    return;
  }
  for (const PathBeneath& rule : configuration->paths)
    require((rule.access & ~configuration->handled.fs) == 0, "a rule extends what is handled",
            rule.path);
  Imported imported = to_policy(*configuration);
  check_preset(imported.policy);
  std::string text = write_configuration(*configuration, Language::Json);
  require(parse_json("again", text).has_value(), "what is written can be read", text);
}

} // namespace
} // namespace unitlock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock;
  using namespace unitlock::fuzz;
  std::string text(text_of(data, size));
  check(landlockconfig::Language::Json, landlockconfig::parse_json("f", text));
  check(landlockconfig::Language::Toml, landlockconfig::parse_toml("f", text));
  return 0;
}
