// SPDX-License-Identifier: LGPL-2.1-or-later
// One word of a declaration (a path, a port, a family) checked and added to a policy. The
// [X-Landlock] section and the presets both go through here, so that a word means the same in both.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.hpp"
#include "policy/port_names.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {

/// "/path", "-/path" or a specifier that stands for a directory ("%S/nginx"). Returns the
/// simplified path and whether it is optional. Errors: relative, "..", unknown specifier, control
/// characters.
struct DeclaredPath {
  std::string path;
  bool optional = false;
};
Result<DeclaredPath> parse_declared_path(const std::string& word);

Result<void> grant_path(Policy& policy, std::uint64_t access, const std::string& word,
                        const Provenance& from);
/// "right,right:/path".
Result<void> grant_allow(Policy& policy, const std::string& word, const Provenance& from);
/// "/path", of which nothing is logged, or "right,right:/path", where just that is expected.
Result<void> add_quiet(Policy& policy, const std::string& word, const Provenance& from);
/// "80", "1024-2047", "http" or "any".
Result<void> grant_port(Policy& policy, const PortDirective& directive, const std::string& word,
                        const PortNames& names, const Provenance& from);

/// A rule as a declaration says it: the directive and its key (vocabulary.hpp), or AllowPaths=
/// where none grants just that, and its word: "-/path", "read_file,execute:/path", "1024-2047".
struct KeyedWord {
  std::string_view name;
  std::string_view key;
  std::string word;
};
KeyedWord word_of(const PathRule& rule);
/// "right,right:/path", for QuietPaths=.
std::string word_of(const ExpectedRule& rule);
/// One for each right that the rule grants.
std::vector<KeyedWord> words_of(const PortRule& rule);

/// The directive that grants just these rights; nullptr where none does.
const PathDirective* directive_of(std::uint64_t fs_access);
/// Rights without their family, in the table's order: "read_file".
std::vector<std::string_view> short_names(std::uint64_t rights, landlock::Family family);

/// The words of Restrict= and Scope=, and back.
std::vector<std::string_view> words_of_families(FamilySet families);
std::vector<std::string_view> words_of_scope(std::uint64_t scope);
Result<FamilySet> parse_families(const std::vector<std::string>& words);
Result<std::uint64_t> parse_scope(const std::vector<std::string>& words);

} // namespace unitlock
