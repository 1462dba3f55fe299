// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock suggest: from a unit's denials to the lines that would allow them, printed or written to
// the administrator's drop-in. Exit status 1 where something was denied that no ordinary line
// allows, where the journal has gaps, or where what was asked for was not done.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "advise/addition.hpp"
#include "advise/no_line.hpp"
#include "advise/suggestion.hpp"
#include "base/escape.hpp"
#include "base/spelling.hpp"
#include "cli/admin_drop_in.hpp"
#include "cli/context.hpp"
#include "cli/declared_expectations.hpp"
#include "cli/journal_options.hpp"
#include "cli/named_unit.hpp"
#include "cli/policy_text.hpp"
#include "cli/suggest_dialog.hpp"
#include "cli/suggest_text.hpp"
#include "cli/verbs.hpp"
#include "cli/view_of.hpp"
#include "journal/denial_report.hpp"
#include "machine/manager.hpp"
#include "machine/see_denials.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::cli {
namespace {

using advise::Advice;
using advise::ChosenLine;
using advise::Suggestion;

struct Options {
  std::string unit;
  JournalOptions journal;
  bool write = false;
  bool interactive = false;
  bool undo = false;
  bool no_reload = false;
  std::vector<std::string> sensitive;
};

class Suggesting {
public:
  Suggesting(const Context& context, const Options& options, const Root& root)
      : context_(context), options_(options), root_(root), manager_(context.manager(root)),
        index_(root, manager_) {}

  int run();

private:
  int undo(const std::string& unit);
  int suggest(const DeclaredUnit& declared);
  Result<std::vector<journal::DenialGroup>> read_groups(const DeclaredUnit& declared);
  void explain_nothing(journal::Journal& journal, const journal::Location& location);
  std::vector<ChosenLine> ordinary_and_named(const Advice& advice) const;
  bool is_named(const Suggestion& suggestion) const;
  std::optional<std::string> find_unknown_name(const Advice& advice) const;
  std::uint64_t started_usec(const std::string& unit) const;
  int write(const DeclaredUnit& declared, const std::vector<ChosenLine>& lines, bool confirm);
  Result<void> check(const DeclaredUnit& declared, const AdminDropIn& drop_in,
                     const std::string& text, const std::vector<ChosenLine>& lines) const;
  int finish_change(const std::string& unit);
  int refuse(const std::string& message) const {
    std::fflush(stdout); // in the order in which things happened
    complain(message);
    return kNotWell;
  }

