// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/declaration.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <map>

#include <fmt/format.h>

#include "config.hpp"
#include "declare/derive.hpp"
#include "declare/obstacles.hpp"
#include "policy/command_line.hpp"
#include "unit/unit_name.hpp"
#include "unit/unit_path.hpp"
#include "unit/words.hpp"

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
    if (where.file.empty()) { // the default preset: nobody wrote its name
      where = section.where;
      message += ", the default; are unitlock's presets installed here?";
    }
    out.diagnostics.push_back({Severity::Error, where, std::move(message)});
  }
}

/// What "units:" gives to a unit that says nothing of presets itself. One of which there is no file
/// yet, or that is masked, has nothing to confine.
void give_presets(const Unit& unit, const Presets& presets, Section& section, Declaration& out) {
  const UnitPresets* given = presets.given_to(unit.names);
  bool is_there = !unit.masked && !unit.fragment.empty();
  if (const UnitPresets* entry = presets.entry_for(unit.names); entry && !given && !section.present)
    out.exempted_at = entry->where;
  if (!given || section.presets || !(section.present || is_there))
    return;
  if (given->error)
    out.diagnostics.push_back(
        {Severity::Error, given->error->where.value_or(given->where), given->error->message});
  out.given_at = given->where;
  if (!section.present)
    section.where = given->where;
  section.present = true;
  section.presets = given->presets;
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

/// What keeps the commands of one setting from being wrapped, or the commands.
struct WrappedLine {
  std::vector<WrappedCommand> commands;
  Diagnostics problems;
};

WrappedLine wrap_line(const Root& root, const Unit& unit, const ExecLineWord& line) {
  WrappedLine out;
  auto block = [&](const SourceRef& where, std::string why) {
    out.problems.push_back({Severity::Error, where, std::move(why)});
  };
  if (const Assignment* later = later_setting(unit, line.setting))
    block(later->where,
          fmt::format("a drop-in that sorts behind {} sets {}=", kDropInName, line.setting));
  auto commands = exec_commands(unit, line.setting);
  if (!commands) {
    block(commands.error().where.value_or(SourceRef{unit.fragment, 0, 0}),
          commands.error().message);
    return out;
  }
  for (const ExecCommand& command : *commands) {
    auto program = program_to_wrap(root, unit, command);
    if (program)
      out.commands.push_back({line.line, command, *program});
    else
      block(command.where, to_string(program.error()));
  }
  return out;
}

/// What keeps the unit as a whole from being wrapped.
Diagnostics unit_obstacles(const Unit& unit, const SourceRef& declared_at) {
  Diagnostics problems;
  auto block = [&](const SourceRef& where, std::string why) {
    problems.push_back({Severity::Error, where, std::move(why)});
  };
  if (!unit.reads_generated)
    block(declared_at, "$SYSTEMD_UNIT_PATH keeps systemd from reading what generators write");
  if (unit.fragment.empty())
    block(declared_at, "there is no unit file (or another generator makes it)");
  else if (is_dash_prefix(unit.name))
    block(declared_at, "a drop-in for a name with a dash at its end reaches other units too");
  if (const Assignment* last = command_that_ends_drop_in(unit))
    block(last->where, "systemd cannot parse the command and reads no more of this file");
  for (Diagnostic& problem : setting_obstacles(unit, UNITLOCK_WRAPPER))
    problems.push_back(std::move(problem));
  return problems;
}

/// Whether the unit has none of the commands that the policy is for.
bool has_no_command(const Unit& unit, const Policy& policy) {
  return std::all_of(policy.commands.begin(), policy.commands.end(), [&](ExecLine wanted) {
    auto row = std::find_if(std::begin(kExecLines), std::end(kExecLines),
                            [&](const ExecLineWord& line) { return line.line == wanted; });
    auto commands = exec_commands(unit, row->setting);
    return commands && commands->empty();
  });
}

void wrap_start(const Root& root, const Unit& unit, const SourceRef& declared_at,
                Declaration& out) {
  Diagnostics problems = unit_obstacles(unit, declared_at);
  if (!unit.fragment.empty()) {
    WrappedLine start = wrap_line(root, unit, kExecLines[0]);
    if (start.commands.empty() && start.problems.empty())
      problems.push_back({Severity::Error, {unit.fragment, 0, 0}, "the unit has no ExecStart="});
    std::move(start.problems.begin(), start.problems.end(), std::back_inserter(problems));
    out.commands = std::move(start.commands);
  }
  if (!problems.empty())
    out.state = State::Unwrappable;
  for (Diagnostic& problem : problems) {
    problem.message = "not confined: " + problem.message;
    out.diagnostics.push_back(std::move(problem));
  }
}

/// Each setting counts for itself: all of its commands are wrapped, or none.
void wrap_others(const Root& root, const Unit& unit, Declaration& out) {
  for (const ExecLineWord& line : kExecLines) {
    if (line.line == ExecLine::Start || !out.policy.commands.contains(line.line))
      continue;
    WrappedLine wrapped = wrap_line(root, unit, line);
    for (Diagnostic& problem : wrapped.problems) {
      problem.severity = Severity::Warning;
      problem.message = fmt::format("{}= is not confined: {}", line.setting, problem.message);
      out.left_out.push_back(problem);
      out.diagnostics.push_back(std::move(problem));
    }
    if (wrapped.problems.empty())
      std::move(wrapped.commands.begin(), wrapped.commands.end(), std::back_inserter(out.commands));
  }
}

void warn_of_signals(Declaration& out) {
  if ((restricted_by(out.policy).scope & landlock::mask_of("scope.signal")) == 0)
    return;
  for (const ExecLineWord& line : kExecLines) {
    auto first =
        std::find_if(out.commands.begin(), out.commands.end(),
                     [&](const WrappedCommand& command) { return command.line == line.line; });
    if (first == out.commands.end() || !may_signal_the_service(line.line))
      continue;
    out.diagnostics.push_back(
        {Severity::Warning, first->command.where,
         fmt::format("{}= is confined apart from the service and cannot signal it: leave {} out of "
                     "Commands=, or signal out of Scope=",
                     line.setting, line.word)});
  }
}

void add_derived(const Root& root, const Unit& unit, Declaration& out) {
  std::vector<DerivedProgram> programs;
  for (const WrappedCommand& wrapped : out.commands)
    programs.push_back({wrapped.program, wrapped.command.where});
  merge_into(out.policy, derive_from_unit(root, unit, programs, out.policy.not_derived));
}

/// Counts the ports of ranges, for each right: one that several ranges hold is one rule.
class PortCount {
public:
  void add(const PortRule& rule, std::uint64_t access) {
    for (; access != 0; access &= access - 1) {
      auto& granted = granted_[std::countr_zero(access)];
      for (std::size_t port = rule.first; port <= rule.last; ++port) {
        count_ += granted[port] ? 0 : 1;
        granted[port] = true;
      }
    }
  }
  std::size_t count() const { return count_; }

private:
  std::map<int, std::bitset<65536>> granted_;
  std::size_t count_ = 0;
};

/// The kernel has a rule for each port and each right, and the service waits for all of them.
void limit_ports(Declaration& out) {
  const std::uint64_t restricted = restricted_by(out.policy).net;
  PortCount ports;
  for (const PortRule& rule : out.policy.ports) {
    if (!rule.any)
      ports.add(rule, rule.access & restricted);
    if (ports.count() <= kMostPorts)
      continue;
    out.state = State::Invalid;
    out.diagnostics.push_back(
        {Severity::Error, rule.from.where,
         fmt::format("with {} the policy's ranges hold more than {} ports in all, and the kernel "
                     "needs a rule for each: \"any\" grants all ports without one",
                     rule.from.said_by, kMostPorts)});
    return;
  }
}

/// As the drop-in has them, with what stands between them.
std::size_t length_of_options(const Policy& policy) {
  constexpr std::size_t kBetween = 8;
  std::size_t length = 0;
  for (const std::string& option : render_options(policy))
    length += quote_word(escape_variables(option)).size() + kBetween;
  return length;
}

/// Each command has the whole policy in front of it, and those of one line stay in one: systemd
/// would read the file up to that line, and start the service without.
void limit_length(const SourceRef& where, Declaration& out) {
  const std::size_t options = length_of_options(out.policy);
  std::size_t length = 0;
  const SourceRef* line = nullptr;
  for (const WrappedCommand& wrapped : out.commands) {
    bool is_same_line = line && *line == wrapped.command.where;
    length = (is_same_line ? length : 0) + options + wrapped.program.size() +
             wrapped.command.argv_text.size();
    line = &wrapped.command.where;
    if (length <= kLongestCommands)
      continue;
    out.state = State::Invalid;
    out.diagnostics.push_back(
        {Severity::Error, where,
         fmt::format("the policy is too long for systemd, which reads at most 1 MiB of a line: "
                     "with it, the commands of {} take {} bytes",
                     to_string(*line), length)});
    return;
  }
}

} // namespace

