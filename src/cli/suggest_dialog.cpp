// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/suggest_dialog.hpp"

#include <algorithm>
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
    fmt::print("  expect: {}\n", suggestion.quiet_line);
}

std::string question_for(const Suggestion& suggestion) {
  return fmt::format("{}{}[i]gnore, {}[q]uit?", suggestion.line.empty() ? "" : "[a]llow, ",
                     suggestion.wider ? "allow [w]ider, " : "",
                     suggestion.quiet_line.empty() ? "" : "[e]xpect, ");
}

enum class Outcome { Next, Quit, InputEnded };

class Dialog {
public:
  /// False where the input ended.
  bool run(const advise::Advice& advice) {
    std::size_t number = 0;
    for (const Suggestion& suggestion : advice.suggestions) {
      ++number;
      if (Decision* decided = decided_already(suggestion)) {
        tell(suggestion, number, advice.suggestions.size(), *decided);
        continue;
      }
      show(suggestion, number, advice.suggestions.size());
      Outcome outcome = ask_about(suggestion);
      if (outcome != Outcome::Next)
        return outcome == Outcome::Quit;
    }
    return true;
  }

  std::vector<ChosenLine> lines() const {
    std::vector<ChosenLine> lines;
    for (const Decision& decision : decisions_)
      lines.push_back(decision.line);
    return lines;
  }

private:
  struct Decision {
    ChosenLine line;
    const Suggestion* about;
    bool is_on_directory = false;
    bool is_quiet = false; ///< it stays denied
  };

  static bool covers(const Decision& decision, const Suggestion& suggestion) {
    if (decision.is_quiet)
      return false;
    // Of a file that only its directory helps, the directory.
    if (!suggestion.grant)
      return suggestion.wider && advise::covers({decision.line.grant, decision.is_on_directory},
                                                {suggestion.wider->grant, true});
    return advise::covers({decision.line.grant, decision.is_on_directory},
                          {*suggestion.grant, suggestion.is_on_directory});
  }

  Decision* decided_already(const Suggestion& suggestion) {
    auto found = std::find_if(decisions_.begin(), decisions_.end(), [&](const Decision& decision) {
      return covers(decision, suggestion);
    });
    return found == decisions_.end() ? nullptr : &*found;
  }

  static void tell(const Suggestion& suggestion, std::size_t number, std::size_t count,
                   Decision& decision) {
    fmt::print("\n{} of {}: {}\n", number, count, escape(suggestion.object));
    for (const std::string& concern : suggestion.concerns)
      fmt::print("  sensitive: {}\n", concern);
    fmt::print("  allowed by your answer already: {}\n", decision.line.line);
    take_comments(decision, suggestion);
  }

  static void take_comments(Decision& decision, const Suggestion& suggestion) {
    for (std::string& comment : evidence_lines(suggestion))
      decision.line.comments.push_back(std::move(comment));
  }

  /// What was decided before about what the line allows too is without effect, and what would be
  /// written about it, false.
  void allow(ChosenLine line, const Suggestion& suggestion, bool is_on_directory) {
    Decision wide{std::move(line), &suggestion, is_on_directory};
    std::vector<Decision> kept;
    for (Decision& decision : decisions_) {
      bool is_needless = decision.is_quiet
                             ? covers(wide, *decision.about)
                             : advise::covers({wide.line.grant, wide.is_on_directory},
                                              {decision.line.grant, decision.is_on_directory});
      if (!is_needless) {
        kept.push_back(std::move(decision));
        continue;
      }
      fmt::print("  left out, because this allows it too: {}\n", decision.line.line);
      take_comments(wide, *decision.about);
    }
    kept.push_back(std::move(wide));
    decisions_ = std::move(kept);
  }

  Outcome ask_about(const Suggestion& suggestion) {
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
          allow(chosen(suggestion), suggestion, suggestion.is_on_directory);
        return Outcome::Next;
      }
      if ((*answer == "w" || *answer == "wider") && suggestion.wider) {
        if (insists(suggestion.wider->concerns))
          allow(chosen_wider(suggestion), suggestion, true);
        return Outcome::Next;
      }
      if ((*answer == "e" || *answer == "expect") && !suggestion.quiet_line.empty()) {
        decisions_.push_back(
            {chosen_quiet(suggestion), &suggestion, suggestion.is_on_directory, true});
        return Outcome::Next;
      }
    }
  }

  std::vector<Decision> decisions_;
};

} // namespace

std::optional<std::vector<ChosenLine>> ask(const advise::Advice& advice) {
  Dialog dialog;
  if (!dialog.run(advice))
    return std::nullopt;
  return dialog.lines();
}

bool ask_yes(const std::string& question) {
  auto answer = answer_to(question);
  return answer == "yes" || answer == "y";
}

} // namespace unitlock::cli
