// SPDX-License-Identifier: LGPL-2.1-or-later
// oracle: systemd judges what unitlock does to units.
//
//     oracle pinned COMMAND < NAMES      runs a shell command while systemd keeps these loaded
//     oracle ask < NAMES > SNAPSHOT      all properties of each service, one JSON object a line
//     oracle same BEFORE AFTER           whether two snapshots are the same
//     oracle compare BEFORE AFTER STATUS [MINIMUM]
//                                        whether every unit of AFTER is wrapped exactly or
//                                        untouched, and unitlock says so; at least MINIMUM of them
//                                        wrapped. STATUS: unitlock status -o json NAMES...
//     oracle units SEED FIRST COUNT DIR  writes random units below DIR and prints their names
//     oracle trees SEED FIRST COUNT DIR  the same with random trees of drop-ins
//
// Exit status: 0 as it should be, 1 differences (on standard output), 2 no answer.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "comparison.hpp"
#include "manager.hpp"
#include "random_trees.hpp"
#include "random_units.hpp"

namespace oracle {
namespace {

constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

std::vector<nlohmann::json> read_lines(const char* path) {
  std::ifstream file(path);
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(nlohmann::json::parse(line));
  if (!file.eof() || lines.empty())
    throw std::runtime_error(std::string(path) + ": cannot be read, or is empty");
  return lines;
}

int ask() {
  Manager manager;
  for (std::string name; std::getline(std::cin, name);)
    std::cout << manager.ask(name).dump() << '\n';
  return 0;
}

/// What systemd says of a unit depends on which others are loaded, and those that nobody needs are
/// loaded anew for each question.
int pinned(const std::string& command) {
  Manager manager;
  for (std::string name; std::getline(std::cin, name);)
    manager.pin(name);
  return std::system(command.c_str()) == 0 ? 0 : 2;
}

int report(const std::vector<std::string>& differences) {
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < differences.size() && i < kShown; ++i)
    std::cout << differences[i] << '\n';
  if (differences.size() > kShown)
    std::cout << "and " << differences.size() - kShown << " more\n";
  return differences.empty() ? 0 : 1;
}

int same(const char* before_path, const char* after_path) {
  auto before = read_lines(before_path);
  auto after = read_lines(after_path);
  if (before.size() != after.size())
    throw std::runtime_error("the snapshots are of different units");
  std::vector<std::string> differences;
  for (std::size_t i = 0; i < before.size(); ++i)
    compare_all(before[i], after[i], differences);
  return report(differences);
}

int compare(const char* before_path, const char* after_path, const char* status_path,
            unsigned minimum) {
  auto before = read_lines(before_path);
  auto after = read_lines(after_path);
  auto status = read_lines(status_path);
  if (before.size() != after.size() || before.size() != status.size())
    throw std::runtime_error("the snapshots are of different units");
  Comparison comparison(kWrapper);
  for (std::size_t i = 0; i < before.size(); ++i)
    comparison.add(before[i], after[i], status[i]);
  std::cout << comparison.summary();
  int result = report(comparison.differences());
  if (comparison.wrapped() >= minimum)
    return result;
  std::cout << "fewer than " << minimum << " units are wrapped\n";
  return 1;
}

int run(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "ask" && words.size() == 1)
    return ask();
  if (verb == "pinned" && words.size() == 2)
    return pinned(words[1]);
  if (verb == "same" && words.size() == 3)
    return same(words[1].c_str(), words[2].c_str());
  if (verb == "compare" && (words.size() == 4 || words.size() == 5))
    return compare(words[1].c_str(), words[2].c_str(), words[3].c_str(),
                   words.size() == 5 ? static_cast<unsigned>(std::stoul(words[4])) : 0);
  if (verb == "units" && words.size() == 5)
    return write_random_units(std::stoull(words[1]), std::stoul(words[2]), std::stoul(words[3]),
                              words[4]),
           0;
  if (verb == "trees" && words.size() == 5)
    return write_random_trees(std::stoull(words[1]), std::stoul(words[2]), std::stoul(words[3]),
                              words[4]),
           0;
  std::cerr << "usage: oracle pinned|ask|same|compare|units|trees ...\n";
  return 2;
}

} // namespace
} // namespace oracle

int main(int count, char* arguments[]) {
  try {
    return oracle::run({arguments + 1, arguments + count});
  } catch (const std::exception& problem) {
    std::cerr << "oracle: " << problem.what() << '\n';
    return 2;
  }
}
