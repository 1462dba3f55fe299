// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/declaration.hpp"

#include <fmt/format.h>

#include "declare/derive.hpp"

namespace unitlock {
namespace {

using State = Declaration::State;

void compose_presets(const Section& section, const Presets& presets, Declaration& out) {
  std::vector<PresetName> names =
      section.presets.value_or(std::vector<PresetName>{{"runtime", SourceRef{}}});
  for (const PresetName& preset : names) {
    auto policy = presets.resolve(preset.name);
    if (policy) {
      merge_into(out.policy, *policy);
      continue;
    }
    SourceRef where = preset.where;
    std::string message = to_string(policy.error());
    if (where.file.empty())
      where = section.where; // the default preset: nobody wrote its name
    out.diagnostics.push_back({Severity::Error, where, std::move(message)});
  }
}

/// The program behind a command. Errors: why the command cannot be started through the wrapper with
/// everything else the same.
Result<std::string> program_to_wrap(const Root& root, const Unit& unit,
                                    const ExecCommand& command) {
  if (command.fully_privileged)
    return fail("the prefix + asks systemd to apply no sandboxing to the command");
  if (command.shell)
    return fail("the prefix | starts a login shell");
  return find_program(root, unit, command.path);
}

/// Settings that put the wrapper itself into a security context, from which executing the service
/// would be denied or would change it.
const Assignment* context_setting(const Unit& unit) {
  for (const char* key : {"AppArmorProfile", "SELinuxContext", "SmackProcessLabel"})
    if (const Assignment* found = unit.scalar("Service", key))
      return found;
  return nullptr;
}

void check_wrappable(const Root& root, const Unit& unit, Declaration& out) {
  auto block = [&](const SourceRef& where, std::string why) {
    out.state = State::Unwrappable;
    out.diagnostics.push_back({Severity::Error, where, "not confined: " + std::move(why)});
  };
  auto commands = exec_commands(unit, "ExecStart");
  if (!commands) {
    block(commands.error().where.value_or(SourceRef{unit.fragment, 0, 0}),
          commands.error().message);
    return;
  }
  if (commands->empty())
    block({unit.fragment, 0, 0}, "the unit has no ExecStart=");
  if (const Assignment* context = context_setting(unit))
    block(context->where, fmt::format("{}= would apply to the wrapper", context->key));
  for (const ExecCommand& command : *commands) {
    auto program = program_to_wrap(root, unit, command);
    if (program)
      out.commands.push_back({command, *program});
    else
      block(command.where, to_string(program.error()));
  }
}

void add_derived(const Root& root, const Unit& unit, Declaration& out) {
  std::vector<DerivedProgram> programs;
  for (const WrappedCommand& wrapped : out.commands)
    programs.push_back({wrapped.program, wrapped.command.where});
  merge_into(out.policy, derive_from_unit(root, unit, programs));
}

} // namespace

Declaration declare(const Root& root, const Unit& unit, const Presets& presets,
                    const PortNames& port_names) {
  Declaration out;
  Section section = read_section(unit, port_names);
  out.diagnostics = section.diagnostics;
  out.policy = section.policy;
  if (!section.present)
    return out;
  compose_presets(section, presets, out);
  if (has_errors(out.diagnostics)) {
    out.state = State::Invalid;
    return out;
  }
  if (section.policy.mode == Mode::Off) {
    out.state = State::Off;
    return out;
  }
  out.state = State::Confined;
  check_wrappable(root, unit, out);
  if (section.derive_from_unit)
    add_derived(root, unit, out);
  remove_duplicates(out.policy);
  if (restricted_by(out.policy).empty()) {
    out.state = State::Invalid;
    out.diagnostics.push_back(
        {Severity::Error, section.where, "the policy restricts nothing; Mode=off says so openly"});
  }
  return out;
}

} // namespace unitlock
