// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/policy_tree.hpp"

#include <algorithm>
#include <list>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "cli/policy_text.hpp"
#include "policy/lines.hpp"

namespace unitlock::cli {
namespace {

constexpr std::string_view kArrow = " → ";
constexpr std::string_view kPreset = "preset ";

struct Node {
  std::string title;
  std::vector<const PolicyLine*> lines;
  std::list<Node> children;

  Node& child(const std::string& name) {
    auto found = std::find_if(children.begin(), children.end(),
                              [&](const Node& node) { return node.title == name; });
    return found == children.end() ? children.emplace_back(Node{name, {}, {}}) : *found;
  }
};

/// "preset a → b" is b below a. Of what several have said, the first one counts, as in the rule's
/// place.
std::vector<std::string> branch_of(const Provenance& from) {
  std::string_view said = std::string_view(from.said_by).substr(0, from.said_by.find(", "));
  if (from.origin == Origin::Section)
    return {"its own section"};
  if (from.origin == Origin::Unit)
    return {"its other settings", std::string(said)};
  std::vector<std::string> presets;
  said.remove_prefix(std::min(kPreset.size(), said.size()));
  while (!said.empty()) {
    std::size_t end = std::min(said.find(kArrow), said.size());
    presets.push_back(std::string(kPreset) + std::string(said.substr(0, end)));
    said.remove_prefix(std::min(end + kArrow.size(), said.size()));
  }
  return presets;
}

void print_node(std::FILE* stream, const Node& node, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  fmt::print(stream, "{}{}\n", indent, escape(node.title, Backslash::Keep));
  for (const PolicyLine* line : node.lines)
    fmt::print(stream, "{}  {}\n", indent, line_text(*line));
  for (const Node& child : node.children)
    print_node(stream, child, depth + 1);
}

} // namespace

void print_tree(std::FILE* stream, const DeclaredUnit& declared) {
  Node root;
  const auto lines = rule_lines(as_written(declared.declaration.policy));
  for (const PolicyLine& line : lines) {
    Node* node = &root;
    for (const std::string& name : branch_of(line.from))
      node = &node->child(name);
    node->lines.push_back(&line);
  }
  fmt::print(stream, "{}: {}\n", escape(declared.unit.name, Backslash::Keep), headline(declared));
  for (const Node& child : root.children)
    print_node(stream, child, 1);
}

} // namespace unitlock::cli
