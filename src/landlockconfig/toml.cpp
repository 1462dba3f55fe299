// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <toml++/toml.h>

#include "landlockconfig/value.hpp"

namespace unitlock::landlockconfig {
namespace {

Value value_of(const std::string& file, const toml::node& node);

SourceRef place(const std::string& file, const toml::source_region& source) {
  return {file, static_cast<unsigned>(source.begin.line),
          static_cast<unsigned>(source.begin.column)};
}

Value table_of(const std::string& file, const toml::table& table) {
  Value value;
  value.kind = Value::Kind::Table;
  for (const auto& [key, member] : table)
    value.members.push_back({std::string(key.str()), value_of(file, member)});
  return value;
}

Value list_of(const std::string& file, const toml::array& array) {
  Value value;
  value.kind = Value::Kind::List;
  for (const toml::node& item : array)
    value.list.push_back(value_of(file, item));
  return value;
}

/// The parser has bounded the depth (TOML_MAX_NESTED_VALUES).
Value value_of(const std::string& file, const toml::node& node) {
  Value value;
  if (const toml::table* table = node.as_table()) {
    value = table_of(file, *table);
  } else if (const toml::array* array = node.as_array()) {
    value = list_of(file, *array);
  } else if (const auto* text = node.as_string()) {
    value.kind = Value::Kind::Text;
    value.text = text->get();
  } else if (const auto* number = node.as_integer(); number && number->get() >= 0) {
    value.kind = Value::Kind::Integer;
    value.integer = static_cast<std::uint64_t>(number->get());
  }
  value.where = place(file, node.source());
  return value;
}

} // namespace

Result<Value> parse_toml(const std::string& file, const std::string& text) {
  try {
    return value_of(file, toml::parse(text));
  } catch (const toml::parse_error& error) {
    return fail(place(file, error.source()), fmt::format("not TOML: {}", error.description()));
  }
}

} // namespace unitlock::landlockconfig