  const Context& context_;
  const Options& options_;
  const Root& root_;
  ManagerEnvironment manager_;
  DeclarationIndex index_;
  int status_ = kWell;
};

int Suggesting::run() {
  auto declared = existing_unit(index_, options_.unit);
  if (!declared)
    return no_answer(declared.error());
  if (options_.undo)
    return undo(declared->unit.name);
  if (declared->declaration.state != Declaration::State::Confined)
    return no_answer({fmt::format("{} is not confined by its declaration: {}", declared->unit.name,
                                  to_string(declared->declaration.state)),
                      0,
                      {}});
  return suggest(*declared);
}

void Suggesting::explain_nothing(journal::Journal& journal, const journal::Location& location) {
  complain("no denials of this unit");
  if (!location.is_this_machine())
    return;
  machine::Visibility visibility = machine::see_denials(&journal);
  for (const std::string& sentence : visibility.words)
    complain(sentence);
  if (visibility.visible == machine::Visible::No)
    status_ = kNotWell;
}

/// A template's are those of all its instances.
Result<std::vector<journal::DenialGroup>> Suggesting::read_groups(const DeclaredUnit& declared) {
  auto query = options_.journal.query(context_);
  if (!query)
    return tl::unexpected(query.error());
  auto name = parse_unit_name(declared.unit.name);
  query->filter.units = {name && name->is_template() ? name->prefix + "@*.service"
                                                     : declared.unit.name};
  journal::Location location = options_.journal.location(context_);
  auto journal = journal::Journal::open(location);
  if (!journal)
    return tl::unexpected(journal.error());
  auto report = journal::read_denials(*journal, *query);
  if (!report)
    return tl::unexpected(report.error());
  for (const std::string& gap : report->gaps)
    status_ = refuse(gap);
  if (report->unattributed > 0)
    complain(fmt::format("of {} denials nobody knows whose they are: they are left out",
                         report->unattributed));
  if (report->groups.empty())
    explain_nothing(*journal, location);
  return std::move(report->groups);
}

bool Suggesting::is_named(const Suggestion& suggestion) const {
  return std::any_of(
      options_.sensitive.begin(), options_.sensitive.end(),
      [&](const std::string& name) { return name == "all" || name == suggestion.object; });
}

/// What is wrong with --sensitive=: a word that is about nothing must not look as if it had helped.
std::optional<std::string> Suggesting::find_unknown_name(const Advice& advice) const {
  std::vector<std::string> known;
  for (const Suggestion& suggestion : advice.suggestions)
    if (!suggestion.line.empty())
      known.push_back(suggestion.object);
  for (const std::string& name : options_.sensitive) {
    if (name == "all" || std::find(known.begin(), known.end(), name) != known.end())
      continue;
    std::string why = advise::why_no_line(advice, name);
    return fmt::format("nothing was written: no line is about \"{}\", as --sensitive= has it{}",
                       name, why.empty() ? did_you_mean(name, known) : ": " + why);
  }
  return std::nullopt;
}

std::vector<ChosenLine> Suggesting::ordinary_and_named(const Advice& advice) const {
  std::vector<ChosenLine> lines;
  for (const Suggestion& suggestion : advice.suggestions)
    if (suggestion.is(Suggestion::Kind::Ordinary) ||
        (suggestion.is(Suggestion::Kind::Sensitive) && is_named(suggestion)))
      lines.push_back(chosen(suggestion));
  return lines;
}

/// 0 where that is not known.
std::uint64_t Suggesting::started_usec(const std::string& unit) const {
  if (!context_.is_this_machine())
    return 0;
  auto bus = machine::connect_manager(context_.scope());
  auto service = bus ? (*bus)->service(unit) : Result<machine::Service>(fail("no manager"));
  return service && service->main_pid != 0 ? service->exec_main_start_usec : 0;
}

int Suggesting::suggest(const DeclaredUnit& declared) {
  auto groups = read_groups(declared);
  if (!groups)
    return no_answer(groups.error());
  advise::ServiceView view = view_of(context_, root_, index_, declared);
  view.set_started(started_usec(declared.unit.name));
  // What is expected is looked at, too: an attack is no less one for that.
  Advice advice = advise::advise(*groups, view, declared_expectations(index_, context_));
  if (advice.expected > 0)
    complain(fmt::format("{} denials that are declared as expected are left out", advice.expected));
  if (auto unknown = find_unknown_name(advice))
    return refuse(*unknown);
  std::vector<ChosenLine> lines = ordinary_and_named(advice);
  if (options_.interactive) {
    auto decided = ask(advice);
    if (!decided)
      return refuse("nothing was written: the input ended");
    return decided->empty() ? status_ : write(declared, *decided, !options_.write);
  }
  auto left = std::count_if(
      advice.suggestions.begin(), advice.suggestions.end(),
      [](const Suggestion& suggestion) { return !suggestion.is(Suggestion::Kind::Ordinary); });
  if (left > 0 || !advice.uncertain.empty())
    status_ = kNotWell;
  if (context_.json())
    print_advice_json(declared.unit.name, advice);
  else if (!options_.write && !advice.empty())
    print_advice(stdout, declared.unit.name, advice);
  if (!options_.write)
    return status_;
  auto apart = static_cast<std::size_t>(
      std::count_if(advice.suggestions.begin(), advice.suggestions.end(),
                    [](const Suggestion& suggestion) { return !suggestion.line.empty(); }));
  if (apart > lines.size())
    complain(fmt::format("{} sensitive line{} left out: look at them with \"unitlock suggest {}\"",
                         apart - lines.size(), apart - lines.size() == 1 ? " is" : "s are",
                         declared.unit.name));
  if (lines.empty())
    complain("nothing to write");
  return lines.empty() ? status_ : write(declared, lines, false);
}

/// Loads the unit as it will be, and looks whether just that was added.
Result<void> Suggesting::check(const DeclaredUnit& declared, const AdminDropIn& drop_in,
                               const std::string& text,
                               const std::vector<ChosenLine>& lines) const {
  DeclarationIndex with_it(root_, manager_, {{drop_in.path(), text}});
  return advise::adds_only(declared, with_it.find(declared.unit.name), lines);
}

int Suggesting::write(const DeclaredUnit& declared, const std::vector<ChosenLine>& lines,
                      bool confirm) {
  auto drop_in = AdminDropIn::of(root_, manager_, declared.unit.name);
  if (!drop_in)
    return no_answer(drop_in.error());
  auto old = drop_in->read();
  if (!old && old.error().number != ENOENT)
    return no_answer(old.error());
  std::string before = old.value_or("");
  std::string text = advise::with_addition(before, lines);
  if (auto checked = check(declared, *drop_in, text, lines); !checked)
    return refuse(fmt::format("{} is left as it is: {}", drop_in->path(), checked.error().message));
  std::FILE* stream = context_.json() ? stderr : stdout;
  fmt::print(stream, "{}", advise::appended_diff(escape(drop_in->path()), before, text));
  if (confirm && !ask_yes("\nWrite it? [y/N]"))
    return refuse("nothing was written");
  if (auto written = drop_in->write_text(text); !written)
    return no_answer(written.error());
  return finish_change(declared.unit.name);
}

int Suggesting::finish_change(const std::string& unit) {
  if (!options_.no_reload && context_.is_this_machine()) {
    auto bus = machine::connect_manager(context_.scope());
    auto reloaded = bus ? (*bus)->reload() : Result<void>(tl::unexpected(bus.error()));
    if (!reloaded)
      return refuse(to_string(reloaded.error()));
  }
  std::FILE* stream = context_.json() ? stderr : stdout;
  fmt::print(stream, "{} has to be restarted for that.\n", escape(unit, Backslash::Keep));
  return status_;
}

int Suggesting::undo(const std::string& unit) {
  auto drop_in = AdminDropIn::of(root_, manager_, unit);
  if (!drop_in)
    return no_answer(drop_in.error());
  auto text = drop_in->read();
  if (!text)
    return no_answer(text.error());
  auto before = advise::without_last_addition(*text);
  if (!before)
    return refuse(fmt::format("{}: {}", drop_in->path(), before.error().message));
  auto changed = before->empty() ? drop_in->remove() : drop_in->write_text(*before);
  if (!changed)
    return no_answer(changed.error());
  fmt::print("{} {}.\n", before->empty() ? "Removed" : "Restored",
             escape(drop_in->path(), Backslash::Keep));
  return finish_change(unit);
}

int run(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  return Suggesting(context, options, *root).run();
}

} // namespace

