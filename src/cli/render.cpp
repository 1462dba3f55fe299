// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/render.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <libsmartcols/libsmartcols.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"

namespace unitlock::cli {
namespace {

/// The width that COLUMNS asks for, or 0.
std::size_t asked_width() {
  const char* text = std::getenv("COLUMNS");
  std::string_view columns = text ? text : "";
  std::size_t width = 0;
  auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  return error == std::errc() && end == columns.data() + columns.size() ? width : 0;
}

void fit(libscols_table* table, std::FILE* stream) {
  if (std::size_t width = asked_width()) {
    scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
    scols_table_set_termwidth(table, width);
  } else if (!isatty(fileno(stream))) {
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
  }
}

} // namespace

void Table::print(std::FILE* stream) const {
  std::unique_ptr<libscols_table, void (*)(libscols_table*)> table(scols_new_table(),
                                                                   scols_unref_table);
  if (!table)
    throw std::bad_alloc();
  scols_table_set_stream(table.get(), stream);
  fit(table.get(), stream);
  for (const Column& column : columns_) {
    int flags = (column.right_aligned ? SCOLS_FL_RIGHT : 0) | (column.wraps ? SCOLS_FL_WRAP : 0);
    if (!scols_table_new_column(table.get(), column.title.c_str(), 0, flags))
      throw std::bad_alloc();
  }
  for (const auto& cells : rows_) {
    libscols_line* line = scols_table_new_line(table.get(), nullptr);
    if (!line)
      throw std::bad_alloc();
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (scols_line_set_data(line, i, cells[i].c_str()) != 0)
        throw std::bad_alloc();
  }
  scols_print_table(table.get());
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

std::string local_time(std::uint64_t realtime_usec) {
  std::time_t seconds = static_cast<std::time_t>(realtime_usec / 1000000);
  std::tm parts = {};
  char text[64];
  if (!localtime_r(&seconds, &parts) ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) == 0)
    return fmt::format("@{}", seconds);
  return text;
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
