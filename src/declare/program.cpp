// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/program.hpp"

#include "base/interpreter.hpp"

namespace unitlock {
namespace {

constexpr std::size_t kStart = 64 * 1024; ///< program headers and PT_INTERP lie at the front
constexpr std::size_t kChain = 5;         ///< the kernel's own limit of nested interpreters

} // namespace

std::vector<std::string> programs_behind(const Root& root, const std::string& path) {
  std::vector<std::string> programs = {path};
  while (programs.size() <= kChain) {
    auto start = root.read_start(programs.back(), kStart);
    std::string next(start ? interpreter_of(*start) : "");
    if (next.empty() || next[0] != '/')
      break;
    programs.push_back(simplify_path(next));
  }
  return programs;
}

} // namespace unitlock
