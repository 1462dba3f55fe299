// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock denials: what Landlock denied, by unit, right and object, or one by one. Exit status 1
// where the journal has gaps (what is listed is true, but may not be all), or where nothing is
// found and nothing could have been.
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"
#include "base/timestamp.hpp"
#include "cli/context.hpp"
#include "cli/cursor_file.hpp"
#include "cli/declared_expectations.hpp"
#include "cli/denial_text.hpp"
#include "cli/journal_options.hpp"
#include "cli/named_unit.hpp"
#include "cli/render.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "journal/denial_stream.hpp"
#include "machine/see_denials.hpp"

namespace unitlock::cli {
namespace {

using journal::DenialEvent;
using journal::DenialReport;

/// How many are shown before one waits for more, as journalctl -f does.
constexpr std::size_t kLinesBeforeFollowing = 10;

struct Options {
  JournalOptions journal;
  journal::DenialFilter filter;
  std::vector<std::string> rights;
  std::vector<std::string> attributions;
  std::string lines;
  std::string cursor_file;
  bool reverse = false;
  bool raw = false;
  bool follow = false;
  bool probes = false;
  bool expected = false;
  bool full = false;

  bool is_filtered() const {
    return !rights.empty() || !attributions.empty() || !filter.paths.empty() ||
           !filter.programs.empty() || !filter.invocations.empty() || !filter.hosts.empty();
  }
};

/// nullopt: all of them.
Result<std::optional<std::size_t>> parse_lines(const std::string& text) {
  if (text.empty() || text == "all")
    return std::nullopt;
  auto lines = to_number<std::size_t>(text);
  if (!lines)
    return fail(fmt::format("--lines={} is neither a number nor \"all\"", text));
  return lines;
}

Result<journal::DenialFilter> to_filter(const Options& options) {
  journal::DenialFilter filter = options.filter;
  for (const std::string& word : options.rights) {
    auto right = journal::parse_right_filter(word);
    if (!right)
      return tl::unexpected(right.error());
    filter.rights.push_back(*right);
  }
  for (const std::string& word : options.attributions) {
    auto certainty = journal::parse_certainty(word);
    if (!certainty)
      return tl::unexpected(certainty.error());
    filter.certainties.push_back(*certainty);
  }
  return filter;
}

/// How many denials are not shown.
struct LeftOut {
  std::uint64_t unattributed = 0, probes = 0, expected = 0;

  void say() const;
};

void LeftOut::say() const {
  if (unattributed > 0)
    complain(fmt::format("of {} denials nobody knows whose they are, they are left out: see "
                         "--attribution=unknown,unclaimed",
                         unattributed));
  if (probes > 0)
    complain(
        fmt::format("{} denials that unitlock has caused to see whether there are any are left "
                    "out: see --probes",
                    probes));
  if (expected > 0)
    complain(fmt::format("{} denials that are declared as expected are left out: see --expected",
                         expected));
}

/// What a run needs: the question, and where the answer comes from and goes to.
struct Run {
  const Options& options;
  const Context& context;
  journal::Location location;
  journal::DenialQuery query;
  CursorFile cursor;
  std::optional<std::size_t> lines;

