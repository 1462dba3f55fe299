// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/programs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "declare/program.hpp"
#include "unit/expand.hpp"
#include "unit/words.hpp"

namespace unitlock::check {
namespace {

using Words = std::vector<std::string>;

bool is_shell(std::string_view program) {
  constexpr auto kShells =
      std::to_array<std::string_view>({"sh", "bash", "dash", "ksh", "mksh", "zsh", "busybox"});
  return std::find(kShells.begin(), kShells.end(), path_basename(program)) != kShells.end();
}

/// "ld-linux-x86-64.so.2", "ld64.so.1", "ld.so.1".
bool is_loader(std::string_view program) {
  std::string_view name = path_basename(program);
  return name.substr(0, 2) == "ld" && name.find(".so") != std::string_view::npos;
}

class ProgramCheck {
public:
  ProgramCheck(const Subject& subject, Findings& findings)
      : subject_(subject), findings_(findings) {}

  void check(const WrappedCommand& wrapped) {
    command_ = &wrapped.command;
    // Of the other commands, systemd.service(5) says which failure fails the service.
    consequence_ =
        wrapped.line == ExecLine::Start ? "the service cannot start" : "the command fails";
    auto program = subject_.expanded(wrapped.program);
    if (!program) {
      report(Severity::Note, "unchecked",
             fmt::format("{} is not checked: what it stands for is known when the service starts",
                         wrapped.program),
             "");
      return;
    }
    std::string path = path_has_dotdot(*program)
                           ? subject_.root.resolve(*program).value_or(*program)
                           : simplify_path(*program);
    chain_ = programs_behind(subject_.root, path);
    if (!exists(path) || !subject_.restricts_files())
      return;
    for (const std::string& link : chain_)
      check_granted(link);
    check_libraries();
    check_env();
    check_shell();
  }

private:
  void report(Severity severity, std::string_view check, std::string message, std::string hint) {
    findings_.push_back({severity, check, command_->where, std::move(message), std::move(hint)});
  }

  /// Whether there is something to look at.
  bool exists(const std::string& path) {
    for (const std::string& link : chain_) {
      if (subject_.root.is_program(link))
        continue;
      if (is_out_of_reach(subject_.root, link)) {
        report(Severity::Note, "unchecked",
               fmt::format("{} cannot be looked at: permission denied", link), "ask as root");
        return false;
      }
      std::string what = subject_.root.kind(link) == FileKind::Missing
                             ? fmt::format("{} does not exist", link)
                             : fmt::format("{} is no executable file", link);
      if (link != path)
        what = fmt::format("{} cannot be executed: its interpreter {}", path, what);
      report_missing(what);
      return false;
    }
    return true;
  }

  void report_missing(const std::string& what) {
    if (subject_.not_installed) {
      report(Severity::Note, "unchecked",
             what + " here: whether the policy lets it start is not checked",
             "install the package, or point --root= at a tree that has it");
      return;
    }
    // "-": systemd takes the failure for a success; and a condition may know that it is missing.
    bool expected = command_->prefixes.find('-') != std::string::npos || is_conditional();
    report(expected ? Severity::Note : Severity::Error, "missing-program",
           fmt::format("{}: {}", what, consequence_), "");
  }

  bool is_conditional() const {
    for (const char* key : {"ConditionPathExists", "ConditionFileIsExecutable", "AssertPathExists",
                            "AssertFileIsExecutable"})
      if (!subject_.unit.list("Unit", key).empty())
        return true;
    return false;
  }

  void check_granted(const std::string& program) {
    std::string real = subject_.root.resolve(program).value_or(program);
    std::uint64_t rights = subject_.reach.rights_at(real);
    std::uint64_t wanted = (kExecute | kReadFile) & restricted_by(subject_.policy()).fs;
    if ((rights & wanted) == wanted)
      return;
    report(Severity::Error, "program-not-granted",
           fmt::format("the policy does not let {} be executed: the service cannot start", program),
           fmt::format("add ExecPaths={}", program));
  }

  /// The C library lies beside the loader, on Debian as elsewhere.
  void check_libraries() {
    if (!is_loader(chain_.back()))
      return;
    std::string loader = subject_.root.resolve(chain_.back()).value_or(chain_.back());
    std::string library = loader.substr(0, loader.rfind('/')) + "/libc.so.6";
    std::string real = subject_.root.resolve(library).value_or(library);
    if (subject_.root.kind(library) != FileKind::Regular ||
        (subject_.reach.rights_at(real) & kReadFile) != 0)
      return;
    report(Severity::Error, "unreadable-libraries",
           fmt::format("the policy does not let {} read {}: {}", chain_.front(), library,
                       consequence_),
           "name the preset runtime, or add ReadOnlyPaths=/usr/lib");
  }

  Words argument_words() const { return split_words(command_->argv_text).value_or(Words{}); }

  /// "#!/usr/bin/env python3": the policy has to let env(1) start what it is for.
  void check_env() {
    auto env = std::find_if(chain_.begin(), chain_.end(),
                            [](const std::string& p) { return path_basename(p) == "env"; });
    if (env == chain_.end() || sets_path())
      return;
    std::string program = started_by_env(
        subject_.root,
        env == chain_.begin() ? argument_words() : interpreter_line(subject_.root, *(env - 1)));
    if (program.empty())
      return;
    for (const std::string& started : programs_behind(subject_.root, program))
      check_granted(started);
  }

  bool sets_path() const {
    for (const Assignment* assignment : subject_.unit.list("Service", "Environment"))
      if (assignment->value.find("PATH=") != std::string::npos)
        return true;
    return !subject_.unit.list("Service", "EnvironmentFile").empty();
  }

  /// A shell that can execute nothing is good for its builtins only.
  void check_shell() {
    if (std::none_of(chain_.begin(), chain_.end(), is_shell) || grants_others())
      return;
    report(Severity::Warning, "starts-others",
           fmt::format("{} {}, and the policy lets it start no other program", chain_.front(),
                       is_shell(chain_.front()) ? "is a shell" : "is a shell script"),
           "grant what it starts with ExecPaths=, and what that needs");
  }

  bool grants_others() const {
    std::vector<std::string> own;
    for (const std::string& link : chain_)
      own.push_back(subject_.root.resolve(link).value_or(link));
    for (const PathRule* rule : subject_.reach.unknown())
      if (rule->access & kExecute)
        return true;
    const auto& rules = subject_.reach.rules();
    return std::any_of(rules.begin(), rules.end(), [&](const PlacedRule& placed) {
      return (placed.rule->access & kExecute) != 0 && placed.kind != FileKind::Missing &&
             !is_loader(placed.path) && std::find(own.begin(), own.end(), placed.real) == own.end();
    });
  }

  const Subject& subject_;
  Findings& findings_;
  const ExecCommand* command_ = nullptr;
  const char* consequence_ = "";
  std::vector<std::string> chain_; ///< the program and its interpreters
};

} // namespace

void check_programs(const Subject& subject, Findings& findings) {
  if (subject.other_root())
    return; // check_missing_paths() says so
  ProgramCheck check(subject, findings);
  for (const WrappedCommand& wrapped : subject.declaration.commands)
    check.check(wrapped);
}

bool lacks_program(const Root& root, const Unit& unit, const Declaration& declaration,
                   RuntimeScope scope) {
  return std::any_of(declaration.commands.begin(), declaration.commands.end(),
                     [&](const WrappedCommand& wrapped) {
                       auto path = expand(wrapped.program, unit.name, scope);
                       return path && root.kind(*path) == FileKind::Missing;
                     });
}

} // namespace unitlock::check
