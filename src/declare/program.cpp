// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/program.hpp"

#include <fmt/format.h>

#include "base/interpreter.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

constexpr std::size_t kStart = 64 * 1024; ///< program headers and PT_INTERP lie at the front
constexpr std::size_t kChain = 5;         ///< the kernel's own limit of nested interpreters
constexpr std::size_t kLine = 512;

std::string find_in_path(const Root& root, const std::string& name) {
  if (name[0] == '/')
    return root.is_program(name) ? name : "";
  for (const char* directory : {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"})
    if (std::string path = fmt::format("{}/{}", directory, name); root.is_program(path))
      return path;
  return "";
}

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

std::vector<std::string> interpreter_line(const Root& root, const std::string& script) {
  auto start = root.read_start(script, kLine);
  if (!start || start->substr(0, 2) != "#!")
    return {};
  std::string line = start->substr(2, start->find('\n') - 2);
  return split_words(line).value_or(std::vector<std::string>{});
}

std::string started_by_env(const Root& root, const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i)
    if (!words[i].empty() && words[i][0] != '-' && words[i].find('=') == std::string::npos)
      return find_in_path(root, words[i]);
  return "";
}

} // namespace unitlock
