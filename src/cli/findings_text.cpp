// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/findings_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/render.hpp"

namespace unitlock::cli {
namespace {

void print_finding(std::FILE* stream, const std::string& unit, const check::Finding& finding) {
  std::string place = unitlock::to_string(finding.where);
  fmt::print(stream, "{}{}{}: {}{}{} [{}]\n", escape(place, Backslash::Keep),
             place.empty() ? "" : ": ", to_string(finding.severity), escape(unit, Backslash::Keep),
             unit.empty() ? "" : ": ", escape(finding.message, Backslash::Keep), finding.check);
  if (!finding.hint.empty())
    fmt::print(stream, "  → {}\n", escape(finding.hint, Backslash::Keep));
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

} // namespace

FindingCount count_findings(const std::vector<Verified>& verified) {
  FindingCount count;
  for (const Verified& one : verified)
    for (const check::Finding& finding : one.findings)
      ++(finding.severity == Severity::Error     ? count.errors
         : finding.severity == Severity::Warning ? count.warnings
                                                 : count.notes);
  return count;
}

void print_findings(std::FILE* stream, const std::vector<Verified>& verified) {
  std::size_t units = 0;
  for (const Verified& one : verified) {
    units += one.unit.empty() ? 0 : 1;
    for (const check::Finding& finding : one.findings)
      print_finding(stream, one.unit, finding);
  }
  FindingCount count = count_findings(verified);
  fmt::print(stream, "{} checked: {}, {}, {}\n", counted(units, "service"),
             counted(count.errors, "error"), counted(count.warnings, "warning"),
             counted(count.notes, "note"));
}

nlohmann::ordered_json finding_json(const std::string& unit, const check::Finding& finding) {
  nlohmann::ordered_json json = {
      {"unit", nullptr},        {"severity", to_string(finding.severity)},
      {"check", finding.check}, {"file", nullptr},
      {"line", nullptr},        {"message", json_bytes(finding.message)},
      {"hint", nullptr}};
  if (!unit.empty())
    json["unit"] = json_bytes(unit);
  if (!finding.where.file.empty())
    json["file"] = json_bytes(finding.where.file);
  if (finding.where.line != 0)
    json["line"] = finding.where.line;
  if (!finding.hint.empty())
    json["hint"] = json_bytes(finding.hint);
  return json;
}

} // namespace unitlock::cli
