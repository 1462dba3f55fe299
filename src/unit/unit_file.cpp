// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_file.hpp"

#include "base/text.hpp"

namespace unitlock {
namespace {

constexpr std::size_t kLongLine = 1024 * 1024; // systemd's LONG_LINE_MAX
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Cuts lines off a text as systemd's read_line() does: a line ends at NL, CR, NUL or a run in
/// which none of them repeats ("\r\n" is one end, "\n\n" two).
class LineReader {
public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line) {
    if (rest_.empty())
      return false;
    std::size_t end = rest_.find_first_of(std::string_view("\n\r\0", 3));
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
    std::string ended;
    while (!rest_.empty() && (rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\0') &&
           ended.find(rest_[0]) == std::string::npos) {
      ended += rest_[0];
      rest_.remove_prefix(1);
    }
    return true;
  }

private:
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
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
      text.remove_prefix(kByteOrderMark.size());
    LineReader lines(text);
    std::string_view line;
    while (!file_.broken && lines.next(line)) {
      ++number_;
      unread_ = text.substr(static_cast<std::size_t>(line.data() - text.data()));
      take_physical_line(line);
    }
    if (!file_.broken && continuing_)
      take_logical_line();
  }

  UnitFile take() { return std::move(file_); }

private:
  void take_physical_line(std::string_view line) {
    std::string_view stripped = strip(line);
    if (!stripped.empty() && (stripped[0] == '#' || stripped[0] == ';'))
      return; // also inside a continuation
    if (!continuing_) {
      logical_.clear();
      begin_ = number_;
    }
    if (logical_.size() + line.size() > kLongLine) {
      give_up("the line is longer than 1 MiB");
      return;
    }
    logical_ += line;
    continuing_ = ends_in_continuation(logical_);
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
      skip("the line is not valid UTF-8");
    else if (line[0] == '[')
      take_header(line);
    else
      take_assignment(line);
  }

  void take_header(std::string_view line) {
    if (line.back() != ']')
      give_up("the section header does not end in ]");
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
