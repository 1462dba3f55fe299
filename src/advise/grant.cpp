// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/grant.hpp"

#include <linux/limits.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/escape.hpp"
#include "base/files.hpp"
#include "policy/grants.hpp"
#include "policy/lines.hpp"
#include "policy/lower.hpp"
#include "unit/unit_file.hpp"
#include "unit/words.hpp"

namespace unitlock::advise {
namespace {

struct Parts {
  std::string key, word;
};

Parts parts_of(const Grant& grant) {
  if (const auto* scope = std::get_if<KeptScope>(&grant))
    return {"Scope", fmt::format("{}", fmt::join(words_of_scope(scope->scope), " "))};
  Policy one;
  add_to(one, grant);
  std::string text = rule_lines(one).front().text;
  std::size_t equals = text.find('=');
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// Whether a unit file's parser and the loader's words give back what was meant.
bool is_read_back(const std::string& line, const Parts& parts) {
  UnitFile file = parse_unit_file("suggested", "[X-Landlock]\n" + line + "\n");
  if (file.assignments.size() != 1 || !file.bad_lines.empty() || file.broken)
    return false;
  const Assignment& assignment = file.assignments.front();
  auto words = split_words(assignment.value);
  return assignment.key == parts.key && words && words->size() == 1 && words->front() == parts.word;
}

bool covers_path(const PathRule& wide, bool wide_on_directory, const PathRule& narrow,
                 bool narrow_on_directory) {
  std::uint64_t needed = narrow_on_directory ? narrow.access : on_file(narrow.access);
  bool is_within =
      narrow.path == wide.path || (wide_on_directory && path_is_below(narrow.path, wide.path));
  return is_within && (needed & ~wide.access) == 0;
}

bool covers_port(const PortRule& wide, const PortRule& narrow) {
  return (narrow.access & ~wide.access) == 0 &&
         (wide.any || (!narrow.any && wide.first <= narrow.first && narrow.last <= wide.last));
}

} // namespace

bool covers(const PlacedGrant& wide, const PlacedGrant& narrow) {
  if (const auto* a = std::get_if<PathRule>(&wide.grant), *b = std::get_if<PathRule>(&narrow.grant);
      a && b)
    return covers_path(*a, wide.is_on_directory, *b, narrow.is_on_directory);
  const auto *a = std::get_if<PortRule>(&wide.grant), *b = std::get_if<PortRule>(&narrow.grant);
  return a && b && covers_port(*a, *b);
}

Result<std::string> declared_path(const std::string& literal) {
  if (literal.size() >= PATH_MAX)
    return fail("the path is longer than the kernel opens");
  auto parsed = parse_declared_path(escape_specifiers(literal));
  if (!parsed)
    return fail("no unit file can hold the path: it has a control character, or is no UTF-8");
  // Who reads the line on a terminal must see the path that it names.
  if (escape(literal, Backslash::Keep) != literal)
    return fail("the path has characters that cannot be seen, or that change how others are shown");
  if (literal.empty() || literal[0] != '/' || parsed->path != escape_specifiers(literal))
    return fail("it is no path that a rule could be on");
  return parsed->path;
}

Result<std::string> line_of(const Grant& grant) {
  Parts parts = parts_of(grant);
  bool is_scope = std::holds_alternative<KeptScope>(grant);
  std::string line = parts.key + "=" + (is_scope ? parts.word : quote_word(parts.word));
  if (is_scope ? parts.word.empty() : !is_read_back(line, parts))
    return fail("no line of a unit file says this");
  return line;
}

void add_to(Policy& policy, const Grant& grant) {
  if (const auto* path = std::get_if<PathRule>(&grant))
    policy.paths.push_back(*path);
  else if (const auto* port = std::get_if<PortRule>(&grant))
    policy.ports.push_back(*port);
  else if (const auto* expected = std::get_if<ExpectedRule>(&grant))
    policy.expected.push_back(*expected);
  else
    policy.scope = std::get<KeptScope>(grant).scope;
}

} // namespace unitlock::advise
