// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/suggest_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/render.hpp"
#include "journal/audit_record.hpp"

namespace unitlock::cli {
namespace {

using advise::Advice;
using advise::ChosenLine;
using advise::Evidence;
using advise::Suggestion;
using nlohmann::ordered_json;

std::string text_of(const Evidence& evidence) {
  return fmt::format("{} {}{}: {} time{}, last at {}{}", evidence.rights, evidence.object,
                     evidence.program.empty() ? "" : " by " + evidence.program, evidence.count,
                     evidence.count == 1 ? "" : "s", local_time(evidence.last_usec),
                     evidence.is_likely ? " (likely this unit)" : "");
}

std::vector<std::string> text_of(const std::vector<Evidence>& all) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> lines;
  for (const Evidence& evidence : all) {
    if (lines.size() == kShown) {
      lines.push_back(fmt::format("and {} more", all.size() - kShown));
      break;
    }
    lines.push_back(text_of(evidence));
  }
  return lines;
}

void append(std::vector<std::string>& lines, const std::vector<std::string>& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

std::string wider_text(const advise::Wider& wider) {
  return fmt::format("wider: {} {}{}", wider.line, wider.adds,
                     wider.concerns.empty()
                         ? std::string()
                         : fmt::format(" (sensitive: {})", fmt::join(wider.concerns, "; ")));
}

void print_comments(std::FILE* stream, const std::vector<std::string>& comments) {
  for (const std::string& comment : comments)
    fmt::print(stream, "# {}\n", comment);
}

void print_ordinary(std::FILE* stream, const Suggestion& suggestion) {
  print_comments(stream, evidence_lines(suggestion));
  if (suggestion.wider)
    print_comments(stream, {wider_text(*suggestion.wider)});
  fmt::print(stream, "{}\n", suggestion.line);
}

void print_apart(std::FILE* stream, const Suggestion& suggestion) {
  fmt::print(stream, "#\n# {}: {}\n", escape(suggestion.object),
             fmt::join(suggestion.concerns, "; "));
  for (const std::string& line : evidence_lines(suggestion))
    fmt::print(stream, "#   {}\n", line);
  if (!suggestion.line.empty())
    fmt::print(stream, "#   {}\n", suggestion.line);
  if (suggestion.wider)
    fmt::print(stream, "#   {}\n", wider_text(*suggestion.wider));
}

void print_kind(std::FILE* stream, const Advice& advice, Suggestion::Kind kind, const char* head) {
  bool any = std::any_of(advice.suggestions.begin(), advice.suggestions.end(),
                         [&](const Suggestion& suggestion) { return suggestion.is(kind); });
  if (!any)
    return;
  fmt::print(stream, "\n# {}\n", head);
  for (const Suggestion& suggestion : advice.suggestions)
    if (suggestion.is(kind))
      print_apart(stream, suggestion);
}

void print_evidence(std::FILE* stream, const std::vector<Evidence>& all, const char* head) {
  if (all.empty())
    return;
  fmt::print(stream, "\n# {}\n", head);
  print_comments(stream, text_of(all));
}

std::string_view word_of(Suggestion::Kind kind) {
  switch (kind) {
  case Suggestion::Kind::Ordinary:
    return "ordinary";
  case Suggestion::Kind::Sensitive:
    return "sensitive";
  case Suggestion::Kind::Impossible:
    break;
  }
  return "impossible";
}

ordered_json rights_json(const Evidence& evidence) {
  auto names = ordered_json::array();
  for (const journal::Blocker& blocker : journal::split_blockers(evidence.rights))
    names.push_back(json_bytes(blocker.name));
  return names;
}

ordered_json to_json(const std::vector<Evidence>& all) {
  auto list = ordered_json::array();
  for (const Evidence& evidence : all)
    list.push_back({{"rights", rights_json(evidence)},
                    {"object", evidence.object},
                    {"program", evidence.program},
                    {"count", evidence.count},
                    {"first", utc_time(evidence.first_usec)},
                    {"last", utc_time(evidence.last_usec)},
                    {"likely", evidence.is_likely}});
  return list;
}

ordered_json to_json(const Suggestion& suggestion) {
  ordered_json json = {{"kind", word_of(suggestion.kind)},
                       {"object", json_bytes(suggestion.object)},
                       {"line", nullptr},
                       {"concerns", suggestion.concerns},
                       {"remarks", suggestion.remarks},
                       {"signs", suggestion.signs},
                       {"wider", nullptr},
                       {"evidence", to_json(suggestion.evidence)}};
  if (!suggestion.line.empty())
    json["line"] = suggestion.line;
  if (suggestion.wider)
    json["wider"] = {{"line", suggestion.wider->line},
                     {"adds", suggestion.wider->adds},
                     {"concerns", suggestion.wider->concerns}};
  return json;
}

void print_json(const std::string& unit, const ordered_json& rest) {
  ordered_json json = {{"unit", json_bytes(unit)}};
  json.update(rest);
  fmt::print("{}", json_line(json));
}

} // namespace

std::vector<std::string> evidence_lines(const Suggestion& suggestion) {
  std::vector<std::string> lines = text_of(suggestion.evidence);
  append(lines, suggestion.signs);
  append(lines, suggestion.remarks);
  return lines;
}

ChosenLine chosen(const Suggestion& suggestion) {
  std::vector<std::string> comments = evidence_lines(suggestion);
  for (const std::string& concern : suggestion.concerns)
    comments.push_back("sensitive: " + concern);
  return {suggestion.line, *suggestion.grant, comments};
}

ChosenLine chosen_wider(const Suggestion& suggestion) {
  std::vector<std::string> comments = evidence_lines(suggestion);
  comments.push_back("wider: " + suggestion.wider->adds);
  return {suggestion.wider->line, suggestion.wider->grant, comments};
}

ChosenLine chosen_quiet(const Suggestion& suggestion) {
  std::vector<std::string> comments = evidence_lines(suggestion);
  comments.emplace_back("denied still, and expected: \"unitlock denials\" leaves it out");
  return {suggestion.quiet_line, *suggestion.quiet, comments};
}

void print_advice(std::FILE* stream, const std::string& unit, const Advice& advice) {
  bool any = std::any_of(advice.suggestions.begin(), advice.suggestions.end(),
                         [](const auto& each) { return each.is(Suggestion::Kind::Ordinary); });
  // A section by itself says something, too.
  fmt::print(stream, "# What would allow what was denied to {}\n{}", escape(unit, Backslash::Keep),
             any ? "[X-Landlock]\n" : "");
  for (const Suggestion& suggestion : advice.suggestions)
    if (suggestion.is(Suggestion::Kind::Ordinary))
      print_ordinary(stream, suggestion);
  print_kind(stream, advice, Suggestion::Kind::Sensitive,
             "Sensitive: not suggested, and written only with --sensitive=OBJECT");
  print_kind(stream, advice, Suggestion::Kind::Impossible, "No line would allow");
  print_evidence(
      stream, advice.allowed,
      "Allowed by the present declaration: denied before it was in force, or what its rule names "
      "was made, replaced or mounted after the start (a restart helps)");
  print_evidence(stream, advice.uncertain, "Not known to be of this unit");
}

void print_advice_json(const std::string& unit, const Advice& advice) {
  for (const Suggestion& suggestion : advice.suggestions)
    print_json(unit, to_json(suggestion));
  if (!advice.allowed.empty())
    print_json(unit, {{"kind", "allowed"}, {"evidence", to_json(advice.allowed)}});
  if (!advice.uncertain.empty())
    print_json(unit, {{"kind", "uncertain"}, {"evidence", to_json(advice.uncertain)}});
}

} // namespace unitlock::cli
