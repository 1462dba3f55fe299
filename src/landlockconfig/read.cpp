// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "landlock/abi.hpp"
#include "landlockconfig/configuration.hpp"
#include "landlockconfig/keys.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::Family;

/// Variables can multiply; a policy of so many paths is no policy any more.
constexpr std::size_t kPathLimit = 10'000;
/// PATH_MAX, the NUL included: the kernel opens no longer one.
constexpr std::size_t kLengthLimit = 4096;

using Variables = std::map<std::string, std::set<std::string>, std::less<>>;

// --- shapes: each returns what it found, or an error with its place

const Value* member(const Value& table, std::string_view key) {
  for (const Value::Member& entry : table.members)
    if (entry.key == key)
      return &entry.value;
  return nullptr;
}

Result<void> expect_table(const Value& value, const std::vector<std::string_view>& known) {
  if (value.kind != Value::Kind::Table)
    return fail(value.where, "a table is expected here");
  for (const Value::Member& entry : value.members)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      return fail(entry.value.where, fmt::format("'{}' is no key of this table", entry.key));
  return {};
}

/// The list under `key`, which is not empty where it is there; no list where it is not.
Result<const std::vector<Value>*> list_under(const Value& table, std::string_view key) {
  static const std::vector<Value> none;
  const Value* value = member(table, key);
  if (!value)
    return &none;
  if (value->kind != Value::Kind::List || value->list.empty())
    return fail(value->where, fmt::format("'{}' must be a list that is not empty", key));
  return &value->list;
}

Result<const std::vector<Value>*> required_list(const Value& table, std::string_view key) {
  if (!member(table, key))
    return fail(table.where, fmt::format("'{}' is missing", key));
  return list_under(table, key);
}

Result<std::string> text_of(const Value& value) {
  if (value.kind != Value::Kind::Text)
    return fail(value.where, "a text is expected here");
  return value.text;
}

// --- rights

/// What "abi.all" and its siblings mean; nullopt for a word that is no group.
std::optional<std::uint64_t> group(Family family, std::string_view word, int abi) {
  std::uint64_t all = landlock::known_to(abi).of(family);
  if (word == "abi.all")
    return all;
  if (family != Family::Filesystem)
    return std::nullopt;
  if (word == "abi.read_execute")
    return all & (landlock::mask_of("fs.execute") | landlock::mask_of("fs.read_file") |
                  landlock::mask_of("fs.read_dir") | landlock::mask_of("fs.refer"));
  if (word == "abi.read_write")
    return all & ~landlock::mask_of("fs.execute");
  return std::nullopt;
}

Result<std::uint64_t> right_of(const Value& value, Family family, std::optional<int> abi) {
  auto word = text_of(value);
  if (!word)
    return tl::unexpected(word.error());
  if (const landlock::Right* right = landlock::find_right(family, *word))
    return right->mask();
  if (auto rights = group(family, *word, abi.value_or(1))) {
    if (!abi)
      return fail(value.where, fmt::format("'{}' needs an 'abi' in this file", *word));
    return *rights;
  }
  return fail(value.where, fmt::format("'{}' is no right of this kind", *word));
}

Result<std::uint64_t> rights_of(const std::vector<Value>& words, Family family,
                                std::optional<int> abi) {
  std::uint64_t rights = 0;
  for (const Value& word : words) {
    auto one = right_of(word, family, abi);
    if (!one)
      return one;
    rights |= *one;
  }
  return rights;
}

// --- variables

bool is_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Each of `beginnings` with each of `endings`.
std::vector<std::string> product(const std::vector<std::string>& beginnings,
                                 const std::set<std::string>& endings) {
  std::vector<std::string> all;
  for (const std::string& beginning : beginnings)
    for (const std::string& ending : endings)
      all.push_back(beginning + ending);
  return all;
}

/// The paths that a path with variables stands for.
Result<std::vector<std::string>> expand(const Value& value, const Variables& variables) {
  const std::string& text = value.text;
  std::vector<std::string> paths = {""};
  for (std::size_t at = 0; at < text.size();) {
    if (std::any_of(paths.begin(), paths.end(),
                    [](const std::string& path) { return path.size() >= kLengthLimit; }))
      return fail(value.where, "a path is longer than any that can be opened");
    if (text.compare(at, 2, "${") != 0) {
      std::size_t begin =
          at + (text.compare(at, 2, "$$") == 0 ? 1 : 0); // of two dollars one is meant
      at = std::min(text.find('$', begin + 1), text.size());
      paths = product(paths, {text.substr(begin, at - begin)});
      continue;
    }
    std::size_t end = text.find('}', at);
    std::string name = text.substr(at + 2, end == std::string::npos ? 0 : end - at - 2);
    if (!is_name(name))
      return fail(value.where, fmt::format("'{}' holds no name of a variable behind ${{", text));
    auto found = variables.find(name);
    if (found == variables.end())
      return fail(value.where, fmt::format("there is no variable '{}'", name));
    if (paths.size() * found->second.size() > kPathLimit)
      return fail(value.where, fmt::format("'{}' stands for too many paths", text));
    paths = product(paths, found->second);
    at = end + 1;
  }
  return paths;
}

Result<void> read_variable(const Value& value, Variables& variables) {
  if (auto table = expect_table(value, {"name", "literal"}); !table)
    return table;
  const Value* name = member(value, "name");
  if (!name)
    return fail(value.where, "'name' is missing");
  auto word = text_of(*name);
  if (!word || !is_name(*word))
    return fail(name->where, "a name is a letter, then letters, digits and underscores");
  auto literals = list_under(value, "literal");
  if (!literals)
    return tl::unexpected(literals.error());
  std::set<std::string>& values = variables[*word];
  for (const Value& literal : **literals) {
    auto one = text_of(literal);
    if (!one)
      return tl::unexpected(one.error());
    values.insert(*one);
  }
  return {};
}