void add_suggest(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("suggest", "Turn denials into lines of a declaration");
  auto options = std::make_shared<Options>();
  verb->add_option("unit", options->unit, "A service; \"nginx\" means nginx.service")
      ->required()
      ->type_name("UNIT");
  options->journal.add_to(*verb);
  add_output_option(*verb, context, "A drop-in's text (default), or json (one object a line)");
  CLI::Option* write =
      verb->add_flag("--write", options->write, "Add the lines to the administrator's drop-in");
  CLI::Option* interactive = verb->add_flag("--interactive", options->interactive, "Ask for each");
  verb->add_option("--sensitive", options->sensitive,
                   "Write the sensitive line of this object too; may be repeated")
      ->type_name("OBJECT|all")
      ->allow_extra_args(false)
      ->needs(write)
      ->excludes(interactive);
  verb->add_flag("--undo", options->undo, "Take back what --write has added last")
      ->excludes(write)
      ->excludes(interactive);
  verb->add_flag("--no-reload", options->no_reload, "Do not have systemd read its files again");
  verb->footer("Exit status: 0 all that was denied has its line, 1 not all, 2 no answer.\n"
               "See unitlock-suggest(1).");
  verb->callback([&context, options] {
    context.run = [&context, options] { return run(context, *options); };
  });
}

} // namespace unitlock::cli
