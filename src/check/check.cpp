// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/check.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/specifier.hpp"
#include "check/beyond.hpp"
#include "check/expectations.hpp"
#include "check/fleeting_rules.hpp"
#include "check/links.hpp"
#include "check/missing_paths.hpp"
#include "check/overlaps.hpp"
#include "check/power.hpp"
#include "check/programs.hpp"
#include "check/settings.hpp"
#include "check/subject.hpp"
#include "check/writing.hpp"
#include "policy/lower.hpp"

namespace unitlock::check {
namespace {

using State = Declaration::State;

std::string_view check_of(const Diagnostic& diagnostic, State state) {
  if (diagnostic.severity != Severity::Error)
    return "declaration";
  return state == State::Unwrappable ? "not-confined" : "invalid-declaration";
}

/// check_writing() says it better, and as a warning.
bool is_said_elsewhere(const Diagnostic& diagnostic, const Findings& findings) {
  return diagnostic.severity == Severity::Note &&
         std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
           return finding.check == "section-name" && finding.where == diagnostic.where;
         });
}

/// A drop-in that was given for a unit of somebody else's, which this root does not have.
bool lacks_unit_file(const Unit& unit, const PlacedFiles& placed) {
  return unit.fragment.empty() && std::any_of(placed.begin(), placed.end(), [&](const auto& file) {
           return std::find(unit.drop_ins.begin(), unit.drop_ins.end(), file.path) !=
                  unit.drop_ins.end();
         });
}

bool is_placed(const std::string& path, const PlacedFiles& placed) {
  return std::any_of(placed.begin(), placed.end(),
                     [&](const PlacedFile& file) { return file.path == path; });
}

void add_diagnostics(const Declaration& declaration, Findings& findings) {
  for (const Diagnostic& diagnostic : declaration.diagnostics)
    if (!is_said_elsewhere(diagnostic, findings))
      findings.push_back({diagnostic.severity, check_of(diagnostic, declaration.state),
                          diagnostic.where, diagnostic.message, ""});
}

/// What the generator would say only because the package is not in this root.
void excuse_absence(const Root& root, const Unit& unit, bool lacks_unit, Findings& findings) {
  std::vector<std::string> absences;
  for (const ExecCommand& command :
       exec_commands(unit, "ExecStart").value_or(std::vector<ExecCommand>{}))
    if (auto program = find_program(root, unit, command.path);
        !program && !unit.scalar("Service", "RootDirectory") &&
        !unit.scalar("Service", "RootImage") && !has_specifier(command.path))
      absences.push_back("not confined: " + to_string(program.error()));
  for (Finding& finding : findings) {
    if (finding.check != "not-confined")
      continue;
    if (lacks_unit) {
      finding.severity = Severity::Warning;
      finding.message = fmt::format("there is no {} here: not all can be checked", unit.name);
    } else if (std::find(absences.begin(), absences.end(), finding.message) != absences.end()) {
      finding.severity = Severity::Note;
      finding.check = "unchecked";
      finding.message.replace(0, finding.message.find(':'), "not checked");
    }
  }
}

SourceRef place_of(std::string_view directive, const Unit& unit, const SourceRef& otherwise) {
  const Assignment* said = own_directive(unit, directive);
  return said ? said->where : otherwise;
}

void add_state(const DeclaredUnit& declared, Findings& findings) {
  const Unit& unit = declared.unit;
  SourceRef file{unit.fragment.empty() && !unit.drop_ins.empty() ? unit.drop_ins.front()
                                                                 : unit.fragment,
                 0, 0};
  if (unit.masked)
    findings.push_back({Severity::Note, "masked", file,
                        "the unit is masked: it cannot be started, and its drop-ins are not read",
                        ""});
  else if (declared.declaration.state == State::None)
    findings.push_back({Severity::Warning, "nothing-declared", file,
                        "the unit has no [X-Landlock] section: it runs unconfined", ""});
  else if (declared.declaration.state == State::Off && !masking_drop_in(unit))
    findings.push_back({Severity::Note, "off", file, "Mode=off: the unit runs unconfined", ""});
  else if (declared.declaration.state == State::Confined &&
           declared.declaration.policy.mode == Mode::Permissive)
    findings.push_back({Severity::Warning, "permissive", place_of("Mode", unit, file),
                        "Mode=permissive: the unit runs unconfined, and no kernel tells what the "
                        "policy would deny",
                        "to see that, enforce it and look at \"unitlock denials\""});
}

