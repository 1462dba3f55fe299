// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text as a file of presets.

#include "preset/presets.hpp"
#include "policy/command_line.hpp"
#include "preset/yaml.hpp"
#include "scratch_tree.hpp"
#include "target.hpp"

namespace unitlock::fuzz {
namespace {

constexpr const char* kFile = "/etc/unitlock/conf.d/50-fuzz.yaml";

void check_places(const YamlNode& node) {
  require(node.where.line >= 1 && node.where.column >= 1, "a node has a place", node.scalar);
  for (const YamlNode& item : node.list)
    check_places(item);
  for (const YamlNode::Entry& entry : node.map)
    check_places(entry.value);
}

void check_presets(const Presets& presets) {
  for (const auto& [name, preset] : presets.all()) {
    require(preset.name == name && !name.empty(), "a preset has its name", name);
    auto policy = presets.resolve(name);
    require(preset.errors.empty() || !policy, "an invalid preset is of no use", name);
    if (!policy)
      continue;
    for (const PathRule& rule : policy->paths)
      require(rule.path.starts_with('/') || rule.path.starts_with('%'), "a path is absolute",
              rule.path);
    for (const std::string& option : render_options(*policy))
      require(option.find('\n') == std::string::npos, "an option is one line", option);
  }
  require(!presets.resolve("no such preset"), "what is unknown is of no use");
}

} // namespace
} // namespace unitlock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock;
  using namespace unitlock::fuzz;
  static ScratchTree tree;
  std::string text(text_of(data, size));
  auto document = parse_yaml(kFile, text);
  if (document && document->kind != YamlNode::Kind::Null)
    check_places(*document);
  tree.clear();
  require(tree.write(kFile, text), "the file can be written");
  Root root = tree.root();
  PortNames ports(root);
  Presets presets = Presets::load(root, {}, ports);
  require(document || !presets.problems().empty(), "what is no YAML is a problem");
  check_presets(presets);
  return 0;
}
