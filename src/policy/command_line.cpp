// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/argument.hpp"
#include "policy/grants.hpp"

namespace unitlock {
namespace {

std::string comma_list(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

void add_option(const KeyedWord& said, std::vector<std::string>& options) {
  options.push_back(fmt::format("--{}={}", said.key, said.word));
}

void render_restrictions(const Policy& policy, std::vector<std::string>& options) {
  if (policy.families)
    options.push_back("--restrict=" + comma_list(words_of_families(*policy.families)));
  if (policy.scope)
    options.push_back("--scope=" + comma_list(words_of_scope(*policy.scope)));
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
  case Argument::Kind::Permissive:
    out.policy.mode = Mode::Permissive;
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
  if (policy.mode == Mode::Permissive)
    options.push_back("--permissive");
  if (!policy.log_denials)
    options.push_back("--no-denial-log");
  render_restrictions(policy, options);
  for (const PathRule& rule : policy.paths)
    add_option(word_of(rule), options);
  for (const PortRule& rule : policy.ports)
    for (const KeyedWord& said : words_of(rule))
      add_option(said, options);
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
