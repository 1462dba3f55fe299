// SPDX-License-Identifier: LGPL-2.1-or-later
// "     Label: value" lines, as systemctl(1) prints them: labels right-aligned, long lists one item
// a line. Values are shown as they are given: escape() what comes from outside.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace unitlock::cli {

class Fields {
public:
  void add(std::string label, std::string value);
  /// One line each; nothing for an empty list.
  void add(std::string label, std::vector<std::string> values);
  /// As many words on a line as fit into 80 columns.
  void add_words(std::string label, const std::vector<std::string>& words);
  void print(std::FILE* stream) const;

private:
  struct Field {
    std::string label;
    std::vector<std::string> values;
  };
  std::vector<Field> fields_;
};

} // namespace unitlock::cli
