// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/argument.hpp"

namespace unitlock {
namespace {

using landlock::Family;
using landlock::Right;

std::string comma_list(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

std::string render_path(const PathRule& rule) {
  const char* dash = rule.optional ? "-" : "";
  for (const PathDirective& row : kPathDirectives)
    if (row.access == rule.access)
      return fmt::format("--{}={}{}", row.key, dash, rule.path);
  std::vector<std::string_view> rights;
  for (const Right& right : landlock::kRights)
    if (right.family == Family::Filesystem && (rule.access & right.mask()) != 0)
      rights.push_back(right.short_name());
  return fmt::format("--allow={}:{}{}", comma_list(rights), dash, rule.path);
}

void render_port(const PortRule& rule, std::vector<std::string>& options) {
  for (const PortDirective& row : kPortDirectives) {
    if ((rule.access & row.access) == 0)
      continue;
    if (rule.any)
      options.push_back(fmt::format("--{}=any", row.key));
    else if (rule.first == rule.last)
      options.push_back(fmt::format("--{}={}", row.key, rule.first));
    else
      options.push_back(fmt::format("--{}={}-{}", row.key, rule.first, rule.last));
  }
}

void render_restrictions(const Policy& policy, std::vector<std::string>& options) {
  std::vector<std::string_view> words;
  if (policy.families) {
    for (const FamilyWord& row : kFamilyWords)
      if (*policy.families & family_bit(row.family))
        words.push_back(row.word);
    options.push_back("--restrict=" + comma_list(words));
  }
  if (policy.scope) {
    words.clear();
    for (const ScopeWord& row : kScopeWords)
      if (*policy.scope & row.mask)
        words.push_back(row.word);
    options.push_back("--scope=" + comma_list(words));
  }
}

void apply(const Argument& argument, WrapperOptions& out) {
  std::string text(argument.text);
  switch (argument.kind) {
  case Argument::Kind::Unit:
    out.unit = text;
    break;
  case Argument::Kind::Program:
    out.program = text;
    break;
  case Argument::Kind::Refuse:
    out.refusals.push_back(text);
    break;
  case Argument::Kind::Abi:
    out.policy.abi = argument.abi;
    break;
  case Argument::Kind::Strict:
    out.policy.compatibility = Compatibility::Strict;
    break;
  case Argument::Kind::NoDenialLog:
    out.policy.log_denials = false;
    break;
  case Argument::Kind::AvoidSockets:
    out.avoid_sockets = true;
    break;
  case Argument::Kind::Restrict:
    out.policy.families = argument.families;
    break;
  case Argument::Kind::Scope:
    out.policy.scope = argument.access;
    break;
  case Argument::Kind::Path:
    out.policy.paths.push_back({text, argument.access, argument.optional, {}});
    break;
  case Argument::Kind::Port:
    out.policy.ports.push_back(
        {argument.first_port, argument.last_port, argument.any_port, argument.access, {}});
    break;
  case Argument::Kind::Quiet:
    out.policy.quiet.push_back({text, argument.optional, {}});
    break;
  }
}

} // namespace

std::vector<std::string> render_options(const Policy& policy) {
  std::vector<std::string> options;
  options.push_back(fmt::format("--abi={}", policy.abi));
  if (policy.compatibility == Compatibility::Strict)
    options.push_back("--strict");
  if (!policy.log_denials)
    options.push_back("--no-denial-log");
  render_restrictions(policy, options);
  for (const PathRule& rule : policy.paths)
    options.push_back(render_path(rule));
  for (const PortRule& rule : policy.ports)
    render_port(rule, options);
  for (const QuietRule& rule : policy.quiet)
    options.push_back(fmt::format("--quiet={}{}", rule.optional ? "-" : "", rule.path));
  return options;
}

Result<WrapperOptions> parse_options(const std::vector<std::string>& options) {
  WrapperOptions out;
  for (const std::string& option : options) {
    Argument argument;
    if (const char* problem = parse_argument(option, argument))
      return fail(fmt::format("{}: {}", option, problem));
    apply(argument, out);
  }
  return out;
}

std::string policy_hash(const std::vector<std::string>& options) {
  std::uint64_t hash = kPolicyHashStart;
  for (const std::string& option : options) {
    Argument argument;
    if (!parse_argument(option, argument) && is_policy(argument.kind))
      hash = policy_hash_add(hash, option);
  }
  return fmt::format("{:016x}", hash);
}

} // namespace unitlock
