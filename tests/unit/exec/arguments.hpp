// SPDX-License-Identifier: LGPL-2.1-or-later
// A command line as main() gets it, from a list of words: one behind the other, as execve(2) puts
// them.
#pragma once

#include <string>
#include <vector>

#include "exec/options.hpp"

namespace unitlock::exec {

class Arguments {
public:
  explicit Arguments(const std::vector<std::string>& words) : text_("unitlock-exec") {
    for (const std::string& word : words)
      text_ += '\0' + word;
    pointers_.push_back(text_.data());
    for (std::size_t at = 0; (at = text_.find('\0', at)) != std::string::npos;)
      pointers_.push_back(text_.data() + ++at);
    pointers_.push_back(nullptr);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  char* const* argv() const { return pointers_.data(); }
  CommandLine line() const { return split(argv()); }

private:
  std::string text_;
  std::vector<char*> pointers_;
};

} // namespace unitlock::exec
