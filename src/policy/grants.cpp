// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/grants.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "base/specifier.hpp"
#include "base/text.hpp"
#include "policy/argument.hpp"

namespace unitlock {

Result<DeclaredPath> parse_declared_path(const std::string& word) {
  DeclaredPath out;
  out.optional = !word.empty() && word[0] == '-';
  std::string path = word.substr(out.optional ? 1 : 0);
  bool specifier = begins_with_directory_specifier(path);
  if (path.empty() || (path[0] != '/' && !specifier))
    return fail(fmt::format("'{}' is not an absolute path", word));
  if (!is_valid_utf8(path) ||
      std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return fail(fmt::format("the path holds a control character or is not valid UTF-8"));
  if (auto unknown = unknown_specifier(path))
    return fail(fmt::format("'{}' holds the unknown specifier {} (write %% for a percent sign)",
                            word, *unknown));
  if (path_has_dotdot(path))
    return fail(fmt::format("'{}' holds '..'", word));
  out.path = simplify_path(path);
  if (specifier)
    out.path.erase(0, 1); // the slash that simplify_path() begins with
  return out;
}

Result<void> grant_path(Policy& policy, std::uint64_t access, const std::string& word,
                        const Provenance& from) {
  auto path = parse_declared_path(word);
  if (!path)
    return tl::unexpected(path.error());
  policy.paths.push_back({path->path, access, path->optional, from});
  return {};
}

namespace {

/// "right,right:/path".
struct RightsAtPath {
  std::uint64_t access = 0;
  std::string path_word;
};

Result<RightsAtPath> parse_rights_at_path(const std::string& word) {
  std::size_t colon = word.find(':');
  if (colon == std::string::npos)
    return fail(fmt::format("'{}' is not of the form right,right:/path", word));
  std::uint64_t access = 0;
  std::string rights = word.substr(0, colon) + ",";
  for (std::size_t at = 0; at < rights.size();) {
    std::size_t comma = rights.find(',', at);
    std::string name = rights.substr(at, comma - at);
    const landlock::Right* right = landlock::find_right(landlock::Family::Filesystem, name);
    if (!right)
      return fail(fmt::format("'{}' is not a filesystem right", name));
    access |= right->mask();
    at = comma + 1;
  }
  return RightsAtPath{access, word.substr(colon + 1)};
}

/// What begins a path cannot begin the name of a right.
bool names_rights(const std::string& word) {
  return word.find(':') != word.npos && std::string_view("/-%").find(word[0]) == word.npos;
}

} // namespace

Result<void> grant_allow(Policy& policy, const std::string& word, const Provenance& from) {
  auto parsed = parse_rights_at_path(word);
  if (!parsed)
    return tl::unexpected(parsed.error());
  return grant_path(policy, parsed->access, parsed->path_word, from);
}

namespace {

Result<void> add_expected(Policy& policy, const std::string& word, const Provenance& from) {
  auto parsed = parse_rights_at_path(word);
  if (!parsed)
    return tl::unexpected(parsed.error());
  auto path = parse_declared_path(parsed->path_word);
  if (!path)
    return tl::unexpected(path.error());
  policy.expected.push_back({path->path, parsed->access, from});
  return {};
}

} // namespace

Result<void> add_quiet(Policy& policy, const std::string& word, const Provenance& from) {
  if (names_rights(word))
    return add_expected(policy, word, from);
  auto path = parse_declared_path(word);
  if (!path)
    return tl::unexpected(path.error());
  policy.quiet.push_back({path->path, path->optional, from});
  return {};
}

Result<void> grant_port(Policy& policy, const PortDirective& directive, const std::string& word,
                        const PortNames& names, const Provenance& from) {
  Argument ports;
  bool numeric = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
  if (numeric || word == "any") {
    if (const char* problem = parse_ports(word, ports))
      return fail(fmt::format("'{}': {}", word, problem));
  } else if (auto port = names.find(word, directive.protocol)) {
    ports.first_port = ports.last_port = *port;
  } else {
    return fail(fmt::format("'{}' is no {} port, range, 'any' or name of /etc/services", word,
                            directive.protocol));
  }
  policy.ports.push_back(
      {ports.first_port, ports.last_port, ports.any_port, directive.access, from});
  return {};
}

const PathDirective* directive_of(std::uint64_t fs_access) {
  for (const PathDirective& row : kPathDirectives)
    if (row.access == fs_access)
      return &row;
  return nullptr;
}

std::vector<std::string_view> short_names(std::uint64_t rights, landlock::Family family) {
  std::vector<std::string_view> names;
  for (const landlock::Right& right : landlock::kRights)
    if (right.family == family && (rights & right.mask()) != 0)
      names.push_back(right.short_name());
  return names;
}

namespace {

std::string rights_at_path(std::uint64_t access, const std::string& path) {
  return fmt::format("{}:{}", fmt::join(short_names(access, landlock::Family::Filesystem), ","),
                     path);
}

} // namespace

KeyedWord word_of(const PathRule& rule) {
  std::string path = (rule.optional ? "-" : "") + rule.path;
  if (const PathDirective* directive = directive_of(rule.access))
    return {directive->name, directive->key, path};
  return {"AllowPaths", "allow", rights_at_path(rule.access, path)};
}

std::string word_of(const ExpectedRule& rule) {
  return rights_at_path(rule.access, rule.path);
}

std::vector<KeyedWord> words_of(const PortRule& rule) {
  std::string ports = rule.any                  ? "any"
                      : rule.first == rule.last ? fmt::format("{}", rule.first)
                                                : fmt::format("{}-{}", rule.first, rule.last);
  std::vector<KeyedWord> words;
  for (const PortDirective& row : kPortDirectives)
    if ((rule.access & row.access) != 0)
      words.push_back({row.name, row.key, ports});
  return words;
}

std::vector<std::string_view> words_of_families(FamilySet families) {
  std::vector<std::string_view> words;
  for (const FamilyWord& row : kFamilyWords)
    if ((families & family_bit(row.family)) != 0)
      words.push_back(row.word);
  return words;
}

std::vector<std::string_view> words_of_scope(std::uint64_t scope) {
  std::vector<std::string_view> words;
  for (const ScopeWord& row : kScopeWords)
    if ((scope & row.mask) != 0)
      words.push_back(row.word);
  return words;
}

Result<FamilySet> parse_families(const std::vector<std::string>& words) {
  FamilySet families = 0;
  for (const std::string& word : words) {
    auto row = std::find_if(std::begin(kFamilyWords), std::end(kFamilyWords),
                            [&](const FamilyWord& r) { return r.word == word; });
    if (row == std::end(kFamilyWords))
      return fail(fmt::format("'{}' is none of filesystem, network, scope", word));
    families = static_cast<FamilySet>(families | family_bit(row->family));
  }
  return families;
}

Result<std::uint64_t> parse_scope(const std::vector<std::string>& words) {
  std::uint64_t scope = 0;
  for (const std::string& word : words) {
    auto row = std::find_if(std::begin(kScopeWords), std::end(kScopeWords),
                            [&](const ScopeWord& r) { return r.word == word; });
    if (row == std::end(kScopeWords))
      return fail(fmt::format("'{}' is none of signal, abstract-unix-socket", word));
    scope |= row->mask;
  }
  return scope;
}

} // namespace unitlock
