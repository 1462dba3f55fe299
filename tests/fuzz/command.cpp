// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text as a unit file with commands and a declaration: what systemd would read in our drop-in
// is the wrapper with its options and then the unit's own command, word for word; nothing else gets
// in.

#include <algorithm>
#include <string>
#include <vector>

#include "declare/declaration.hpp"
#include "inject/drop_in.hpp"
#include "policy/command_line.hpp"
#include "policy/vocabulary.hpp"
#include "scratch_tree.hpp"
#include "target.hpp"
#include "unit/words.hpp"
#include "unit_text.hpp"

namespace unitlock::fuzz {
namespace {

using Words = std::vector<std::string>;
using State = Declaration::State;

constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

/// What the declarations can refer to.
struct Machine {
  Machine() {
    bool made = tree.write("/usr/bin/prog", "#!/usr/bin/sh\n") &&
                tree.write("/etc/services", "http 80/tcp\n") &&
                tree.write("/usr/lib/unitlock/conf.d/10-runtime.yaml",
                           "presets:\n  runtime:\n    read-only: [-/usr/lib, /etc/ld.so.cache]\n"
                           "  web:\n    extends: [runtime]\n    bind-tcp: [80, http]\n");
    require(made, "the tree can be filled");
    presets = Presets::load(root, {}, ports);
    require(presets.problems().empty(), "the presets are valid");
  }
  ScratchTree tree;
  Root root = tree.root();
  PortNames ports{root};
  Presets presets;
};

Words words_of(std::string_view text) {
  auto words = split_words(text);
  require(words.has_value(), "the text splits into words", text);
  return *words;
}

/// The commands of one value by the shortest reading of systemd.service(5): words, and a ";" that
/// stands alone ends a command.
std::vector<Words> plain_commands(std::string_view value) {
  std::vector<Words> commands(1);
  for (;;) {
    auto raw = next_raw_word(value);
    require(raw.has_value(), "a value that was taken apart splits into words", value);
    if (raw->empty())
      break;
    std::string word = unquote_word(*raw);
    if (*raw == ";" || (word == ";" && commands.back().empty()))
      commands.emplace_back();
    else
      commands.back().push_back(word);
  }
  std::erase_if(commands, [](const Words& words) { return words.empty(); });
  return commands;
}

/// argv[0] and the arguments are those of the unit.
void check_command(const ExecCommand& command, const Words& plain) {
  std::string_view first = plain.front();
  require(first.ends_with(command.path), "the path is the end of the first word", first);
  std::string_view prefixes = first.substr(0, first.size() - command.path.size());
  require(prefixes.find_first_not_of("@-:+!|") == std::string_view::npos,
          "only prefixes are cut off", first);
  require((prefixes.find(':') != std::string_view::npos) == command.no_variables,
          "':' switches variables off", first);
  Words expected(plain.begin() + 1, plain.end());
  if (prefixes.find('@') == std::string_view::npos)
    expected.insert(expected.begin(), command.path);
  require(words_of(command.argv_text) == expected, "argv stays as it was", command.argv_text);
}

void check_commands(const Unit& unit, const std::vector<ExecCommand>& commands) {
  std::vector<Words> plain;
  for (const Assignment* assignment : unit.list("Service", "ExecStart"))
    for (Words& words : plain_commands(assignment->value))
      plain.push_back(std::move(words));
  require(plain.size() == commands.size(), "no command is lost");
  for (std::size_t i = 0; i < plain.size(); ++i)
    check_command(commands[i], plain[i]);
}

/// As systemd does for the wrapper: "%%" becomes a percent sign, a specifier some text: a path
/// where one begins, at the front or behind "=", ":" and "-".
std::string expand(std::string_view text) {
  std::string expanded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      expanded += text[i];
    } else if (++i < text.size()) {
      bool begins = expanded.empty() ||
                    std::string_view("=:-").find(expanded.back()) != std::string_view::npos;
      expanded += text[i] == '%' ? "%" : begins ? "/value" : "value";
    }
  }
  return expanded;
}

/// Without what the command line does not carry: who said it, which commands, what is expected; and
/// one right a rule for ports.
Policy bare(Policy policy) {
  for (PathRule& rule : policy.paths)
    rule.from = {}, rule.shares.clear();
  for (QuietRule& rule : policy.quiet)
    rule.from = {};
  std::vector<PortRule> ports;
  for (const PortRule& rule : policy.ports)
    for (const PortDirective& row : kPortDirectives)
      if (rule.access & row.access)
        ports.push_back(rule.any ? PortRule{0, 65535, true, row.access, {}}
                                 : PortRule{rule.first, rule.last, false, row.access, {}});
  policy.ports = std::move(ports);
  policy.commands = {ExecLine::Start};
  policy.expected.clear();
  return policy;
}

Policy expanded(Policy policy) {
  for (PathRule& rule : policy.paths)
    rule.path = expand(rule.path);
  for (QuietRule& rule : policy.quiet)
    rule.path = expand(rule.path);
  return policy;
}

void check_options(const Words& options, const Policy& policy) {
  Words words;
  for (const std::string& option : options)
    words.push_back(expand(option));
  auto parsed = parse_options(words);
  require(parsed.has_value(), "the wrapper understands its options",
          parsed ? "" : parsed.error().message);
  require(bare(parsed->policy) == bare(expanded(policy)), "the options carry the policy");
}

