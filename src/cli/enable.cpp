// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock enable and unitlock disable: the administrator's drop-in with a preset, written and
// taken back. Nothing is restarted; what a restart will change is said.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "advise/addition.hpp"
#include "base/escape.hpp"
#include "check/check.hpp"
#include "cli/admin_drop_in.hpp"
#include "cli/context.hpp"
#include "cli/findings_text.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/this_machine.hpp"
#include "cli/vendor_list.hpp"
#include "cli/verbs.hpp"
#include "machine/survey.hpp"
#include "policy/vocabulary.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::cli {
namespace {

using State = Declaration::State;

struct Options {
  std::vector<std::string> units;
  std::vector<std::string> presets;
  bool no_reload = false;
};

/// What both verbs need: the files, the manager behind them, and how it went so far.
class Change {
public:
  Change(const Context& context, const Options& options, const Root& root)
      : context_(context), options_(options), root_(root), manager_(context.manager(root)) {}

  int enable();
  int disable();

private:
  void enable_unit(const DeclarationIndex& index, const std::string& word);
  void disable_unit(const DeclarationIndex& index, const std::string& word);
  Result<std::vector<std::string>> choose_presets(const DeclarationIndex& index,
                                                  const Unit& unit) const;
  void tell_declared(const DeclaredUnit& declared, const SectionHeader& section);
  void write(const Unit& unit, const std::vector<std::string>& presets);
  /// nullopt where the word names no service that there is; that is then said.
  std::optional<DeclaredUnit> find(const DeclarationIndex& index, const std::string& word);
  void reload();
  void tell_enabled(const DeclarationIndex& index, const std::string& name);
  std::string way_back(const std::string& text, const std::string& name) const;
  void tell_disabled(const DeclarationIndex& index, const std::string& name);
  /// What unitlock status would say of it: what only a restart will change.
  void tell_restart(const DeclarationIndex& index, const std::string& name);
  void refuse(const std::string& message) {
    std::fflush(stdout); // in the order in which things happened
    complain(message);
    status_ = kNotWell;
  }

