// SPDX-License-Identifier: LGPL-2.1-or-later
// The text of a landlockconfig file as a tree, each part with its place: what its two languages,
// JSON and TOML, have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace unitlock::landlockconfig {

struct Value {
  enum class Kind { Integer, Text, List, Table, Other };
  struct Member;

  Kind kind = Kind::Other;
  SourceRef where;
  std::uint64_t integer = 0; ///< not negative: a negative number is Other
  std::string text;
  std::vector<Value> list;
  std::vector<Member> members; ///< in the order written; each key once
};

struct Value::Member {
  std::string key;
  Value value;
};

/// Errors: with file:line. Keys that are there twice, and texts nested deeper than any
/// configuration is, are errors too.
Result<Value> parse_json(const std::string& file, const std::string& text);
Result<Value> parse_toml(const std::string& file, const std::string& text);

} // namespace unitlock::landlockconfig