  DenialStyle style(journal::Journal& journal) const;
  int groups(journal::Journal& journal);
  int events(journal::Journal& journal);
  int follow(journal::DenialStream& stream, DenialStyle style);
  Result<void> read_chosen(journal::DenialStream& stream, const DenialStyle& style, bool& found);
  Result<void> save(const std::string& place);
  int explain(journal::Journal& journal, const std::vector<std::string>& gaps,
              const LeftOut& left_out, bool found) const;
  void print(const DenialEvent& event, const DenialStyle& style) const;
};

DenialStyle Run::style(journal::Journal& journal) const {
  DenialStyle style{!location.is_this_machine(), wants_colours(), realtime_now_usec(), {}};
  style.cuts = !options.full && isatty(STDOUT_FILENO) == 1;
  if (location.is_this_machine())
    if (auto boot = journal.find_boot("0"))
      style.boot = *boot;
  return style;
}

/// A misspelt unit has no denials either.
void complain_of_unknown(const std::vector<std::string>& units, const Context& context) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return;
  DeclarationIndex index(*root, context.manager(*root));
  for (const std::string& unit : units)
    if (unit.find_first_of("*?[") == std::string::npos)
      if (auto found = existing_unit(index, unit); !found)
        complain(to_string(found.error()));
}

/// What is wrong with the answer, and what an empty one means.
int Run::explain(journal::Journal& journal, const std::vector<std::string>& gaps,
                 const LeftOut& left_out, bool found) const {
  for (const std::string& gap : gaps)
    complain(gap);
  int status = gaps.empty() ? kWell : kNotWell;
  left_out.say();
  if (found)
    return status;
  complain(options.is_filtered()        ? "no denials that match"
           : query.filter.units.empty() ? "no denials"
                                        : "no denials of these units");
  if (options.journal.knows_declarations(context))
    complain_of_unknown(query.filter.units, context);
  if (!location.is_this_machine())
    return status;
  machine::Visibility visibility = machine::see_denials(&journal);
  for (const std::string& sentence : visibility.words)
    complain(sentence);
  return visibility.visible == machine::Visible::No ? kNotWell : status;
}

/// The last `lines` of them, and in the order that is wanted.
void choose(std::vector<journal::DenialGroup>& groups, std::optional<std::size_t> lines,
            bool reverse) {
  auto is_later = [](const journal::DenialGroup& a, const journal::DenialGroup& b) {
    return a.last_usec > b.last_usec;
  };
  if (lines && *lines < groups.size()) {
    std::vector<std::uint64_t> times;
    for (const journal::DenialGroup& group : groups)
      times.push_back(group.last_usec);
    std::sort(times.rbegin(), times.rend());
    std::uint64_t since = *lines == 0 ? UINT64_MAX : times[*lines - 1];
    std::erase_if(groups, [&](const auto& group) { return group.last_usec < since; });
    groups.resize(std::min(groups.size(), *lines));
  }
  if (reverse)
    std::stable_sort(groups.begin(), groups.end(), is_later);
}

/// Only when what was found is written: who is interrupted is told it again.
Result<void> Run::save(const std::string& place) {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    return fail("cannot write to standard output");
  return cursor.write(place);
}

int Run::groups(journal::Journal& journal) {
  auto report = read_denials(journal, query);
  if (!report)
    return no_answer(report.error());
  bool found = !report->groups.empty();
  choose(report->groups, lines, options.reverse);
  DenialStyle shown = style(journal); // of the terminal itself
  bool was_cut = false;
  {
    Pager pager(context.pager);
    if (context.json())
      for (const journal::DenialGroup& group : report->groups)
        fmt::print("{}", json_line(to_json(group, *report)));
    else if (!report->groups.empty())
      was_cut = print_table(stdout, *report, shown);
  }
  if (was_cut)
    complain("long paths are shown without their middle: -l shows all of them");
  int status = explain(journal, report->gaps,
                       {report->unattributed, report->probes, report->expected}, found);
  auto saved = save(report->resume_cursor);
  return saved ? status : no_answer(saved.error());
}

void Run::print(const DenialEvent& event, const DenialStyle& style) const {
  fmt::print("{}", context.json() ? json_line(to_json(event)) : line_text(event, style));
}

/// All of them at once, unless only the last are wanted, or the last first.
Result<void> Run::read_chosen(journal::DenialStream& stream, const DenialStyle& style,
                              bool& found) {
  std::deque<DenialEvent> kept;
  auto read = stream.read(
      [&](const DenialEvent& event) {
        found = true;
        if (!lines && !options.reverse)
          return print(event, style);
        kept.push_back(event);
        if (lines && kept.size() > *lines)
          kept.pop_front();
      },
      options.follow);
  if (options.reverse)
    std::reverse(kept.begin(), kept.end());
  for (const DenialEvent& event : kept)
    print(event, style);
  return read;
}

int Run::events(journal::Journal& journal) {
  auto window = window_of(journal, query);
  if (!window)
    return no_answer(window.error());
  DenialStyle shown = style(journal);
  journal::DenialStream stream(journal, query, std::move(*window));
  bool found = false;
  Result<void> read;
  {
    Pager pager(context.pager && !options.follow);
    read = read_chosen(stream, shown, found);
  }
  if (!read)
    return no_answer(read.error());
  if (options.follow)
    return follow(stream, shown);
  int status = explain(journal, stream.gaps(),
                       {stream.unattributed(), stream.probes(), stream.expected()}, found);
  auto saved = save(stream.resume_cursor());
  return saved ? status : no_answer(saved.error());
}

int Run::follow(journal::DenialStream& stream, DenialStyle style) {
  auto followed = stream.follow(
      [&](const DenialEvent& event) {
        style.now_usec = realtime_now_usec();
        print(event, style);
      },
      [&] { return save(stream.resume_cursor()); }, STDOUT_FILENO);
  return followed ? kWell : no_answer(followed.error());
}

int run(const Options& options, const Context& context) {
  auto root = Root::open(context.root_directory());
  auto query = options.journal.query(context);
  auto filter = to_filter(options);
  auto lines = parse_lines(options.lines);
  CursorFile cursor(options.cursor_file);
  auto place = cursor.read();
  if (!root || !query || !filter || !lines || !place)
    return no_answer(!root     ? root.error()
                     : !query  ? query.error()
                     : !filter ? filter.error()
                     : !lines  ? lines.error()
                               : place.error());
  filter->user = query->filter.user;
  query->filter = std::move(*filter);
  query->with_probes = options.probes;
  query->with_expected = options.expected;
  if (options.journal.knows_declarations(context))
    query->expectations = declared_expectations(*root, context);
  query->after_cursor = *place;
  query->keep_place = cursor.is_wanted() && !options.follow;
  if (options.follow && place->empty() && options.lines.empty())
    lines->emplace(kLinesBeforeFollowing);
  journal::Location location = options.journal.location(context);
  auto journal = journal::Journal::open(location);
  if (!journal)
    return no_answer(journal.error());
  Run run{options, context, location, std::move(*query), std::move(cursor), *lines};
  return options.raw || options.follow ? run.events(*journal) : run.groups(*journal);
}

/// `name` takes several values, each its own option or with commas between.
void add_filter(CLI::App& verb, const std::string& name, std::vector<std::string>& values,
                const char* type, const char* help) {
  verb.add_option(name, values, help)->type_name(type)->delimiter(',')->allow_extra_args(false);
}

void add_filters(CLI::App& verb, Options& options) {
  add_filter(verb, "--right", options.rights, "RIGHT",
             "Of this right: read_file, fs.read_file, net");
  add_filter(verb, "--path", options.filter.paths, "PATH", "Of this path and all below it");
  add_filter(verb, "--program", options.filter.programs, "PROGRAM", "By this program, or glob");
  add_filter(verb, "--invocation", options.filter.invocations, "ID", "Of this start of a unit");
  add_filter(verb, "--attribution", options.attributions, "CERTAINTY",
             "certain, likely, disputed, unclaimed, foreign, unknown");
  add_filter(verb, "--host", options.filter.hosts, "HOST", "Of this host, or glob");
}

} // namespace

