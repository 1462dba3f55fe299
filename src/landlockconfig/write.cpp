// SPDX-License-Identifier: LGPL-2.1-or-later
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include "landlockconfig/configuration.hpp"
#include "landlockconfig/keys.hpp"
#include "policy/grants.hpp"
#include "unit/words.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::Family;
using nlohmann::ordered_json;

/// One rule for all objects with the same rights, in the order in which the rights first appear.
template <class Objects, class Text>
ordered_json rules_of(const Objects& objects, Family family, std::string_view allowed,
                      std::string_view key, Text text) {
  auto rules = ordered_json::array();
  std::map<std::uint64_t, std::size_t> rule_with;
  for (const auto& object : objects) {
    auto [at, is_new] = rule_with.try_emplace(object.access, rules.size());
    if (is_new) {
      auto rule = ordered_json::object();
      rule[std::string(allowed)] = short_names(object.access, family);
      rules.push_back(rule);
    }
    rules[at->second][std::string(key)].push_back(text(object));
  }
  return rules;
}

ordered_json json_of(const Configuration& configuration, const Keys& keys) {
  ordered_json ruleset = ordered_json::object();
  for (auto [key, family] : {std::pair(keys.handled_fs, Family::Filesystem),
                             std::pair(keys.handled_net, Family::Network),
                             std::pair(std::string_view("scoped"), Family::Scope)})
    if (configuration.handled.of(family) != 0)
      ruleset[std::string(key)] = short_names(configuration.handled.of(family), family);
  ordered_json document = ordered_json::object();
  document[std::string(keys.ruleset)] = ordered_json::array({ruleset});
  if (!configuration.paths.empty())
    document[std::string(keys.path_beneath)] =
        rules_of(configuration.paths, Family::Filesystem, keys.allowed, "parent",
                 [](const PathBeneath& rule) { return escape_variables(rule.path); });
  if (!configuration.ports.empty())
    document[std::string(keys.net_port)] =
        rules_of(configuration.ports, Family::Network, keys.allowed, "port",
                 [](const NetPort& rule) { return rule.port; });
  return document;
}

toml::array toml_array(const ordered_json& list);

toml::table toml_table(const ordered_json& object) {
  toml::table table;
  for (const auto& [key, value] : object.items())
    table.insert(key, toml_array(value));
  return table;
}

/// A document is nothing but tables, and lists of tables, texts and numbers.
toml::array toml_array(const ordered_json& list) {
  toml::array array;
  for (const ordered_json& item : list) {
    if (item.is_object())
      array.push_back(toml_table(item));
    else if (item.is_string())
      array.push_back(item.get<std::string>());
    else
      array.push_back(item.get<std::int64_t>());
  }
  return array;
}

} // namespace

std::string write_configuration(const Configuration& configuration, Language language) {
  ordered_json document = json_of(configuration, keys_of(language));
  if (language == Language::Json)
    return document.dump(2) + '\n';
  std::ostringstream text;
  text << toml_table(document) << '\n';
  return text.str();
}

} // namespace unitlock::landlockconfig
