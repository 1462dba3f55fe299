// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/systemd_exposure.hpp"

#include <charconv>
#include <optional>

#include <nlohmann/json.hpp>

#include "machine/program_output.hpp"

namespace unitlock::machine {
namespace {

using nlohmann::json;

/// "9.6": one digit behind the point.
std::optional<unsigned> parse_tenths(std::string_view text) {
  std::size_t point = text.find('.');
  if (point == std::string_view::npos || point + 2 != text.size())
    return std::nullopt;
  std::string digits = std::string(text.substr(0, point)) + text[point + 1];
  unsigned tenths = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), tenths);
  if (error != std::errc() || end != digits.data() + digits.size() || tenths > 100)
    return std::nullopt;
  return tenths;
}

std::string text_of(const json& row, const char* key) {
  auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

} // namespace

Result<SystemdExposures> parse_overview(std::string_view text) {
  json rows = json::parse(text, nullptr, false);
  if (!rows.is_array())
    return fail("systemd-analyze prints no JSON: it is older than 250");
  SystemdExposures exposures;
  for (const json& row : rows) {
    std::string unit = row.is_object() ? text_of(row, "unit") : "";
    auto tenths = unit.empty() ? std::nullopt : parse_tenths(text_of(row, "exposure"));
    if (!tenths)
      return fail("systemd-analyze prints rows that are not known");
    exposures[unit] = {*tenths, text_of(row, "predicate")};
  }
  return exposures;
}

SystemdExposures parse_details(std::string_view text) {
  constexpr std::string_view kMark = "Overall exposure level for ";
  SystemdExposures exposures;
  for (std::size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at)) {
    at += kMark.size();
    std::string_view line = text.substr(at, text.find('\n', at) - at);
    std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos)
      continue;
    std::string_view rest = line.substr(colon + 2);
    std::size_t space = rest.find(' ');
    auto tenths = parse_tenths(rest.substr(0, space));
    if (!tenths || space == std::string_view::npos)
      continue;
    std::string_view word = rest.substr(space + 1);
    exposures[std::string(line.substr(0, colon))] = {*tenths,
                                                     std::string(word.substr(0, word.find(' ')))};
  }
  return exposures;
}

Result<SystemdExposures> ask_systemd_analyze(RuntimeScope scope,
                                             const std::vector<std::string>& units) {
  constexpr std::chrono::seconds kPatience(30);
  std::vector<std::string> argv = {"systemd-analyze", "--no-pager",
                                   scope == RuntimeScope::User ? "--user" : "--system"};
  if (units.empty())
    argv.emplace_back("--json=short");
  argv.emplace_back("security");
  argv.insert(argv.end(), units.begin(), units.end());
  auto text = program_output(argv, kPatience);
  if (!text)
    return tl::unexpected(text.error());
  return units.empty() ? parse_overview(*text) : parse_details(*text);
}

} // namespace unitlock::machine
