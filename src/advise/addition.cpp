// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/addition.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "policy/argument.hpp"
#include "policy/difference.hpp"

namespace unitlock::advise {
namespace {

constexpr std::string_view kMark =
    "# Added by \"unitlock suggest\"; \"unitlock suggest --undo\" takes it back. ";
/// Behind the checksum, where the text before ended without a newline.
constexpr std::string_view kNewline = " newline";

std::string checksum(std::string_view text) {
  return fmt::format("{:016x}", policy_hash_add(kPolicyHashStart, text));
}

std::size_t last_mark(const std::string& text) {
  for (std::size_t at = text.rfind(kMark); at != text.npos;
       at = at == 0 ? text.npos : text.rfind(kMark, at - 1))
    if (at == 0 || text[at - 1] == '\n')
      return at;
  return text.npos;
}

using Said = std::tuple<std::string, std::string, std::string>;

std::vector<Said> said_by(const Unit& unit) {
  std::vector<Said> all;
  for (const Assignment& assignment : unit.assignments)
    all.emplace_back(assignment.section, assignment.key, assignment.value);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Said> said_by(const std::vector<ChosenLine>& lines) {
  std::vector<Said> all;
  for (const ChosenLine& line : lines) {
    std::size_t equals = line.line.find('=');
    all.emplace_back("X-Landlock", line.line.substr(0, equals), line.line.substr(equals + 1));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Said> without(const std::vector<Said>& all, const std::vector<Said>& some) {
  std::vector<Said> left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(left));
  return left;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

void put_line(std::string& diff, char side, std::string_view line) {
  diff += side;
  bool ends = line.ends_with('\n');
  // What was there before may be anybody's.
  diff += escape(line.substr(0, line.size() - (ends ? 1 : 0)), Backslash::Keep);
  diff += ends ? "\n" : "\n\\ No newline at end of file\n";
}

} // namespace

std::string with_addition(const std::string& text, const std::vector<ChosenLine>& lines) {
  std::string block = "[X-Landlock]\n";
  for (const ChosenLine& chosen : lines) {
    for (const std::string& comment : chosen.comments)
      block += fmt::format("# {}\n", comment);
    block += chosen.line + "\n";
  }
  bool needs_newline = !text.empty() && !text.ends_with('\n');
  return fmt::format("{}{}{}{}{}\n{}", text, needs_newline ? "\n" : "", kMark, checksum(block),
                     needs_newline ? kNewline : "", block);
}

Result<std::string> without_last_addition(const std::string& text) {
  std::size_t at = last_mark(text);
  if (at == text.npos)
    return fail("nothing in it was added by \"unitlock suggest\"");
  std::size_t end = text.find('\n', at);
  if (end == text.npos)
    return fail("what \"unitlock suggest\" added was changed since");
  std::string mark = text.substr(at + kMark.size(), end - at - kMark.size());
  bool had_newline = !mark.ends_with(kNewline);
  if (!had_newline)
    mark.resize(mark.size() - kNewline.size());
  if (mark != checksum(std::string_view(text).substr(end + 1)))
    return fail("what \"unitlock suggest\" added was changed since, or something follows it");
  return text.substr(0, had_newline ? at : at - 1);
}

Result<void> adds_only(const DeclaredUnit& before, const DeclaredUnit& after,
                       const std::vector<ChosenLine>& lines) {
  auto old_lines = said_by(before.unit), new_lines = said_by(after.unit);
  if (!without(old_lines, new_lines).empty())
    return fail("a line that was there would be read no more");
  if (without(new_lines, old_lines) != said_by(lines))
    return fail("other lines would be read than those that are meant");
  if (after.unit.bad_lines.size() != before.unit.bad_lines.size() ||
      after.unit.broken.size() != before.unit.broken.size())
    return fail("a line would be malformed");
  if (after.declaration.state != Declaration::State::Confined)
    return fail("the declaration would not be valid");
  Policy meant = before.declaration.policy;
  for (const ChosenLine& line : lines)
    add_to(meant, line.grant);
  allow_ephemeral_udp(meant); // as for every declaration
  remove_duplicates(meant);
  if (!difference(meant, after.declaration.policy).empty())
    return fail("something else would be granted than what is meant");
  return {};
}

std::string appended_diff(const std::string& path, const std::string& before,
                          const std::string& after) {
  constexpr std::size_t kContext = 3;
  auto old_lines = lines_of(before), new_lines = lines_of(after);
  // A last line that lacked its newline is written anew.
  std::size_t same = old_lines.size();
  if (same > 0 && !before.ends_with('\n'))
    --same;
  std::size_t first = same > kContext ? same - kContext : 0;
  auto range = [&](std::size_t size) {
    return fmt::format("{},{}", size > first ? first + 1 : first, size - first);
  };
  std::string diff =
      fmt::format("--- {}\n+++ {}\n@@ -{} +{} @@\n", before.empty() ? "/dev/null" : path, path,
                  range(old_lines.size()), range(new_lines.size()));
  for (std::size_t i = first; i < same; ++i)
    put_line(diff, ' ', old_lines[i]);
  for (std::size_t i = same; i < old_lines.size(); ++i)
    put_line(diff, '-', old_lines[i]);
  for (std::size_t i = same; i < new_lines.size(); ++i)
    put_line(diff, '+', new_lines[i]);
  return diff;
}

} // namespace unitlock::advise
