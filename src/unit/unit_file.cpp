// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_file.hpp"

#include <algorithm>

#include "base/safe_string.hpp"
#include "base/text.hpp"

namespace unitlock {
namespace {

constexpr std::size_t kLongLine = 1024 * 1024; // systemd's LONG_LINE_MAX
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Cuts lines off a text as systemd's read_line() does: a line ends at NL, CR or NUL. NL and CR
/// side by side are one end, in either order; a NUL joins what stands before it and nothing behind
/// it.
class LineReader {
public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line) {
    if (rest_.empty())
      return false;
    std::size_t end = std::min(rest_.find_first_of(kEnds), rest_.size());
    line = rest_.substr(0, end);
    std::size_t behind = end;
    while (behind < rest_.size() && kEnds.find(rest_[behind]) != std::string_view::npos &&
           rest_.substr(end, behind - end).find(rest_[behind]) == std::string_view::npos)
      if (rest_[behind++] == '\0')
        break;
    rest_.remove_prefix(behind);
    return true;
  }

private:
  static constexpr std::string_view kEnds = std::string_view("\n\r\0", 3);
  std::string_view rest_;
};

bool ends_in_continuation(std::string_view line) {
  bool escaped = false;
  for (char c : line)
    escaped = !escaped && c == '\\';
  return escaped;
}

class Parser {
public:
  explicit Parser(const std::string& path) : path_(path) {}

  void parse(std::string_view text) {
    LineReader lines(text);
    std::string_view line;
    while (!file_.broken && lines.next(line)) {
      ++number_;
      if (!continuing_) // a line that is given up is lost from its beginning on
        unread_ = text.substr(static_cast<std::size_t>(line.data() - text.data()));
      take_physical_line(line);
    }
    if (!file_.broken && continuing_)
      take_logical_line();
  }

  UnitFile take() { return std::move(file_); }

private:
  void take_physical_line(std::string_view line) {
    if (!continuing_) {
      logical_.clear();
      begin_ = number_;
    }
    if (line.size() >= kLongLine) { // of a comment too
      give_up("the line is longer than 1 MiB");
      return;
    }
    std::string_view stripped = strip(line);
    if (!stripped.empty() && (stripped[0] == '#' || stripped[0] == ';'))
      return; // also inside a continuation
    if (!had_byte_order_mark_ && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      had_byte_order_mark_ = true; // one, on whichever line comes first with it
      line.remove_prefix(kByteOrderMark.size());
    }
    if (logical_.size() + line.size() > kLongLine) {
      give_up("the line is longer than 1 MiB");
      return;
    }
    // What was joined before ends in a space, so only this line can escape its own end.
    logical_ += line;
    continuing_ = ends_in_continuation(line);
    if (continuing_)
      logical_.back() = ' ';
    else
      take_logical_line();
  }

  void take_logical_line() {
    continuing_ = false;
    std::string_view line = strip(logical_);
    if (line.empty())
      return;
    if (!is_valid_utf8(line))
      give_up("the line is not valid UTF-8");
    else if (line[0] == '[')
      take_header(line);
    else
      take_assignment(line);
  }

  void take_header(std::string_view line) {
    if (line.back() != ']')
      give_up("the section header does not end in ]");
    else if (!is_safe_string(line.substr(1, line.size() - 2)))
      give_up("the section header holds a quote, a backslash or a control character");
    else
      file_.headers.push_back({section_ = line.substr(1, line.size() - 2), here()});
  }

  void take_assignment(std::string_view line) {
    std::size_t equals = line.find('=');
    if (section_.empty())
      skip("the assignment stands outside of a section");
    else if (equals == std::string_view::npos)
      skip("there is no = in the line");
    else if (equals == 0)
      skip("there is no name before =");
    else
      file_.assignments.push_back({section_, std::string(strip(line.substr(0, equals))),
                                   std::string(strip(line.substr(equals + 1))), here()});
  }

  SourceRef here() const { return {path_, begin_, 0}; }
  void skip(const char* problem) { file_.bad_lines.push_back({section_, here(), problem}); }
  void give_up(const char* problem) {
    file_.broken = BrokenFile{Error{problem, 0, here()}, std::string(unread_)};
  }

  const std::string& path_;
  UnitFile file_;
  std::string section_;
  std::string logical_;
  std::string_view unread_;
  bool continuing_ = false;
  bool had_byte_order_mark_ = false;
  unsigned number_ = 0;
  unsigned begin_ = 0;
};

} // namespace

UnitFile parse_unit_file(const std::string& path, std::string_view text) {
  Parser parser(path);
  parser.parse(text);
  return parser.take();
}

} // namespace unitlock
