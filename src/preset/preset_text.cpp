// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/preset_text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/escape.hpp"
#include "policy/grants.hpp"

namespace unitlock {
namespace {

struct Item {
  std::string word;
  std::string comment;
};
using Key = std::pair<std::string_view, std::vector<Item>>;

/// Where the rule comes from, on one line whatever a file is called.
std::string comment_of(const Provenance& from) {
  if (from.where.file.empty())
    return from.said_by;
  return escape(to_string(SourceRef{from.where.file, from.where.line, 0}), Backslash::Keep);
}

/// The keys in the vocabulary's order, each with its words in the policy's.
std::vector<Key> keys_of(const Policy& policy) {
  std::vector<Key> keys;
  for (const PathDirective& row : kPathDirectives)
    keys.push_back({row.key, {}});
  keys.push_back({"allow", {}});
  for (const PortDirective& row : kPortDirectives)
    keys.push_back({row.key, {}});
  auto add = [&](const KeyedWord& said, const Provenance& from) {
    auto key =
        std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.first == said.key; });
    key->second.push_back({said.word, comment_of(from)});
  };
  for (const PathRule& rule : policy.paths)
    add(word_of(rule), rule.from);
  for (const PortRule& rule : policy.ports)
    for (const KeyedWord& said : words_of(rule))
      add(said, rule.from);
  return keys;
}

void emit(YAML::Emitter& out, const Key& key) {
  out << YAML::Key << std::string(key.first) << YAML::Value << YAML::BeginSeq;
  for (const Item& item : key.second) {
    out << item.word;
    if (!item.comment.empty())
      out << YAML::Comment(item.comment);
  }
  out << YAML::EndSeq;
}

} // namespace

std::string render_preset(const PresetText& preset) {
  std::string text;
  for (const std::string& line : preset.head)
    text += line.empty() ? "#\n" : "# " + line + "\n";
  YAML::Emitter out;
  // U+0085 and U+2028 are line breaks to some readers of YAML, U+202E turns a terminal's text
  // around.
  out.SetOutputCharset(YAML::EscapeNonAscii);
  out << YAML::BeginMap << YAML::Key << "presets" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << preset.name << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "description" << YAML::Value << preset.description;
  for (const Key& key : keys_of(preset.policy))
    if (!key.second.empty())
      emit(out, key);
  out << YAML::EndMap << YAML::EndMap << YAML::EndMap;
  return text + out.c_str() + '\n';
}

} // namespace unitlock