Words with_variables_escaped(const Words& words, bool variables) {
  Words out;
  for (const std::string& word : words)
    out.push_back(variables ? escape_variables(word) : word);
  return out;
}

void check_wrapped(const ExecCommand& wrapped, const WrappedCommand& own, const Words& options) {
  require(wrapped.path == kWrapper, "the wrapper is started", wrapped.path);
  require(wrapped.prefixes == own.command.prefixes && !wrapped.fully_privileged && !wrapped.shell,
          "the prefixes stay", wrapped.prefixes);
  Words words = words_of(wrapped.argv_text);
  Words expected = {"--program=" + own.program};
  expected.insert(expected.begin(), options.begin(), options.end());
  expected = with_variables_escaped(expected, !own.command.no_variables);
  expected.insert(expected.begin(), kWrapper);
  expected.emplace_back("--");
  Words argv = words_of(own.command.argv_text);
  expected.insert(expected.end(), argv.begin(), argv.end());
  require(words == expected, "the command line is as meant", wrapped.argv_text);
}

/// Nothing but what the generator writes: no line of the input has become one of the drop-in.
Unit read_drop_in(const Unit& unit, const std::string& text) {
  constexpr std::string_view kKeys[] = {"ExecStart",         "ExecReload",
                                        "ExecStop",          "ExecStopPost",
                                        "SyslogIdentifier",  "SystemCallFilter",
                                        "BindReadOnlyPaths", "ExecPaths",
                                        "ExecCondition",     "ExecStartPre",
                                        "ExecStartPost",     "Restart",
                                        "SuccessExitStatus", "RestartForceExitStatus",
                                        "AssertPathExists",  "RootDirectory",
                                        "RootImage",         "TemporaryFileSystem",
                                        "InaccessiblePaths", "NoExecPaths",
                                        "AppArmorProfile",   "SELinuxContext"};
  UnitFile file = parse_unit_file("/zz-unitlock.conf", text);
  require(!file.broken && file.bad_lines.empty(), "systemd reads the whole drop-in", text);
  for (const SectionHeader& header : file.headers)
    require(header.section == "Service" || header.section == "Unit", "the section is ours", text);
  for (const Assignment& assignment : file.assignments)
    require(std::find(std::begin(kKeys), std::end(kKeys), assignment.key) != std::end(kKeys),
            "the setting is ours", assignment.key);
  Unit merged = unit;
  merged.add(parse_unit_file("/zz-unitlock.conf", text));
  return merged;
}

std::vector<ExecCommand> commands_of(const Unit& unit, std::string_view setting) {
  auto commands = exec_commands(unit, setting);
  require(commands.has_value(), "systemd accepts the unit with the drop-in",
          commands ? "" : commands.error().message);
  return *commands;
}

/// Either all commands of a setting are wrapped, or the setting is as it was.
void check_line(const ExecLineWord& line, const Unit& unit, const Unit& merged,
                const std::vector<WrappedCommand>& wrapped, const Words& options) {
  std::vector<WrappedCommand> own;
  for (const WrappedCommand& command : wrapped)
    if (command.line == line.line)
      own.push_back(command);
  if (own.empty()) {
    require(unit.list("Service", line.setting).size() ==
                merged.list("Service", line.setting).size(),
            "a setting that is not confined stays", line.setting);
    return;
  }
  auto commands = commands_of(merged, line.setting);
  require(commands.size() == own.size() &&
              commands.size() == commands_of(unit, line.setting).size(),
          "each command is wrapped once", line.setting);
  for (std::size_t i = 0; i < commands.size(); ++i)
    check_wrapped(commands[i], own[i], options);
}

void check_confined(const Unit& unit, const Declaration& declaration, const std::string& text) {
  Unit merged = read_drop_in(unit, text);
  Words options = wrapper_options(unit, declaration);
  check_options(options, declaration.policy);
  require(!declaration.commands.empty() && declaration.commands[0].line == ExecLine::Start,
          "a confined unit's start is confined");
  for (const ExecLineWord& line : kExecLines)
    check_line(line, unit, merged, declaration.commands, options);
}

void check_refusal(const Unit& unit, const std::string& text) {
  auto commands = commands_of(read_drop_in(unit, text), "ExecStart");
  require(commands.size() == 1 && commands[0].path == kWrapper, "only the wrapper is started",
          text);
  Words words = words_of(commands[0].argv_text);
  require(words.size() >= 3 && words[1] == "--unit=%n", "it has something to say", text);
  for (std::size_t i = 2; i < words.size(); ++i)
    require(words[i].starts_with("--refuse="), "it only refuses", words[i]);
}

void check_declaration(const Unit& unit, const Declaration& declaration) {
  std::string text = render_drop_in(unit, declaration, kWrapper);
  if (declaration.state == State::Confined)
    check_confined(unit, declaration, text);
  else if (declaration.state == State::Invalid)
    check_refusal(unit, text);
  else
    require(text.empty(), "what is not confined gets no drop-in", text);
  bool silent = declaration.diagnostics.empty();
  require(declaration.state != State::Unwrappable || !silent, "running unconfined has a reason");
}

} // namespace
} // namespace unitlock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock;
  using namespace unitlock::fuzz;
  static const Machine machine;
  Unit unit = unit_of(text_of(data, size));
  if (auto commands = exec_commands(unit, "ExecStart"))
    check_commands(unit, *commands);
  check_declaration(unit, declare(machine.root, unit, machine.presets, machine.ports));
  return 0;
}