/// Each command that is confined makes a domain of its own beside that of the service
/// (landlock(7), LANDLOCK_SCOPE_SIGNAL). What runs before the service or after it has nobody to
/// signal.
bool may_signal_the_service(ExecLine line) {
  return line == ExecLine::Post || line == ExecLine::Reload || line == ExecLine::Stop;
}

bool sorts_behind(const Unit& unit, const Assignment& assignment) {
  return assignment.where.file != unit.fragment &&
         path_basename(assignment.where.file) > std::string_view(kDropInName);
}

const Assignment* later_setting(const Unit& unit, std::string_view setting) {
  for (const Assignment& assignment : unit.assignments)
    if (assignment.section == "Service" && assignment.key == setting &&
        sorts_behind(unit, assignment))
      return &assignment;
  return nullptr;
}

bool is_meant_for_many(const Unit& unit) {
  return std::none_of(unit.headers.begin(), unit.headers.end(), [](const SectionHeader& header) {
    auto path = parse_unit_path(header.where.file);
    return is_declaration_section(header.section) && !(path && reaches_others(*path));
  });
}

const std::string* masking_drop_in(const Unit& unit) {
  std::vector<std::string> names = drop_in_names(unit.name);
  for (const std::string& path : unit.outranking_drop_ins) {
    if (path_basename(path) != kDropInName)
      continue;
    auto parsed = parse_unit_path(path);
    if (parsed && std::find(names.begin(), names.end(), parsed->unit) != names.end())
      return &path;
  }
  return nullptr;
}

