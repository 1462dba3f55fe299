// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/options.hpp"

#include "base/safe_string.hpp"
#include "landlock/abi.hpp"

namespace unitlock::exec {
namespace {

using Kind = Argument::Kind;

void apply(const Argument& argument, Settings& out) {
  switch (argument.kind) {
  case Kind::Unit:
    out.unit = argument.text;
    break;
  case Kind::Program:
    out.program = argument.text;
    break;
  case Kind::Abi:
    out.pin = argument.abi;
    break;
  case Kind::Strict:
    out.strict = true;
    break;
  case Kind::Permissive:
    out.permissive = true;
    break;
  case Kind::NoDenialLog:
    out.log_denials = false;
    break;
  case Kind::AvoidSockets:
    out.avoid_sockets = true;
    break;
  case Kind::Refuse:
    out.refuses = true;
    break;
  case Kind::Restrict:
    out.families = argument.families;
    break;
  case Kind::Scope:
    out.scope = argument.access;
    break;
  case Kind::Port:
    if (argument.any_port)
      out.any_port |= argument.access;
    break;
  case Kind::Path:
  case Kind::Quiet:
    break;
  }
}

/// What must be there for a service to be started.
const char* missing(const CommandLine& line, const Settings& settings) {
  if (!line.words)
    return "no \"--\" before the command";
  if (!line.words[0])
    return "no command behind \"--\"";
  if (settings.program.empty())
    return "--program= is missing";
  // Looking a bare name up belongs to the generator: systemd has its own compiled-in search path
  // and never uses the service's PATH.
  if (settings.program[0] != '/')
    return "--program= is not an absolute path";
  // systemd would have refused it too: the name of an instance has put it together.
  if (!is_safe_string(settings.program))
    return "--program= holds a quote, a backslash or a control character";
  return nullptr;
}

} // namespace

bool OptionReader::next(Argument& out) {
  while (next_ != last_)
    if (!parse_argument(*next_++, out))
      return true;
  return false;
}

bool OptionReader::next(Kind kind, Argument& out) {
  while (next(out))
    if (out.kind == kind)
      return true;
  return false;
}

CommandLine split(char* const* argv) {
  CommandLine line;
  char* const* at = argv[0] ? argv + 1 : argv;
  line.first = at;
  while (*at && std::string_view(*at) != "--")
    ++at;
  line.last = at;
  line.words = *at ? at + 1 : nullptr;
  return line;
}

UsageProblem read_settings(const CommandLine& line, Settings& out) {
  UsageProblem problem;
  for (const char* const* at = line.first; at != line.last; ++at) {
    Argument argument;
    const char* what = parse_argument(*at, argument);
    if (what) {
      if (!problem.what)
        problem = {what, *at};
      continue;
    }
    apply(argument, out);
    if (is_policy(argument.kind))
      out.hash = policy_hash_add(out.hash, *at);
  }
  if (out.pin == 0)
    out.pin = landlock::kPinnedAbi;
  if (!problem.what && !out.refuses)
    problem.what = missing(line, out);
  return problem;
}

} // namespace unitlock::exec
