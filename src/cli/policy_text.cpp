// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/policy_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/fields.hpp"
#include "cli/render.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"

namespace unitlock::cli {
namespace {

using nlohmann::ordered_json;
using State = Declaration::State;

std::vector<std::string> scope_words(const Policy& policy) {
  auto words = words_of_scope(restricted_by(policy).scope);
  return {words.begin(), words.end()};
}

std::string port_text(const PortRule& rule) {
  if (rule.any)
    return "any";
  if (rule.first == rule.last)
    return std::to_string(rule.first);
  return fmt::format("{}-{}", rule.first, rule.last);
}

/// As it would be declared: "-" for "skip if missing".
std::string path_text(const std::string& path, bool optional) {
  return (optional ? "-" : "") + escape(path);
}

/// The settings whose commands are confined.
std::vector<std::string> command_settings(const Declaration& declaration) {
  std::vector<std::string> settings;
  for (const ExecLineWord& line : kExecLines)
    if (std::any_of(declaration.commands.begin(), declaration.commands.end(),
                    [&](const WrappedCommand& command) { return command.line == line.line; }))
      settings.push_back(fmt::format("{}=", line.setting));
  return settings;
}

std::string compatibility_text(const Policy& policy, const ShownAbi& shown) {
  if (policy.mode == Mode::Permissive)
    return "start too (Mode=permissive)";
  if (policy.compatibility != Compatibility::Strict)
    return "start with what they can enforce (best-effort)";
  std::string text = "refuse to start (Compatibility=strict)";
  if (!shown.whose.empty() && is_refused(policy, lower(policy, shown.abi)))
    text += fmt::format(": it refuses to start on {}", shown.whose == "this kernel"
                                                           ? std::string(shown.whose)
                                                           : fmt::format("ABI {}", shown.abi));
  return text;
}

std::string abi_text(const Policy& policy, const ShownAbi& shown) {
  if (shown.whose.empty())
    return fmt::format("{} asked for", policy.abi);
  if (shown.abi == 0)
    return fmt::format("{} asked for, no Landlock in {}", policy.abi, shown.whose);
  return fmt::format("{} asked for, {} in {}", policy.abi, shown.abi, shown.whose);
}

void print_settings(std::FILE* stream, const DeclaredUnit& declared, const ShownAbi& shown) {
  const Policy& policy = declared.declaration.policy;
  Fields fields;
  std::vector<std::string> files;
  for (const std::string& path : declared.unit.drop_ins)
    files.push_back(escape(path));
  if (!declared.unit.fragment.empty())
    files.insert(files.begin(), escape(declared.unit.fragment));
  fields.add("Files", files);
  if (const auto& given_at = declared.declaration.given_at)
    fields.add("Presets by", place(*given_at));
  if (declared.declaration.state == State::Confined ||
      declared.declaration.state == State::Unwrappable) {
    fields.add("Older kernels", compatibility_text(policy, shown));
    fields.add("Landlock ABI", abi_text(policy, shown));
    if (policy.commands.size() > 1)
      fields.add_words("Commands", command_settings(declared.declaration));
    fields.add_words("Restricted", family_words(policy));
    fields.add_words("Kept inside", scope_words(policy));
    fields.add_words("Not derived", {policy.not_derived.begin(), policy.not_derived.end()});
    fields.add("Denials", policy.log_denials
                              ? "logged where the machine logs them (unitlock status)"
                              : "not logged (LogDenials=no)");
  }
  fields.print(stream);
}

void print_paths(std::FILE* stream, const Policy& policy) {
  Table table(
      {{"GRANTS", false, true}, {"PATH", false, true}, {"SAID BY"}, {"WHERE", false, true}});
  for (const PathRule& rule : policy.paths)
    table.add({grant_words(rule.access), path_text(rule.path, rule.optional),
               escape(rule.from.said_by, Backslash::Keep), place(rule.from.where)});
  for (const QuietRule& rule : policy.quiet)
    table.add({"(not logged)", path_text(rule.path, rule.optional),
               escape(rule.from.said_by, Backslash::Keep), place(rule.from.where)});
  if (table.empty())
    return;
  fmt::print(stream, "\nPaths, with all that is below:\n");
  table.print(stream);
}

void print_ports(std::FILE* stream, const Policy& policy) {
  Table table({{"GRANTS"}, {"PORT"}, {"SAID BY"}, {"WHERE", false, true}});
  for (const PortRule& rule : policy.ports)
    for (const PortDirective& row : kPortDirectives)
      if (rule.access & row.access)
        table.add({std::string(row.key), port_text(rule),
                   escape(rule.from.said_by, Backslash::Keep), place(rule.from.where)});
  if (table.empty())
    return;
  fmt::print(stream, "\nPorts:\n");
  table.print(stream);
}

void print_expected(std::FILE* stream, const Policy& policy) {
  Table table(
      {{"DENIED", false, true}, {"PATH", false, true}, {"SAID BY"}, {"WHERE", false, true}});
  for (const ExpectedRule& rule : policy.expected)
    table.add(
        {fmt::format("{}", fmt::join(short_names(rule.access, landlock::Family::Filesystem), ",")),
         escape(rule.path), escape(rule.from.said_by, Backslash::Keep), place(rule.from.where)});
  if (table.empty())
    return;
  fmt::print(stream, "\nDenials that are expected, of the path itself:\n");
  table.print(stream);
}

/// What the shown kernel makes of it. Where that is only the ABI that is asked for, nothing is said
/// of what a kernel logs: this does not depend on ABI=.
Ruleset lower_for(const ShownAbi& shown, const Policy& policy) {
  using Kind = Shortfall::Kind;
  Ruleset ruleset = lower(policy, shown.abi);
  if (shown.whose.empty())
    std::erase_if(ruleset.shortfalls, [](const Shortfall& shortfall) {
      return shortfall.kind == Kind::LogUnknown || shortfall.kind == Kind::QuietUnknown;
    });
  return ruleset;
}

/// A rule that grants what this kernel does not restrict anyway takes nothing away.
bool is_worth_a_line(const Shortfall& shortfall, const Ruleset& ruleset) {
  return shortfall.kind != Shortfall::Kind::RuleWithoutEffect ||
         !shortfall.rights.without(ruleset.dropped()).empty();
}

void print_shortfalls(std::FILE* stream, const Policy& policy, const ShownAbi& shown) {
  Ruleset ruleset = lower_for(shown, policy);
  std::erase_if(ruleset.shortfalls,
                [&](const Shortfall& shortfall) { return !is_worth_a_line(shortfall, ruleset); });
  std::string whose = shown.whose.empty() ? "" : fmt::format(" ({})", shown.whose);
  if (ruleset.shortfalls.empty()) {
    fmt::print(stream, "\nABI {}{} enforces all of it.\n", shown.abi, whose);
    return;
  }
  if (shown.abi == 0)
    fmt::print(stream, "\nWithout Landlock{}:\n", whose);
  else
    fmt::print(stream, "\nWith ABI {}{}:\n", shown.abi, whose);
  for (const Shortfall& shortfall : ruleset.shortfalls) {
    std::string from = place(shortfall.from.where);
    fmt::print(stream, "  {}{}\n", escape(shortfall.text, Backslash::Keep),
               from.empty() ? from : fmt::format(" ({})", from));
  }
}

ordered_json from_json(const Provenance& from) {
  return {{"said_by", json_bytes(from.said_by)}, {"where", place_json(from.where)}};
}

/// Who granted what of a rule that several directives say.
template <class Rule, class Names>
ordered_json shares_json(const Rule& rule, Names names) {
  auto shares = ordered_json::array();
  for (const Rule& written : as_written(rule))
    shares.push_back({{"rights", names(written.access)}, {"from", from_json(written.from)}});
  return shares;
}

ordered_json quiet_json(const Policy& policy) {
  auto rules = ordered_json::array();
  for (const QuietRule& rule : policy.quiet)
    rules.push_back({{"path", json_bytes(rule.path)},
                     {"optional", rule.optional},
                     {"from", from_json(rule.from)}});
  return rules;
}

ordered_json lowered_json(const Policy& policy, const ShownAbi& shown) {
  Ruleset ruleset = lower_for(shown, policy);
  const bool enforces = policy.mode == Mode::Enforce;
  auto shortfalls = ordered_json::array();
  for (const Shortfall& shortfall : ruleset.shortfalls)
    shortfalls.push_back({{"text", json_bytes(shortfall.text)},
                          {"rights", names_of(shortfall.rights)},
                          {"from", from_json(shortfall.from)}});
  return {{"abi", shown.abi},
          {"complete", enforces && ruleset.complete()},
          {"enforced", names_of(enforces ? ruleset.handled : landlock::AccessSet())},
          {"dropped", names_of(ruleset.dropped())},
          {"shortfalls", shortfalls}};
}

} // namespace

void print_rules(std::FILE* stream, const Policy& policy) {
  const Policy written = as_written(policy);
  print_paths(stream, written);
  print_ports(stream, written);
  print_expected(stream, policy);
}

ordered_json rules_json(const Policy& policy) {
  auto rules = ordered_json::array();
  for (const PathRule& rule : policy.paths)
    rules.push_back({{"path", json_bytes(rule.path)},
                     {"rights", names_of({rule.access, 0, 0})},
                     {"optional", rule.optional},
                     {"from", from_json(rule.from)},
                     {"shares", shares_json(rule, [](std::uint64_t access) {
                        return names_of({access, 0, 0});
                      })}});
  for (const PortRule& rule : policy.ports) {
    ordered_json json = {{"any_port", rule.any}};
    if (!rule.any)
      json = {{"first_port", rule.first}, {"last_port", rule.last}};
    json["rights"] = names_of({0, rule.access, 0});
    json["from"] = from_json(rule.from);
    json["shares"] = shares_json(rule, [](std::uint64_t access) {
      return names_of({0, access, 0});
    });
    rules.push_back(std::move(json));
  }
  return rules;
}

ordered_json expected_json(const Policy& policy) {
  auto rules = ordered_json::array();
  for (const ExpectedRule& rule : policy.expected)
    rules.push_back({{"path", json_bytes(rule.path)},
                     {"rights", names_of({rule.access, 0, 0})},
                     {"from", from_json(rule.from)}});
  return rules;
}

ordered_json place_json(const SourceRef& where) {
  if (where.file.empty())
    return nullptr;
  ordered_json json = {{"file", json_bytes(where.file)}};
  if (where.line != 0)
    json["line"] = where.line;
  if (where.column != 0)
    json["column"] = where.column;
  return json;
}

std::string grant_words(std::uint64_t fs_access) {
  if (const PathDirective* directive = directive_of(fs_access))
    return std::string(directive->key);
  return fmt::format("{}", fmt::join(short_names(fs_access, landlock::Family::Filesystem), ","));
}

std::string_view to_string(State state) {
  switch (state) {
  case State::None:
    return "none";
  case State::Off:
    return "off";
  case State::Invalid:
    return "invalid";
  case State::NothingToConfine:
    return "nothing-to-confine";
  case State::Unwrappable:
    return "unwrappable";
  case State::Confined:
    return "confined";
  }
  return "unknown";
}

std::vector<std::string> family_words(const Policy& policy) {
  auto words = words_of_families(families_of(restricted_by(policy)));
  return {words.begin(), words.end()};
}

std::string headline(const DeclaredUnit& declared) {
  if (declared.unit.masked)
    return "the unit is masked: it cannot be started";
  switch (declared.declaration.state) {
  case State::None:
    if (const auto& at = declared.declaration.exempted_at)
      return fmt::format("exempted by {}: it runs unconfined", place(*at));
    return "declares nothing: it runs unconfined";
  case State::Off:
    return masking_drop_in(declared.unit) ? "NOT CONFINED: the generated drop-in is masked"
                                          : "Mode=off: it runs unconfined";
  case State::Invalid:
    return "the declaration is INVALID: the unit cannot be started";
  case State::NothingToConfine:
    return "nothing to confine: it has no ExecStart=";
  case State::Unwrappable:
    return "NOT CONFINED: its commands cannot be started through unitlock-exec";
  case State::Confined:
    break;
  }
  if (declared.declaration.policy.mode == Mode::Permissive)
    return "NOT CONFINED: Mode=permissive";
  return "confined when started";
}

std::string place(const SourceRef& where) {
  return where.file.empty() ? "" : escape(unitlock::to_string(where), Backslash::Keep);
}

std::string line_text(const PolicyLine& line) {
  std::string from = place(line.from.where);
  return escape(line.text, Backslash::Keep) + (from.empty() ? "" : "    # " + from);
}

ordered_json diagnostics_json(const Diagnostics& diagnostics) {
  auto list = ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back({{"severity", unitlock::to_string(diagnostic.severity)},
                    {"message", json_bytes(diagnostic.message)},
                    {"where", place_json(diagnostic.where)}});
  }
  return list;
}

