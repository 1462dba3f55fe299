// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/suggest_dialog.hpp"

#include <cstdio>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/escape.hpp"
#include "base/text.hpp"
#include "cli/suggest_text.hpp"

namespace unitlock::cli {
namespace {

using advise::ChosenLine;
using advise::Suggestion;

/// nullopt at the end of the input.
std::optional<std::string> answer_to(const std::string& question) {
  fmt::print("{} ", question);
  std::fflush(stdout);
  std::string line;
  if (!std::getline(std::cin, line))
    return std::nullopt;
  return lower_case(strip(line));
}

/// What nobody should say by habit is said with the whole word.
bool insists(const std::vector<std::string>& concerns) {
  if (concerns.empty())
    return true;
  fmt::print("  Sensitive: {}\n", fmt::join(concerns, "; "));
  return answer_to("  Write it all the same? Type \"yes\":") == "yes";
}

void show(const Suggestion& suggestion, std::size_t number, std::size_t count) {
  fmt::print("\n{} of {}: {}\n", number, count, escape(suggestion.object));
  for (const std::string& line : evidence_lines(suggestion))
    fmt::print("  {}\n", line);
  for (const std::string& concern : suggestion.concerns)
    fmt::print("  {}: {}\n", suggestion.is(Suggestion::Kind::Sensitive) ? "sensitive" : "no line",
               concern);
  if (!suggestion.line.empty())
    fmt::print("  allow:  {}\n", suggestion.line);
  if (suggestion.wider)
    fmt::print("  wider:  {}\n          {}\n", suggestion.wider->line, suggestion.wider->adds);
  if (!suggestion.quiet_line.empty())
    fmt::print("  no log: {} (Landlock's ABI 10)\n", suggestion.quiet_line);
}

std::string question_for(const Suggestion& suggestion) {
  return fmt::format("{}{}[i]gnore, {}[q]uit?", suggestion.line.empty() ? "" : "[a]llow, ",
                     suggestion.wider ? "allow [w]ider, " : "",
                     suggestion.quiet_line.empty() ? "" : "[n]o log, ");
}

enum class Outcome { Next, Quit, InputEnded };

Outcome ask_about(const Suggestion& suggestion, std::vector<ChosenLine>& lines) {
  for (;;) {
    auto answer = answer_to(question_for(suggestion));
    if (!answer)
      return Outcome::InputEnded;
    if (*answer == "q" || *answer == "quit")
      return Outcome::Quit;
    if (*answer == "i" || *answer == "ignore")
      return Outcome::Next;
    if ((*answer == "a" || *answer == "allow") && !suggestion.line.empty()) {
      if (insists(suggestion.concerns))
        lines.push_back(chosen(suggestion));
      return Outcome::Next;
    }
    if ((*answer == "w" || *answer == "wider") && suggestion.wider) {
      if (insists(suggestion.wider->concerns))
        lines.push_back(chosen_wider(suggestion));
      return Outcome::Next;
    }
    if ((*answer == "n" || *answer == "no log") && !suggestion.quiet_line.empty()) {
      lines.push_back(chosen_quiet(suggestion));
      return Outcome::Next;
    }
  }
}

} // namespace

std::optional<std::vector<ChosenLine>> ask(const advise::Advice& advice) {
  std::vector<ChosenLine> lines;
  std::size_t number = 0;
  for (const Suggestion& suggestion : advice.suggestions) {
    show(suggestion, ++number, advice.suggestions.size());
    switch (ask_about(suggestion, lines)) {
    case Outcome::Next:
      break;
    case Outcome::Quit:
      return lines;
    case Outcome::InputEnded:
      return std::nullopt;
    }
  }
  return lines;
}

bool ask_yes(const std::string& question) {
  auto answer = answer_to(question);
  return answer == "yes" || answer == "y";
}

} // namespace unitlock::cli
