// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_status.hpp"

#include <sstream>

namespace unitlock {

ProcessStatus::ProcessStatus(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::size_t colon = line.find(':');
    if (colon == std::string::npos)
      continue;
    std::istringstream words(line.substr(colon + 1));
    std::vector<std::string>& split = lines_[line.substr(0, colon)];
    split.clear();
    for (std::string word; words >> word;)
      split.push_back(word);
  }
}

const std::vector<std::string>& ProcessStatus::words(std::string_view name) const {
  static const std::vector<std::string> none;
  auto found = lines_.find(name);
  return found == lines_.end() ? none : found->second;
}

} // namespace unitlock