/// What the wrapper would refuse on the running kernel.
void check_strictness(const Subject& subject, Findings& findings) {
  const Policy& policy = subject.policy();
  Ruleset ruleset = lower(policy, subject.kernel_abi);
  if (!is_refused(policy, ruleset))
    return;
  findings.push_back(
      {Severity::Warning, "refused",
       place_of("Compatibility", subject.unit, {subject.unit.fragment, 0, 0}),
       fmt::format(
           "Compatibility=strict refuses to start the unit here: this kernel cannot restrict {}",
           names_with_kernels(ruleset.dropped(), "can")),
       subject.kernel_abi == 0
           ? "a kernel with Landlock"
           : fmt::format("ABI={} asks for no more than this kernel has", subject.kernel_abi)});
}

/// In the order of the unit's files, as they are read.
void sort(const Unit& unit, Findings& findings) {
  auto rank = [&](const std::string& file) {
    if (file == unit.fragment)
      return std::ptrdiff_t{-1};
    return std::find(unit.drop_ins.begin(), unit.drop_ins.end(), file) - unit.drop_ins.begin();
  };
  auto key = [&](const Finding& f) {
    return std::tuple(rank(f.where.file), f.where.file, f.where.line, f.where.column, f.check,
                      f.message);
  };
  std::sort(findings.begin(), findings.end(),
            [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
}

void check_policy(const Subject& subject, Findings& findings) {
  check_fleeting_rules(subject, findings);
  check_links(subject, findings);
  check_overlaps(subject, findings);
  check_expectations(subject, findings);
  check_power(subject, findings);
}

} // namespace

Findings check_unit(const Root& root, const DeclaredUnit& declared, RuntimeScope scope,
                    const PlacedFiles& placed, int kernel_abi) {
  const Unit& unit = declared.unit;
  Findings findings;
  check_writing(unit, findings);
  add_diagnostics(declared.declaration, findings);
  add_state(declared, findings);
  bool lacks_unit = lacks_unit_file(unit, placed);
  bool is_foreign = is_placed(unit.fragment, placed);
  if (lacks_unit || is_foreign)
    excuse_absence(root, unit, lacks_unit, findings);
  State state = declared.declaration.state;
  // An invalid declaration is read in parts only: what they would mean together is not known.
  if (state == State::Confined || state == State::Unwrappable) {
    bool not_installed =
        lacks_unit || (is_foreign && lacks_program(root, unit, declared.declaration, scope));
    Subject subject{root, unit, declared.declaration, scope, not_installed, "", kernel_abi};
    check_missing_paths(subject, findings);
    check_strictness(subject, findings);
    check_policy(subject, findings);
    check_programs(subject, findings);
    check_settings(subject, findings);
    if (state == State::Confined)
      check_beyond(subject, findings);
  }
  sort(unit, findings);
  return findings;
}

Findings check_preset(const Root& root, const Presets& presets, const Preset& preset,
                      RuntimeScope scope) {
  Findings findings;
  Declaration declaration;
  declaration.state = State::Confined;
  if (auto policy = presets.resolve(preset.name))
    declaration.policy = *policy;
  else
    return findings;
  declaration.policy.families.reset(); // a policy that names the preset restricts everything
  remove_duplicates(declaration.policy);
  Unit unit;
  check_policy({root, unit, declaration, scope, false, preset.name}, findings);
  sort(unit, findings);
  return findings;
}

Findings check_problems(const Diagnostics& problems, std::string_view check) {
  Findings findings;
  for (const Diagnostic& problem : problems)
    findings.push_back({problem.severity, check, problem.where, problem.message, ""});
  return findings;
}

} // namespace unitlock::check
