// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/fields.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace unitlock::cli {

namespace {
constexpr std::size_t kValueWidth = 60; // 80 columns without the labels
}

void Fields::add(std::string label, std::string value) {
  fields_.push_back({std::move(label), {std::move(value)}});
}

void Fields::add(std::string label, std::vector<std::string> values) {
  if (!values.empty())
    fields_.push_back({std::move(label), std::move(values)});
}

void Fields::add_words(std::string label, const std::vector<std::string>& words) {
  std::vector<std::string> lines;
  for (const std::string& word : words) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > kValueWidth)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  }
  add(std::move(label), std::move(lines));
}

void Fields::print(std::FILE* stream) const {
  std::size_t width = 0;
  for (const Field& field : fields_)
    width = std::max(width, field.label.size());
  for (const Field& field : fields_) {
    fmt::print(stream, "  {:>{}}: {}\n", field.label, width, field.values.front());
    for (std::size_t i = 1; i < field.values.size(); ++i)
      fmt::print(stream, "  {:>{}}  {}\n", "", width, field.values[i]);
  }
}

} // namespace unitlock::cli