void add_denials(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("denials", "Show what was denied, from the journal");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT", options->filter.units, "Units or globs; \"nginx\" means nginx.service");
  add_filters(*verb, *options);
  options->journal.add_to(*verb);
  verb->add_flag("--raw", options->raw, "One line for each denial");
  CLI::Option* follow =
      verb->add_flag("-f,--follow", options->follow, "Wait for more, one line for each");
  verb->add_flag("-l,--full", options->full, "Cut no path, however long, on a terminal either");
  verb->add_option("-n,--lines", options->lines, "The last of them only, or all")->type_name("N");
  verb->add_flag("-r,--reverse", options->reverse, "The newest first")->excludes(follow);
  verb->add_option("--cursor-file", options->cursor_file,
                   "Go on where this file says, and say there where to go on next")
      ->type_name("FILE");
  verb->add_flag("--probes", options->probes, "Also what \"unitlock status --probe\" has caused");
  verb->add_flag("--expected", options->expected, "Also what is declared as expected, marked");
  add_output_option(*verb, context, "table, or json (one object a line)");
  verb->footer("A unit with \"?\" behind: PIDs could not be compared.\n"
               "Exit status: 0 this is all, 1 denials may be missing, 2 no answer.\n"
               "See unitlock-denials(1).");
  verb->callback([options, &context] {
    context.run = [options, &context] { return run(*options, context); };
  });
}

} // namespace unitlock::cli
