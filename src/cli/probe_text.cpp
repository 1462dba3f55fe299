// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/probe_text.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/render.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock::cli {
namespace {

using nlohmann::ordered_json;
using probe::ProbedProcess;
using probe::Try;
using probe::Verdict;

std::string_view family_word(landlock::Family family) {
  for (const FamilyWord& row : kFamilyWords)
    if (row.family == family)
      return row.word;
  return "";
}

std::string try_text(const Try& done) {
  switch (done.verdict) {
  case Verdict::Denied:
    return "denied " + done.what;
  case Verdict::Allowed:
    return "ALLOWED " + done.what;
  case Verdict::Untried:
    break;
  }
  return fmt::format("{} not tried: {}", family_word(done.family),
                     done.why.empty() ? "the policy denies nothing that is safe to try" : done.why);
}

/// One item each, so that a line is never too long.
std::vector<std::string> lines_of(const ProbedProcess& process) {
  if (!process.problem.empty())
    return {"not asked: " + process.problem};
  std::vector<std::string> lines;
  for (const Try& done : process.tries)
    lines.push_back(try_text(done));
  return lines;
}

} // namespace

std::vector<std::string> probe_text(const probe::ServiceProbe& probe) {
  if (!probe.problem.empty())
    return {shown("nothing was tried: " + probe.problem)};
  std::map<std::vector<std::string>, std::vector<std::string>> groups;
  for (const ProbedProcess& process : probe.processes)
    groups[lines_of(process)].push_back(fmt::format("{} ({})", process.pid, process.name));
  std::vector<std::string> text;
  for (const auto& [lines, processes] : groups) {
    text.push_back(shown(fmt::format("process {}", fmt::join(processes, ", "))));
    for (const std::string& line : lines)
      text.push_back(shown("  " + line));
  }
  return text;
}

ordered_json probe_json(const probe::ServiceProbe& probe) {
  auto processes = ordered_json::array();
  for (const ProbedProcess& process : probe.processes) {
    auto tries = ordered_json::array();
    for (const Try& done : process.tries)
      tries.push_back({{"family", family_word(done.family)},
                       {"verdict", to_string(done.verdict)},
                       {"what", json_bytes(done.what)},
                       {"why", json_bytes(done.why)}});
    processes.push_back({{"pid", process.pid},
                         {"name", json_bytes(process.name)},
                         {"problem", json_bytes(process.problem)},
                         {"tries", tries}});
  }
  return {{"problem", json_bytes(probe.problem)}, {"processes", processes}};
}

} // namespace unitlock::cli