  const Context& context_;
  const Options& options_;
  const Root& root_;
  ManagerEnvironment manager_;
  std::vector<std::string> changed_;
  int status_ = kWell;
};

/// Where a unit's own files declare something; nullptr where they do not.
const SectionHeader* own_section(const Unit& unit) {
  auto found =
      std::find_if(unit.headers.begin(), unit.headers.end(), [](const SectionHeader& header) {
        return is_declaration_section(header.section);
      });
  return found == unit.headers.end() ? nullptr : &*found;
}

std::optional<DeclaredUnit> Change::find(const DeclarationIndex& index, const std::string& word) {
  auto declared = existing_unit(index, word);
  if (!declared) {
    refuse(declared.error().message);
    return std::nullopt;
  }
  return std::move(*declared);
}

/// Those of the options, or of the vendor's list, or the one of the same name: "mine" for
/// mine.service and mine@instance.service.
Result<std::vector<std::string>> Change::choose_presets(const DeclarationIndex& index,
                                                        const Unit& unit) const {
  std::vector<std::string> names = options_.presets;
  const VendorList vendor(root_, manager_);
  const UnitPresets* choice = vendor.entry_for(unit.names);
  if (choice && choice->error)
    return tl::unexpected(*choice->error);
  if (choice && choice->presets.empty()) {
    std::string why =
        fmt::format("{} should not be confined, says {}", unit.name, to_string(choice->where));
    if (names.empty())
      return fail(why);
    complain(why);
  }
  if (names.empty() && choice)
    for (const PresetName& preset : choice->presets)
      names.push_back(preset.name);
  if (names.empty()) {
    names = {parse_unit_name(unit.name)->prefix};
    if (!index.presets().all().contains(names[0]))
      return fail(fmt::format("there is no preset for {}: name one with --preset=, or declare what "
                              "it may do, see unitlock.unit(5)",
                              unit.name));
  }
  for (const std::string& name : names)
    if (auto policy = index.presets().resolve(name); !policy)
      return tl::unexpected(policy.error());
  return names;
}

/// A section that is there already is the administrator's, unless it is what enable would write.
void Change::tell_declared(const DeclaredUnit& declared, const SectionHeader& section) {
  const std::string& name = declared.unit.name;
  auto drop_in = AdminDropIn::of(root_, manager_, name);
  auto text = drop_in ? drop_in->read() : Result<std::string>(tl::unexpected(drop_in.error()));
  if (text && AdminDropIn::is_untouched(*text) && options_.presets.empty() &&
      section.where.file == drop_in->path()) {
    fmt::print("{} is enabled already.\n", escape(name));
    changed_.push_back(name); // perhaps without a reload
    return;
  }
  bool off = declared.declaration.state == State::Off;
  refuse(fmt::format("{} is {} already: change {}", name, off ? "exempt" : "declared",
                     to_string(section.where)));
}

void Change::enable_unit(const DeclarationIndex& index, const std::string& word) {
  auto declared = find(index, word);
  if (!declared)
    return;
  const Unit& unit = declared->unit;
  if (unit.masked) {
    refuse(fmt::format("{} is masked: it cannot be started", unit.name));
    return;
  }
  if (const SectionHeader* section = own_section(unit)) {
    tell_declared(*declared, *section);
    return;
  }
  if (declared->declaration.given_at && options_.presets.empty()) {
    fmt::print("{} has presets already, by {}.\n", escape(unit.name),
               escape(to_string(*declared->declaration.given_at), Backslash::Keep));
    changed_.push_back(unit.name); // what became of it is said
    return;
  }
  if (declared->declaration.exempted_at && options_.presets.empty()) {
    refuse(fmt::format("{} is exempted by {}: --preset= overrules that", unit.name,
                       to_string(*declared->declaration.exempted_at)));
    return;
  }
  auto presets = choose_presets(index, unit);
  if (presets)
    write(unit, *presets);
  else
    refuse(to_string(presets.error()));
}

void Change::write(const Unit& unit, const std::vector<std::string>& presets) {
  auto drop_in = AdminDropIn::of(root_, manager_, unit.name);
  if (!drop_in) {
    refuse(to_string(drop_in.error()));
    return;
  }
  if (auto old = drop_in->read(); old || old.error().number != ENOENT) {
    refuse(fmt::format("{} is there already: add the section to it", drop_in->path()));
    return;
  }
  if (auto written = drop_in->write(presets); !written) {
    refuse(to_string(written.error()));
    return;
  }
  fmt::print("Created {}{}.\n", escape(context_.root, Backslash::Keep),
             escape(drop_in->path(), Backslash::Keep));
  changed_.push_back(unit.name);
}

/// From a drop-in that was changed to the one that disable may remove.
std::string Change::way_back(const std::string& text, const std::string& name) const {
  std::size_t additions = 0;
  std::string before = text;
  for (auto next = advise::without_last_addition(before); next;
       next = advise::without_last_addition(before), ++additions)
    before = std::move(*next);
  if (additions == 0)
    return "remove it yourself";
  return fmt::format(
      "\"unitlock {}suggest --undo {}\"{} takes back what \"unitlock suggest\" added{}",
      context_.user ? "--user " : "", name,
      additions == 1 ? "" : fmt::format(", {} times,", additions),
      before.empty()                      ? ""
      : AdminDropIn::is_untouched(before) ? ", then disable again"
                                          : "; the rest remove yourself");
}

void Change::disable_unit(const DeclarationIndex& index, const std::string& word) {
  auto declared = find(index, word);
  if (!declared)
    return;
  const std::string& name = declared->unit.name;
  auto drop_in = AdminDropIn::of(root_, manager_, name);
  if (!drop_in) {
    refuse(to_string(drop_in.error()));
    return;
  }
  auto text = drop_in->read();
  if (!text && text.error().number == ENOENT) {
    if (declared->declaration.state == State::None)
      fmt::print("{} is not enabled.\n", escape(name));
    else
      tell_disabled(index, name);
    return;
  }
  if (!text || !AdminDropIn::is_untouched(*text)) {
    refuse(text ? fmt::format("{} is not as \"unitlock enable\" wrote it: {}", drop_in->path(),
                              way_back(*text, name))
                : to_string(text.error()));
    return;
  }
  if (auto removed = drop_in->remove(); !removed) {
    refuse(to_string(removed.error()));
    return;
  }
  fmt::print("Removed {}{}.\n", escape(context_.root, Backslash::Keep),
             escape(drop_in->path(), Backslash::Keep));
  changed_.push_back(name);
}

void Change::reload() {
  if (changed_.empty() || options_.no_reload || !context_.is_this_machine())
    return;
  auto bus = machine::connect_manager(context_.scope());
  auto reloaded = bus ? (*bus)->reload() : Result<void>(tl::unexpected(bus.error()));
  if (!reloaded)
    refuse(to_string(reloaded.error()));
}

void Change::tell_restart(const DeclarationIndex& index, const std::string& name) {
  if (!context_.is_this_machine())
    return;
  ThisMachine here = ThisMachine::connect(context_.scope());
  machine::Verdict verdict = here.survey(root_, index, context_).report(name).verdict;
  using machine::State;
  bool no_reload = options_.no_reload && verdict.state == State::ReloadNeeded;
  if (verdict.state == State::RestartNeeded)
    fmt::print("It has to be restarted: {}.\n", escape(verdict.reason, Backslash::Keep));
  else if (!is_well(verdict.state) && verdict.state != State::Partly &&
           verdict.state != State::Undeclared && !no_reload)
    refuse(fmt::format("{}: {}: {}", name, to_string(verdict.state), verdict.reason));
}

/// "31 paths, 4 of them to write, and 3 ports".
std::string extent(const Policy& policy) {
  auto writable = std::count_if(policy.paths.begin(), policy.paths.end(), [](const PathRule& rule) {
    return (rule.access & ~(landlock::mask_of("fs.execute") | kReadOnly)) != 0;
  });
  return fmt::format("{} paths, {} of them for more than to read and execute, and {} ports or "
                     "ranges of ports",
                     policy.paths.size(), writable, policy.ports.size());
}

void Change::tell_enabled(const DeclarationIndex& index, const std::string& name) {
  DeclaredUnit declared = index.find(name);
  check::Findings findings = check::check_unit(root_, declared, context_.scope());
  std::erase_if(findings,
                [](const check::Finding& finding) { return finding.severity == Severity::Note; });
  if (!findings.empty())
    print_findings(stderr, {{name, std::move(findings)}});
  if (declared.declaration.state != State::Confined) {
    refuse(fmt::format("{} is not confined: {}", name, to_string(declared.declaration.state)));
    return;
  }
  if (declared.declaration.policy.mode == Mode::Permissive) {
    refuse(fmt::format("{} is not confined: Mode=permissive", name));
    return;
  }
  fmt::print("{} may use {}: \"unitlock {}show {}\".\n", escape(name),
             extent(declared.declaration.policy), context_.user ? "--user " : "", escape(name));
  tell_restart(index, name);
}

void Change::tell_disabled(const DeclarationIndex& index, const std::string& name) {
  DeclaredUnit declared = index.find(name);
  const SectionHeader* section = own_section(declared.unit);
  const auto& given_at = declared.declaration.given_at;
  std::string by = section    ? ", in " + to_string(section->where)
                   : given_at ? ", by " + to_string(*given_at)
                              : "";
  if (declared.declaration.state == State::Off)
    fmt::print("{} is exempt{}.\n", escape(name), escape(by, Backslash::Keep));
  else if (declared.declaration.state != State::None)
    refuse(fmt::format("{} is still declared{}: a drop-in with Mode=off exempts it", name, by));
  tell_restart(index, name);
}

int Change::enable() {
  DeclarationIndex before(root_, manager_);
  for (const std::string& word : options_.units)
    enable_unit(before, word);
  reload();
  DeclarationIndex after(root_, manager_);
  for (const std::string& name : changed_)
    tell_enabled(after, name);
  return status_;
}

int Change::disable() {
  DeclarationIndex before(root_, manager_);
  for (const std::string& word : options_.units)
    disable_unit(before, word);
  reload();
  DeclarationIndex after(root_, manager_);
  for (const std::string& name : changed_)
    tell_disabled(after, name);
  return status_;
}

int run(const Context& context, const Options& options, int (Change::*verb)()) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  return (Change(context, options, *root).*verb)();
}

CLI::App* add_verb(CLI::App& app, Context& context, const char* name, const char* what,
                   const std::shared_ptr<Options>& options, int (Change::*change)()) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->add_option("UNIT", options->units, "Services; \"nginx\" means nginx.service")->required();
  verb->add_flag("--no-reload", options->no_reload, "Do not have systemd read its files again");
  verb->callback([&context, options, change] {
    context.run = [&context, options, change] { return run(context, *options, change); };
  });
  return verb;
}

} // namespace

void add_enable(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(app, context, "enable", "Declare services confined by a preset",
                            options, &Change::enable);
  verb->add_option("--preset", options->presets, "In place of the one that is made for the service")
      ->delimiter(',')
      ->type_name("NAME");
}

void add_disable(CLI::App& app, Context& context) {
  add_verb(app, context, "disable", "Take back what enable has declared",
           std::make_shared<Options>(), &Change::disable);
}

} // namespace unitlock::cli
