// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/render.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <cwchar>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <libsmartcols/libsmartcols.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "base/number.hpp"
#include "base/text.hpp"

namespace unitlock::cli {
namespace {

/// What a column that wraps needs to stay readable.
constexpr std::size_t kLeastWrapped = 24;

/// The width to fit the table to, or 0 for any.
std::size_t width_of(std::FILE* stream) {
  const char* text = std::getenv("COLUMNS");
  std::string_view columns = text ? text : "";
  if (auto width = to_number<std::size_t>(columns))
    return *width;
  winsize size = {};
  return isatty(fileno(stream)) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// A name that libsmartcols knows; nullptr for none.
const char* colour_name(Colour colour) {
  switch (colour) {
  case Colour::Good:
    return "green";
  case Colour::Doubtful:
    return "yellow";
  case Colour::Bad:
    return "red";
  case Colour::None:
    return nullptr;
  }
  return nullptr;
}

std::size_t shown_width(const std::string& text) {
  std::wstring wide(text.size() + 1, L'\0');
  std::size_t length = std::mbstowcs(wide.data(), text.c_str(), wide.size());
  int width = length == std::string::npos ? -1 : wcswidth(wide.c_str(), length);
  return width < 0 ? text.size() : static_cast<std::size_t>(width);
}

} // namespace

/// The width of all columns that do not wrap.
std::size_t Table::rigid_width() const {
  std::size_t total = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = shown_width(columns_[i].title);
    for (const auto& cells : rows_)
      width = columns_[i].wraps ? 0 : std::max(width, shown_width(cells[i].text));
    total += width + 1;
  }
  return total;
}

void Table::print(std::FILE* stream, bool colours) const {
  std::unique_ptr<libscols_table, void (*)(libscols_table*)> table(scols_new_table(),
                                                                   scols_unref_table);
  if (!table)
    throw std::bad_alloc();
  scols_table_set_stream(table.get(), stream);
  scols_table_enable_colors(table.get(), colours);
  std::size_t width = width_of(stream);
  bool fits = width >= rigid_width() + kLeastWrapped;
  scols_table_set_termforce(table.get(), fits ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
  if (fits)
    scols_table_set_termwidth(table.get(), width);
  for (const Column& column : columns_) {
    int flags = (column.right_aligned ? SCOLS_FL_RIGHT : 0) | (column.wraps ? SCOLS_FL_WRAP : 0);
    libscols_column* made = scols_table_new_column(table.get(), column.title.c_str(), 0, flags);
    // Cells are escaped already; libsmartcols would escape the escapes.
    if (!made || scols_column_set_safechars(made, "\\") != 0)
      throw std::bad_alloc();
  }
  for (const auto& cells : rows_) {
    libscols_line* line = scols_table_new_line(table.get(), nullptr);
    if (!line)
      throw std::bad_alloc();
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (scols_line_set_data(line, i, cells[i].text.c_str()) != 0 ||
          scols_cell_set_color(scols_line_get_cell(line, i), colour_name(cells[i].colour)) != 0)
        throw std::bad_alloc();
  }
  scols_print_table(table.get());
}

std::string shown(std::string_view text) {
  return escape(text, Backslash::Keep);
}

std::string cut_in_the_middle(std::string_view path, std::size_t limit) {
  if (path.size() <= limit)
    return std::string(path);
  auto is_inside = [&](std::size_t place) { // of a character
    return (static_cast<unsigned char>(path[place]) & 0xc0) == 0x80;
  };
  std::size_t end = limit / 2, start = path.size() - limit / 2;
  while (end > 0 && is_inside(end))
    --end;
  while (start < path.size() && is_inside(start))
    ++start;
  // A component that takes up all the room is cut itself.
  if (std::size_t slash = path.substr(0, end).rfind('/'); slash != path.npos && slash > 0)
    end = slash + 1;
  if (std::size_t slash = path.find('/', start); slash != path.npos && slash + 1 < path.size())
    start = slash;
  return fmt::format("{}…{}", path.substr(0, end), path.substr(start));
}

nlohmann::ordered_json json_bytes(std::string_view bytes) {
  if (is_valid_utf8(bytes))
    return std::string(bytes);
  auto numbers = nlohmann::ordered_json::array();
  for (char byte : bytes)
    numbers.push_back(static_cast<unsigned char>(byte));
  return numbers;
}

std::string json_line(const nlohmann::ordered_json& value) {
  using Handler = nlohmann::ordered_json::error_handler_t;
  return value.dump(-1, ' ', true, Handler::replace) + '\n';
}

namespace {

std::string format_local(std::uint64_t realtime_usec, const char* format) {
  std::time_t seconds = static_cast<std::time_t>(realtime_usec / 1000000);
  std::tm parts = {};
  char text[64];
  if (!localtime_r(&seconds, &parts) || std::strftime(text, sizeof text, format, &parts) == 0)
    return fmt::format("@{}", seconds);
  return text;
}

} // namespace

std::string local_time(std::uint64_t realtime_usec) {
  return format_local(realtime_usec, "%Y-%m-%d %H:%M:%S");
}

std::string short_time(std::uint64_t realtime_usec, std::uint64_t now_usec) {
  bool today = format_local(realtime_usec, "%F") == format_local(now_usec, "%F");
  return format_local(realtime_usec, today ? "%H:%M:%S" : "%Y-%m-%d %H:%M");
}

std::string precise_time(std::uint64_t realtime_usec, std::uint64_t now_usec) {
  bool today = format_local(realtime_usec, "%F") == format_local(now_usec, "%F");
  return fmt::format("{}.{:03}", format_local(realtime_usec, today ? "%H:%M:%S" : "%F %H:%M:%S"),
                     realtime_usec / 1000 % 1000);
}

std::string utc_time(std::uint64_t realtime_usec) {
  std::time_t seconds = static_cast<std::time_t>(realtime_usec / 1000000);
  std::tm parts = {};
  char text[64];
  if (!gmtime_r(&seconds, &parts) ||
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
    return fmt::format("@{}", seconds);
  return fmt::format("{}.{:06}Z", text, realtime_usec % 1000000);
}

} // namespace unitlock::cli
