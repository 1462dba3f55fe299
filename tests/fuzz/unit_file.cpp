// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text as a unit file: the parser, the words of its values, and the [X-Landlock] section.

#include <algorithm>

#include "base/text.hpp"
#include "declare/section.hpp"
#include "policy/command_line.hpp"
#include "scratch_tree.hpp"
#include "target.hpp"
#include "unit/words.hpp"
#include "unit_text.hpp"

namespace unitlock::fuzz {
namespace {

/// What conf-parser.c promises to those who read the assignments.
void check_assignments(const UnitFile& file) {
  unsigned line = 0;
  for (const Assignment& assignment : file.assignments) {
    require(!assignment.section.empty() && !assignment.key.empty(), "section and key are there");
    require(strip(assignment.key) == assignment.key, "the key is stripped", assignment.key);
    require(strip(assignment.value) == assignment.value, "the value is stripped", assignment.value);
    require(is_valid_utf8(assignment.value), "the value is UTF-8", assignment.value);
    require(assignment.value.find_first_of("\n\r") == std::string::npos, "the value is one line",
            assignment.value);
    require(assignment.where.line > line, "each assignment has a line of its own", assignment.key);
    line = assignment.where.line;
  }
}

void check_broken(const UnitFile& file, std::string_view text) {
  if (file.broken)
    require(text.ends_with(file.broken->unread), "what is unread is the text's end");
}

void check_word(std::string_view word) {
  std::string quoted = quote_word(word);
  std::string_view rest = quoted;
  auto raw = next_raw_word(rest);
  require(raw && *raw == quoted && rest.empty(), "a quoted word is one word", quoted);
  require(unquote_word(quoted) == word, "unquoting undoes quoting", quoted);
}

void check_words(const std::string& value) {
  auto words = split_words(value);
  if (!words)
    return;
  std::string joined;
  for (const std::string& word : *words) {
    check_word(word);
    joined += quote_word(word) + " ";
  }
  auto again = split_words(joined);
  require(again && *again == *words, "quoted words split to the same words", value);
}

/// What the generator relies on to pass over a unit without parsing it.
void check_section(const UnitFile& file, std::string_view text, const Section& section) {
  require(!section.present || may_declare(text), "no declaration is passed over");
  for (const SectionHeader& header : file.headers)
    require(!is_declaration_section(header.section) || section.present, "a header declares",
            header.section);
  for (const Assignment& assignment : file.assignments)
    require(!is_declaration_section(assignment.section) || section.present, "a directive declares",
            assignment.key);
  for (const BadLine& line : file.bad_lines)
    require(!is_declaration_section(line.section) || has_errors(section.diagnostics),
            "a line of the section that is lost makes it invalid", line.problem);
  require(!file.broken || !section.present || has_errors(section.diagnostics),
          "a file that is read in part makes its declaration invalid");
}

} // namespace
} // namespace unitlock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock;
  using namespace unitlock::fuzz;
  static const ScratchTree tree;
  static const Root root = tree.root();
  static const PortNames ports(root);
  std::string_view text = text_of(data, size);
  UnitFile file = parse_unit_file("/fuzz", text);
  check_assignments(file);
  check_broken(file, text);
  check_word(text.substr(0, text.find('\0')));
  for (const Assignment& assignment : file.assignments)
    check_words(assignment.value);
  check_section(file, text, read_section(unit_of(text), ports));
  return 0;
}