// --- one document

class DocumentReader {
public:
  DocumentReader(const Document& document, const Variables& variables, Configuration& out)
      : value_(document.value), keys_(keys_of(document.language)), variables_(variables),
        out_(out) {}

  Result<void> read() {
    if (auto abi = read_abi(); !abi)
      return abi;
    if (auto done = each(keys_.ruleset, &DocumentReader::read_ruleset); !done)
      return done;
    if (auto done = each(keys_.path_beneath, &DocumentReader::read_path); !done)
      return done;
    return each(keys_.net_port, &DocumentReader::read_port);
  }

private:
  Result<void> each(std::string_view key, Result<void> (DocumentReader::*reader)(const Value&)) {
    auto list = list_under(value_, key);
    if (!list)
      return tl::unexpected(list.error());
    for (const Value& item : **list)
      if (auto done = (this->*reader)(item); !done)
        return done;
    return {};
  }

  Result<void> read_abi() {
    const Value* abi = member(value_, "abi");
    if (!abi)
      return {};
    if (abi->kind != Value::Kind::Integer || abi->integer == 0 || abi->integer > INT32_MAX)
      return fail(abi->where, "'abi' is a number from 1 on");
    abi_ = static_cast<int>(abi->integer);
    return {};
  }

  Result<void> read_ruleset(const Value& value) {
    if (auto table = expect_table(value, {keys_.handled_fs, keys_.handled_net, "scoped"}); !table)
      return table;
    if (value.members.empty())
      return fail(value.where, "a ruleset handles something");
    for (auto [key, family] : {std::pair(keys_.handled_fs, Family::Filesystem),
                               std::pair(keys_.handled_net, Family::Network),
                               std::pair(std::string_view("scoped"), Family::Scope)}) {
      auto words = list_under(value, key);
      if (!words)
        return tl::unexpected(words.error());
      auto rights = rights_of(**words, family, abi_);
      if (!rights)
        return tl::unexpected(rights.error());
      out_.handled.of(family) |= *rights;
    }
    return {};
  }

  /// The rights of a rule, which are handled from now on, and what it grants them on.
  struct Rule {
    std::uint64_t access = 0;
    const std::vector<Value>* objects = nullptr;
  };
  Result<Rule> read_rule(const Value& value, Family family, std::string_view objects_key) {
    if (auto table = expect_table(value, {keys_.allowed, objects_key}); !table)
      return tl::unexpected(table.error());
    auto words = required_list(value, keys_.allowed);
    if (!words)
      return tl::unexpected(words.error());
    auto rights = rights_of(**words, family, abi_);
    if (!rights)
      return tl::unexpected(rights.error());
    auto objects = required_list(value, objects_key);
    if (!objects)
      return tl::unexpected(objects.error());
    out_.handled.of(family) |= *rights;
    return Rule{*rights, *objects};
  }

  Result<void> read_path(const Value& value) {
    auto rule = read_rule(value, Family::Filesystem, "parent");
    if (!rule)
      return tl::unexpected(rule.error());
    for (const Value& parent : *rule->objects) {
      auto text = text_of(parent);
      if (!text)
        return tl::unexpected(text.error());
      auto paths = expand(parent, variables_);
      if (!paths)
        return tl::unexpected(paths.error());
      for (std::string& path : *paths)
        out_.paths.push_back({std::move(path), rule->access, parent.where});
      if (out_.paths.size() > kPathLimit)
        return fail(parent.where, fmt::format("there are more than {} paths", kPathLimit));
    }
    return {};
  }

  Result<void> read_port(const Value& value) {
    auto rule = read_rule(value, Family::Network, "port");
    if (!rule)
      return tl::unexpected(rule.error());
    for (const Value& port : *rule->objects) {
      if (port.kind != Value::Kind::Integer || port.integer > UINT16_MAX)
        return fail(port.where, "a port is a number up to 65535");
      out_.ports.push_back({static_cast<std::uint16_t>(port.integer), rule->access, port.where});
    }
    return {};
  }

  const Value& value_;
  const Keys& keys_;
  const Variables& variables_;
  Configuration& out_;
  std::optional<int> abi_;
};

Result<void> read_variables(const Document& document, Variables& variables) {
  const Keys& keys = keys_of(document.language);
  if (auto table = expect_table(
          document.value, {"abi", keys.variable, keys.ruleset, keys.path_beneath, keys.net_port});
      !table)
    return table;
  if (std::all_of(document.value.members.begin(), document.value.members.end(),
                  [](const Value::Member& entry) { return entry.key == "abi"; }))
    return fail(document.value.where, "it has no variable, no ruleset and no rule");
  auto list = list_under(document.value, keys.variable);
  if (!list)
    return tl::unexpected(list.error());
  for (const Value& variable : **list)
    if (auto done = read_variable(variable, variables); !done)
      return done;
  return {};
}

} // namespace

Result<Configuration> read_configuration(const std::vector<Document>& documents) {
  Variables variables;
  for (const Document& document : documents)
    if (auto done = read_variables(document, variables); !done)
      return tl::unexpected(done.error());
  Configuration configuration;
  for (const Document& document : documents)
    if (auto done = DocumentReader(document, variables, configuration).read(); !done)
      return tl::unexpected(done.error());
  return configuration;
}

} // namespace unitlock::landlockconfig
