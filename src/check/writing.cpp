// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/writing.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/spelling.hpp"
#include "base/text.hpp"

namespace unitlock::check {
namespace {

/// In lower case, without what may stand around a name by mistake.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text)
    if (std::string_view(" \t[]\"'").find(c) == std::string_view::npos)
      out += c;
  return lower_case(out);
}

/// "[X-Landlok]", "[XLandlock]". What differs in case and quoting only is an error of the
/// declaration itself.
bool is_misspelt(const std::string& section) {
  std::string name = plain(section);
  return name != "x-landlock" && name != "landlock" &&
         (edit_distance(name, "x-landlock") <= 2 || edit_distance(name, "landlock") <= 1);
}

void check_section(const SectionHeader& header, Findings& findings) {
  if (header.section == "Landlock")
    findings.push_back({Severity::Warning, "section-name", header.where,
                        "systemd logs \"Unknown section 'Landlock'\" at each load",
                        "write [X-Landlock]"});
  else if (is_misspelt(header.section))
    findings.push_back({Severity::Warning, "section-name", header.where,
                        fmt::format("[{}] declares nothing: nobody reads it", header.section),
                        "write [X-Landlock]"});
}

/// Those of our directives that no section of systemd's has: ReadOnlyPaths= and its like are both.
bool is_only_ours(const std::string& key) {
  constexpr auto kOurs = std::to_array<std::string_view>(
      {"Preset", "DevicePaths", "SocketPaths", "AllowPaths", "QuietPaths", "BindTCP", "ConnectTCP",
       "BindUDP", "ConnectUDP", "DeriveFromUnit", "LogDenials"});
  return std::find(kOurs.begin(), kOurs.end(), key) != kOurs.end();
}

} // namespace

bool has_misspelt_section(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    if (at != 0 && text[at - 1] != '\n')
      continue;
    std::string_view header = text.substr(at + 1, kLongest);
    if (std::size_t end = header.find(']');
        end != std::string_view::npos && is_misspelt(std::string(header.substr(0, end))))
      return true;
  }
  return false;
}

bool has_misspelt_section(const Unit& unit) {
  return std::any_of(unit.headers.begin(), unit.headers.end(),
                     [](const SectionHeader& header) { return is_misspelt(header.section); });
}

void check_writing(const Unit& unit, Findings& findings) {
  for (const SectionHeader& header : unit.headers)
    check_section(header, findings);
  for (const Assignment& assignment : unit.assignments)
    if ((assignment.section == "Service" || assignment.section == "Unit" ||
         assignment.section == "Install") &&
        is_only_ours(assignment.key))
      findings.push_back({Severity::Warning, "misplaced-directive", assignment.where,
                          fmt::format("{}= in [{}] grants nothing: nobody reads it", assignment.key,
                                      assignment.section),
                          "write it below [X-Landlock]"});
}

} // namespace unitlock::check
