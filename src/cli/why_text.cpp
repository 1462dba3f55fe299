// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/why_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/fields.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"
#include "policy/lower.hpp"

namespace unitlock::cli {
namespace {

using advise::AbiRange;
using advise::Answer;
using advise::Because;
using advise::HeldRule;
using advise::OtherRefusal;
using advise::Outcome;
using advise::Question;
using advise::Verdict;
using nlohmann::ordered_json;

std::string_view word(Outcome outcome) {
  switch (outcome) {
  case Outcome::Allowed:
    return "allowed";
  case Outcome::Denied:
    return "DENIED";
  case Outcome::NoStart:
    return "the service does not start";
  case Outcome::CannotTell:
    break;
  }
  return "cannot tell";
}

std::string family_word(const Question& question) {
  return question.is_path()   ? "files are"
         : question.is_port() ? "the network is"
         : question.right     ? "what it reaches outside is"
                              : "nothing is";
}

std::string reason(const Verdict& verdict, const Question& question) {
  switch (verdict.because) {
  case Because::Granted:
    return "a rule grants it";
  case Because::NotGranted:
    return "no rule grants it";
  case Because::NotConfined:
    return "the service is not confined";
  case Because::InvalidDeclaration:
    return "its declaration is invalid";
  case Because::AnyPort:
    return "every port is granted";
  case Because::FamilyNotRestricted:
    return question.right ? fmt::format("{} not restricted (Restrict=)", family_word(question))
                          : "nothing that forbids it is restricted (Restrict=)";
  case Because::ScopeNotRestricted:
    return "it is not kept inside (Scope=)";
  case Because::NewerThanPin:
    return "not restricted by this policy's ABI=";
  case Because::KernelLacks:
    return "not known to the kernel";
  case Because::NoLandlock:
    return "the kernel has no Landlock";
  case Because::NeverGranted:
    return question.is_path() ? "whoever is restricted in his files may not mount, and no rule "
                                "grants it"
                              : "whoever is restricted may trace only what he started, and no rule "
                                "grants more";
  case Because::ReferNotHandled:
    return "always denied where files are restricted and fs.refer is not known";
  case Because::NotOfThisKind:
    return "the kernel does not ask it of such a file";
  case Because::Strict:
    return "Compatibility=strict, and the kernel cannot enforce all";
  case Because::UnknownRule:
    break;
  }
  return "only the start tells what a rule is for";
}

std::string verdict_text(const Verdict& verdict, const Question& question) {
  return fmt::format("{}: {}", word(verdict.outcome), reason(verdict, question));
}

std::string object_text(const Question& question) {
  if (question.is_path())
    return question.path.empty() ? "" : " " + escape(question.path);
  if (question.is_port())
    return fmt::format(" {}", question.port);
  return question.peer.empty() ? "" : " " + escape(question.peer);
}

std::string abi_text(const AbiRange& range) {
  if (range.last == 0)
    return "no Landlock";
  if (range.first == range.last)
    return fmt::format("ABI {}", range.first);
  return range.first == 0 ? fmt::format("ABI up to {}", range.last)
                          : fmt::format("ABI {}-{}", range.first, range.last);
}

std::vector<std::string> abi_lines(const Explanation& explanation) {
  std::vector<std::string> lines;
  for (const AbiRange& range : explanation.answer.abis) {
    int abi = std::min(explanation.abi.abi, landlock::kNewestAbi);
    bool is_here = abi >= range.first && abi <= range.last && !explanation.abi.whose.empty();
    std::string here = !is_here   ? ""
                       : abi == 0 ? fmt::format("    ← {}", explanation.abi.whose)
                                  : fmt::format("    ← {}: ABI {}", explanation.abi.whose, abi);
    lines.push_back(fmt::format("{}: {}{}", abi_text(range),
                                verdict_text(range.verdict, explanation.answer.question), here));
  }
  return lines;
}

std::vector<std::string> rule_lines(const std::vector<HeldRule>& rules) {
  std::vector<std::string> lines;
  for (const HeldRule& rule : rules) {
    std::string where = place(rule.from.where);
    // The unit's own directive says itself what it is.
    bool is_plain = rule.line.starts_with(rule.from.said_by) && !where.empty();
    std::string by = is_plain ? "" : shown(rule.from.said_by) + (where.empty() ? "" : ", ");
    lines.push_back(fmt::format("{}    # {}{}", shown(rule.line), by, where));
  }
  return lines;
}

std::vector<std::string> expected_lines(const std::vector<HeldRule>& rules) {
  std::vector<std::string> lines = rule_lines(rules);
  for (std::string& line : lines)
    line.insert(0, "denied, and declared as expected: ");
  return lines;
}

std::vector<std::string> other_lines(const std::vector<OtherRefusal>& others) {
  std::vector<std::string> lines;
  for (const OtherRefusal& other : others) {
    std::string where = place(other.where);
    lines.push_back(fmt::format("{} by {}: {}{}", other.certain ? "refused" : "perhaps refused",
                                shown(other.by), shown(other.text),
                                where.empty() ? "" : "    # " + where));
  }
  return lines;
}

std::string denial_text(const journal::DenialEvent& event) {
  const journal::SyscallRecord& process = event.denial.process;
  std::string by = process.exe.empty() ? process.comm : process.exe;
  return fmt::format("{}{} ({})", local_time(event.denial.realtime_usec),
                     by.empty() ? "" : fmt::format(", {}[{}]", escape(by), process.pid),
                     journal::event_id(event.denial.serial, event.boot));
}

std::vector<std::string> error_lines(const Diagnostics& errors) {
  std::vector<std::string> lines;
  for (const Diagnostic& error : errors)
    lines.push_back(shown(unitlock::to_string(error)));
  return lines;
}

ordered_json object_json(const Question& question) {
  if (question.is_path() && !question.path.empty())
    return {{"type", "path"}, {"path", json_bytes(question.path)}};
  if (question.is_port())
    return {{"type", "port"}, {"port", question.port}};
  if (question.peer.empty())
    return {{"type", "none"}};
  return {{"type", "name"}, {"name", json_bytes(question.peer)}};
}

ordered_json held_json(const std::vector<HeldRule>& rules) {
  auto list = ordered_json::array();
  for (const HeldRule& rule : rules)
    list.push_back(
        {{"line", json_bytes(rule.line)},
         {"rights", rule.rights},
         {"from",
          {{"said_by", json_bytes(rule.from.said_by)}, {"where", place_json(rule.from.where)}}}});
  return list;
}

ordered_json verdict_json(const Verdict& verdict) {
  return {{"verdict", to_string(verdict.outcome)}, {"because", to_string(verdict.because)}};
}

ordered_json abis_json(const std::vector<AbiRange>& ranges) {
  auto list = ordered_json::array();
  for (const AbiRange& range : ranges)
    list.push_back({{"first", range.first},
                    {"last", range.last},
                    {"verdict", to_string(range.verdict.outcome)},
                    {"because", to_string(range.verdict.because)}});
  return list;
}

ordered_json others_json(const std::vector<OtherRefusal>& others) {
  auto list = ordered_json::array();
  for (const OtherRefusal& other : others)
    list.push_back({{"certain", other.certain},
                    {"by", json_bytes(other.by)},
                    {"text", json_bytes(other.text)},
                    {"where", place_json(other.where)}});
  return list;
}

} // namespace

void print_explanation(std::FILE* stream, const Explanation& explanation) {
  const Answer& answer = explanation.answer;
  const Question& question = answer.question;
  fmt::print(stream, "{}: {}{}: {}\n", shown(explanation.unit), question.name,
             object_text(question), verdict_text(answer.verdict, question));
  Fields fields;
  if (explanation.denial)
    fields.add("Was denied", denial_text(*explanation.denial));
  fields.add("Errors", error_lines(explanation.errors));
  if (!answer.decided_at.empty() && answer.decided_at != question.path)
    fields.add("Decided at", escape(answer.decided_at));
  fields.add("Granted by", rule_lines(answer.granting));
  if (answer.verdict.because == Because::NotGranted)
    fields.add("Not enough", rule_lines(answer.insufficient));
  fields.add("Expected", expected_lines(answer.expected));
  if (!answer.remedy.empty())
    fields.add("Would allow it", shown(answer.remedy));
  fields.add("Sensitive", explanation.concerns);
  if (explanation.running)
    fields.add("As it runs", verdict_text(explanation.running->verdict, question) +
                                 " (it was started with another policy)");
  if (!explanation.caveat.empty())
    fields.add("As it runs", shown(explanation.caveat));
  fields.add("Kernels", abi_lines(explanation));
  fields.add("Besides Landlock", other_lines(explanation.others));
  std::vector<std::string> notes;
  for (const std::string& note : answer.notes)
    notes.push_back(shown(note));
  fields.add("Note", notes);
  fields.print(stream);
}

ordered_json explanation_json(const Explanation& explanation) {
  const Answer& answer = explanation.answer;
  ordered_json json = {{"unit", json_bytes(explanation.unit)},
                       {"right", answer.question.name},
                       {"object", object_json(answer.question)}};
  if (const auto& event = explanation.denial)
    json["denial"] = {{"id", journal::event_id(event->denial.serial, event->boot)},
                      {"time", utc_time(event->denial.realtime_usec)}};
  json.update(verdict_json(answer.verdict));
  json["text"] = reason(answer.verdict, answer.question);
  json["errors"] = diagnostics_json(explanation.errors);
  json["abi"] = explanation.abi.abi;
  json["decided_at"] =
      answer.decided_at.empty() ? ordered_json(nullptr) : json_bytes(answer.decided_at);
  json["granting"] = held_json(answer.granting);
  json["insufficient"] = held_json(answer.insufficient);
  json["expected"] = held_json(answer.expected);
  json["remedy"] = answer.remedy.empty() ? ordered_json(nullptr) : json_bytes(answer.remedy);
  json["concerns"] = explanation.concerns;
  json["abis"] = abis_json(answer.abis);
  json["caveat"] =
      explanation.caveat.empty() ? ordered_json(nullptr) : json_bytes(explanation.caveat);
  json["running"] =
      explanation.running ? verdict_json(explanation.running->verdict) : ordered_json(nullptr);
  json["others"] = others_json(explanation.others);
  json["notes"] = ordered_json::array();
  for (const std::string& note : answer.notes)
    json["notes"].push_back(json_bytes(note));
  return json;
}

} // namespace unitlock::cli
