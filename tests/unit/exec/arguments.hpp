// SPDX-License-Identifier: LGPL-2.1-or-later
// A command line as main() gets it, from a list of words.
#pragma once

#include <string>
#include <vector>

#include "exec/options.hpp"

namespace unitlock::exec {

class Arguments {
public:
  explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "unitlock-exec");
    for (std::string& word : words_)
      pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  char* const* argv() const { return pointers_.data(); }
  CommandLine line() const { return split(argv()); }

private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

} // namespace unitlock::exec
