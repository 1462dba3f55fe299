// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints the JSON Schema of the files in conf.d, for editors and for a package's CI. Made from the
// tables that the programs use, so that it cannot differ from them.
//
// What only the loader knows it cannot say: which presets there are, the names of services(5), and
// the strictness of the YAML itself.

#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/specifier.hpp"
#include "landlock/access.hpp"
#include "policy/vocabulary.hpp"
#include "preset/unit_presets.hpp"

namespace unitlock {
namespace {

using json = nlohmann::ordered_json;

json words_or_word(const json& word) {
  return {{"oneOf", {word, {{"type", "array"}, {"items", word}}}}};
}

/// An absolute path behind a "-", as a regular expression without its "^".
std::string path_pattern() {
  return fmt::format("-?(/|%[{}])([^%\\u0000-\\u001f\\u007f]|%[{}])*$", kDirectorySpecifiers,
                     kSpecifiers);
}

json path_word(const std::string& prefix) {
  return {{"type", "string"},
          {"pattern", "^" + prefix + path_pattern()},
          {"not", {{"pattern", "(^-?|[/:])\\.\\.(/|$)"}}}};
}

json allow_word() {
  std::string rights;
  for (const landlock::Right& right : landlock::kRights)
    if (right.family == landlock::Family::Filesystem)
      rights += fmt::format("{}{}", rights.empty() ? "" : "|", right.short_name());
  return path_word(fmt::format("({0})(,({0}))*:", rights));
}

json port_word() {
  constexpr std::string_view kPort = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}"
                                     "|[1-5][0-9]{4}|[0-9]{1,4})";
  return {{"oneOf",
           {{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}},
            {{"type", "string"}, {"pattern", fmt::format("^({0}(-{0})?|[^0-9-].*)$", kPort)}}}}};
}

template <class Rows>
json one_of_the_words(const Rows& rows) {
  auto words = json::array();
  for (const auto& row : rows)
    words.push_back(row.word);
  return {{"enum", words}};
}

json preset() {
  json keys = {{"description", {{"type", {"string", "number", "boolean"}}}},
               {"extends", words_or_word({{"type", "string"}})}};
  for (const PathDirective& row : kPathDirectives)
    keys[std::string(row.key)] = words_or_word(path_word(""));
  keys["allow"] = words_or_word(allow_word());
  keys["quiet"] = words_or_word({{"anyOf", {path_word(""), allow_word()}}});
  for (const PortDirective& row : kPortDirectives)
    keys[std::string(row.key)] = words_or_word(port_word());
  keys["restrict"] = words_or_word(one_of_the_words(kFamilyWords));
  keys["scope"] = words_or_word(one_of_the_words(kScopeWords));
  keys["not-derived"] = words_or_word(one_of_the_words(kDerivedSettings));
  return {{"type", "object"}, {"properties", keys}, {"additionalProperties", false}};
}

json presets() {
  return {{"type", "object"},
          {"propertyNames", {{"minLength", 1}, {"not", {{"const", kNoPreset}}}}},
          {"additionalProperties", preset()}};
}

json units() {
  json name = {{"type", "string"}, {"minLength", 1}};
  json named = name;
  named["not"] = {{"const", kNoPreset}};
  return {{"type", "object"},
          {"propertyNames", {{"pattern", R"(^([^@]+(@\*?)?|[^@*?\[]+@[^*?\[]+)\.service$)"}}},
          {"additionalProperties",
           {{"oneOf", {name, {{"type", "array"}, {"items", named}, {"minItems", 1}}}}}}};
}

json schema() {
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "unitlock presets"},
          {"description", "The files of unitlock/conf.d, see unitlock.presets(5)"},
          {"type", "object"},
          {"properties", {{"presets", presets()}, {"units", units()}, {"user-units", units()}}},
          {"additionalProperties", false}};
}

} // namespace
} // namespace unitlock

int main() {
  std::puts(unitlock::schema().dump(2).c_str());
}