Declaration declare(const Root& root, const Unit& unit, const Presets& presets,
                    const PortNames& port_names) {
  Declaration out;
  Section section = read_section(unit, port_names);
  out.diagnostics = section.diagnostics;
  give_presets(unit, presets, section, out);
  out.policy = section.policy;
  if (!section.present)
    return out;
  compose_presets(section, presets, out);
  if (const std::string* mask = masking_drop_in(unit)) {
    out.state = State::Off;
    out.diagnostics.push_back({Severity::Note,
                               {*mask, 0, 0},
                               "not confined: this takes the place of the generated drop-in"});
    return out;
  }
  if (has_errors(out.diagnostics)) {
    out.state = State::Invalid;
    return out;
  }
  if (section.policy.mode == Mode::Off) {
    out.state = State::Off;
    return out;
  }
  if (!unit.fragment.empty() && is_meant_for_many(unit) && has_no_command(unit, out.policy)) {
    out.state = State::NothingToConfine;
    out.diagnostics.push_back(
        {Severity::Note, {unit.fragment, 0, 0}, "nothing to confine: the unit has no ExecStart="});
    return out;
  }
  out.state = State::Confined;
  wrap_start(root, unit, section.where, out);
  if (out.state == State::Confined)
    wrap_others(root, unit, out);
  if (section.derive_from_unit == true)
    out.policy.not_derived.clear();
  if (section.derive_from_unit.value_or(true))
    add_derived(root, unit, out);
  allow_ephemeral_udp(out.policy);
  remove_duplicates(out.policy);
  limit_ports(out);
  limit_length(section.where, out);
  if (restricted_by(out.policy).empty()) {
    out.state = State::Invalid;
    out.diagnostics.push_back(
        {Severity::Error, section.where, "the policy restricts nothing; Mode=off says so openly"});
  }
  if (out.state == State::Confined)
    warn_of_signals(out);
  return out;
}

} // namespace unitlock