void print_policy(std::FILE* stream, const DeclaredUnit& declared, const ShownAbi& shown) {
  fmt::print(stream, "{}: {}\n", escape(declared.unit.name, Backslash::Keep), headline(declared));
  print_settings(stream, declared, shown);
  State state = declared.declaration.state;
  if (state != State::Confined && state != State::Unwrappable)
    return;
  const Policy& policy = declared.declaration.policy;
  print_rules(stream, policy);
  if (policy.mode == Mode::Permissive)
    fmt::print(stream, "\nMode=permissive: nothing of it is enforced, by any kernel.\n");
  else
    print_shortfalls(stream, policy, shown);
}

ordered_json policy_json(const DeclaredUnit& declared, const ShownAbi& shown) {
  const Declaration& declaration = declared.declaration;
  const Policy& policy = declaration.policy;
  auto drop_ins = ordered_json::array();
  for (const std::string& path : declared.unit.drop_ins)
    drop_ins.push_back(json_bytes(path));
  ordered_json json = {{"unit", json_bytes(declared.unit.name)},
                       {"declaration", to_string(declaration.state)},
                       {"masked", declared.unit.masked},
                       {"fragment", json_bytes(declared.unit.fragment)},
                       {"drop_ins", drop_ins},
                       {"given_at", declaration.given_at ? place_json(*declaration.given_at)
                                                         : ordered_json(nullptr)},
                       {"exempted_at", declaration.exempted_at
                                           ? place_json(*declaration.exempted_at)
                                           : ordered_json(nullptr)},
                       {"diagnostics", diagnostics_json(declaration.diagnostics)}};
  if (declaration.state != State::Confined && declaration.state != State::Unwrappable)
    return json;
  json["mode"] = policy.mode == Mode::Permissive ? "permissive" : "enforce";
  json["abi"] = policy.abi;
  json["strict"] = policy.compatibility == Compatibility::Strict;
  json["log_denials"] = policy.log_denials;
  json["commands"] = command_settings(declaration);
  json["not_derived"] = policy.not_derived;
  json["restricted"] = names_of(restricted_by(policy));
  json["rules"] = rules_json(policy);
  json["quiet"] = quiet_json(policy);
  json["expected"] = expected_json(policy);
  json["kernel"] = lowered_json(policy, shown);
  return json;
}

} // namespace unitlock::cli
