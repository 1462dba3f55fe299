// SPDX-License-Identifier: LGPL-2.1-or-later
// Tables and JSON for the verbs: the only place that knows libsmartcols.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace unitlock::cli {

/// By meaning; what they look like is the terminal's matter.
enum class Colour { None, Good, Doubtful, Bad };

struct Cell {
  std::string text;
  Colour colour = Colour::None;

  Cell(std::string text, Colour colour = Colour::None) : text(std::move(text)), colour(colour) {}
  Cell(const char* text) : text(text) {}
};

struct Column {
  std::string title;
  bool right_aligned = false;
  /// Gives way first where the terminal is narrow: wraps instead of being cut.
  bool wraps = false;
};

/// A table on a stream. On a terminal it is fitted to its width as long as what wraps keeps a
/// readable rest; elsewhere nothing is cut or wrapped unless COLUMNS says how wide to be. Cells are
/// shown as they are given: escape() what comes from outside.
class Table {
public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  void print(std::FILE* stream, bool colours = false) const;

private:
  std::size_t rigid_width() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Text of unitlock's own with names and paths of others in it, harmless for a terminal.
std::string shown(std::string_view text);

/// A path of at most about so many bytes: "/srv/www/…/name", whole components where that is
/// possible, characters anyway. Not escaped.
std::string cut_in_the_middle(std::string_view path, std::size_t limit);

/// A JSON string; for bytes that are not UTF-8 an array of numbers, as journalctl does, so that
/// nothing is lost.
nlohmann::ordered_json json_bytes(std::string_view bytes);
/// One line of JSON, ASCII only (harmless on a terminal), with its newline.
std::string json_line(const nlohmann::ordered_json& value);

/// "23:15:07.791" today, "2026-11-20 23:15:07.791" before, local time: for single events.
std::string precise_time(std::uint64_t realtime_usec, std::uint64_t now_usec);
/// "2026-11-21 23:15:07", local time: for people.
std::string local_time(std::uint64_t realtime_usec);
/// The same without what goes without saying: "23:15:07" today, "2026-11-20 23:15" before.
std::string short_time(std::uint64_t realtime_usec, std::uint64_t now_usec);
/// "2026-11-21T23:15:07.791000Z": for programs.
std::string utc_time(std::uint64_t realtime_usec);

} // namespace unitlock::cli
