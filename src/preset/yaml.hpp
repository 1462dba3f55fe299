// SPDX-License-Identifier: LGPL-2.1-or-later
// A YAML document, strictly: maps, lists and scalars, each with its place. Anchors, aliases, tags,
// duplicate keys and keys that are no scalars are errors. Nothing else reads with yaml-cpp;
// preset_text.hpp writes with it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace unitlock {

struct YamlNode {
  enum class Kind { Null, Scalar, List, Map };
  struct Entry;

  Kind kind = Kind::Null;
  SourceRef where;
  std::string scalar;
  std::vector<YamlNode> list;
  std::vector<Entry> map; ///< in the order written
};

struct YamlNode::Entry {
  std::string key;
  SourceRef where;
  YamlNode value;
};

/// "a map", "a list", "a scalar", "nothing".
const char* kind_name(YamlNode::Kind kind);

/// One document; an empty one is a Null node. Errors: with file:line:column.
Result<YamlNode> parse_yaml(const std::string& path, const std::string& text);

} // namespace unitlock
