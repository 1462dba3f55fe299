// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inject/kernel_command_line.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "unit/words.hpp"

namespace unitlock {

bool switched_off(const Root& root, bool in_container) {
  std::string line =
      root.read_file(in_container ? "/proc/1/cmdline" : "/proc/cmdline").value_or("");
  std::replace(line.begin(), line.end(), '\0', ' ');
  bool off = false;
  constexpr std::string_view kKey = "unitlock=";
  std::string_view rest = line;
  while (!rest.empty()) {
    auto raw = next_raw_word(rest);
    if (!raw)
      break; // an unclosed quote: nothing behind it can be trusted
    std::string word = unquote_word(*raw);
    if (word.compare(0, kKey.size(), kKey) == 0)
      off = !parse_boolean(word.substr(kKey.size())).value_or(true);
  }
  return off;
}

} // namespace unitlock
