// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock metrics: the figures of this machine as text for Prometheus. Exit status 0 where they
// are given, with unitlock_gaps for what could not be found out; 2 where there is no answer.
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.hpp"
#include "base/output_file.hpp"
#include "base/timestamp.hpp"
#include "cli/context.hpp"
#include "cli/declared_expectations.hpp"
#include "cli/denial_counters.hpp"
#include "cli/journal_options.hpp"
#include "cli/metrics_text.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "config.hpp"
#include "landlock/syscalls.hpp"
#include "machine/kernel_audit.hpp"
#include "machine/see_denials.hpp"

namespace unitlock::cli {
namespace {

using machine::Visible;
using Type = Metric::Type;

constexpr std::uint64_t kSecond = 1000000;
/// The records of an event, their copies in the kernel's log, and the start record that it belongs
/// to come one after the other: a run with --state leaves the last moments to the next one.
constexpr std::uint64_t kSettle = 6 * kSecond;

struct Options {
  JournalOptions journal;
  std::string state, write, format = "prometheus";
};

/// Figures, and how many reasons there are why they are not all.
struct Figures {
  std::vector<Metric> metrics;
  std::uint64_t gaps = 0;

  void add_gap(const std::string& why) {
    complain(why);
    ++gaps;
  }
  /// A gauge without labels.
  void add(std::string_view name, std::string_view help, std::uint64_t value) {
    metrics.push_back({name, Type::Gauge, help, {{{}, value}}});
  }
};

// --- denials

Result<CountedSoFar> load_state(const std::string& path) {
  auto root = Root::open("/");
  if (!root)
    return tl::unexpected(root.error());
  auto text = root->read_file(std::filesystem::absolute(path).string());
  if (!text && text.error().number == ENOENT)
    return CountedSoFar();
  if (!text)
    return tl::unexpected(text.error());
  auto counted = read_counted(*text);
  if (!counted)
    return fail({path, 0, 0}, counted.error().message + "; remove it to count anew");
  return counted;
}

/// Adds what was denied since.
Result<void> count(journal::Journal& journal, journal::DenialQuery query, bool goes_on,
                   bool by_host, CountedSoFar& counted, Figures& figures) {
  if (goes_on) {
    query.after_cursor = counted.cursor;
    query.keep_place = true;
    query.unsettled_since_usec = realtime_now_usec() - kSettle;
  }
  auto report = journal::read_denials(journal, query);
  if (!report)
    return tl::unexpected(report.error());
  for (const std::string& gap : report->gaps)
    figures.add_gap(gap);
  for (const journal::DenialGroup& group : report->groups)
    counted.counters.add(group, by_host);
  counted.cursor = report->resume_cursor;
  return {};
}

Metric denials_metric(const DenialCounters& counters, bool by_host) {
  Metric metric{"unitlock_denials",
                Type::Counter,
                "Accesses that Landlock denied, by unit and right; one of two rights counts for "
                "each.",
                {}};
  for (const auto& [series, number] : counters.counts()) {
    std::vector<MetricLabel> labels;
    if (by_host)
      labels.push_back({"host", series.host});
    labels.insert(labels.end(), {{"unit", series.unit},
                                 {"user", series.user},
                                 {"right", series.right},
                                 {"certainty", series.certainty}});
    metric.samples.push_back({std::move(labels), number});
  }
  return metric;
}

// --- the machine

void add_units(const std::vector<machine::ServiceReport>& reports, Figures& figures) {
  Metric units{"unitlock_units", Type::Gauge, "Services that declare something, by state.", {}};
  Metric unwell{"unitlock_unit_not_well",
                Type::Gauge,
                "Services that lack something of what they declare: always 1.",
                {}};
  for (machine::State state : machine::all_states()) {
    auto has_state = [&](const machine::ServiceReport& report) {
      return report.verdict.state == state;
    };
    units.samples.push_back(
        {{{"state", machine::program_word(state)}},
         static_cast<std::uint64_t>(std::count_if(reports.begin(), reports.end(), has_state))});
  }
  for (const machine::ServiceReport& report : reports)
    if (!is_well(report.verdict.state))
      unwell.samples.push_back(
          {{{"unit", report.facts.unit}, {"state", machine::program_word(report.verdict.state)}},
           1});
  figures.metrics.push_back(std::move(units));
  figures.metrics.push_back(std::move(unwell));
}

void add_survey(const Root& root, const DeclarationIndex& index, const Context& context,
                const ThisMachine& here, Figures& figures) {
  for (const Diagnostic& problem : index.problems())
    figures.add_gap(to_string(problem));
  auto reports = here.survey(root, index, context).report_all();
  if (!reports)
    return figures.add_gap(to_string(reports.error()));
  add_units(*reports, figures);
}

void add_visibility(journal::Journal* journal, Figures& figures) {
  constexpr std::array<std::pair<Visible, std::string_view>, 3> kAnswers = {
      {{Visible::Yes, "yes"}, {Visible::No, "no"}, {Visible::Unknown, "unknown"}}};
  Visible visible = machine::see_denials(journal).visible;
  Metric metric{"unitlock_denials_visible",
                Type::Gauge,
                "Whether denials are logged and reach the journal: 1 for the answer.",
                {}};
  for (auto [value, word] : kAnswers)
    metric.samples.push_back({{{"answer", std::string(word)}}, visible == value ? 1U : 0U});
  figures.metrics.push_back(std::move(metric));
}

/// In a container nobody may ask: then these are absent.
void add_kernel(Figures& figures) {
  long abi = landlock::kernel_abi();
  figures.add("unitlock_landlock_abi", "The kernel's Landlock ABI; 0 for none.",
              abi > 0 ? static_cast<std::uint64_t>(abi) : 0);
  auto audit = machine::KernelAudit::open();
  auto status = audit ? audit->status() : tl::unexpected(audit.error());
  if (!status)
    return;
  figures.add("unitlock_kernel_audit_enabled", "Whether the kernel's audit is on.",
              status->enabled != 0);
  figures.add("unitlock_kernel_audit_backlog", "Audit records that wait for whoever listens.",
              status->backlog);
  figures.add("unitlock_kernel_audit_backlog_limit", "How many may wait before records are lost.",
              status->backlog_limit);
  figures.metrics.push_back({"unitlock_kernel_audit_lost_records",
                             Type::Counter,
                             "Audit records of any kind that the kernel has lost since it was "
                             "booted.",
                             {{{}, status->lost}}});
}

void add_run(Figures& figures) {
  figures.add("unitlock_gaps", "Reasons why these figures may not be all there is.", figures.gaps);
  figures.add("unitlock_last_run_timestamp_seconds", "When these figures were made.",
              realtime_now_usec() / kSecond);
  figures.metrics.push_back({"unitlock_build_info",
                             Type::Gauge,
                             "The version of unitlock: always 1.",
                             {{{{"version", UNITLOCK_VERSION}}, 1}}});
}

// --- the verb

int run(const Options& options, const Context& context) {
  auto root = Root::open(context.root_directory());
  auto query = options.journal.query(context);
  if (!root || !query)
    return no_answer(root ? query.error() : root.error());
  DeclarationIndex index(*root, context.manager(*root));
  if (options.journal.knows_declarations(context))
    query->expectations = declared_expectations(index, context);
  // Better now than when all has been counted.
  for (const std::string& file : {options.state, options.write})
    if (auto directory = file.empty() ? Result<UniqueFd>() : open_directory_of(file); !directory)
      return no_answer(directory.error());
  bool goes_on = !options.state.empty();
  auto counted = goes_on ? load_state(options.state) : Result<CountedSoFar>();
  if (!counted)
    return no_answer(counted.error());
  journal::Location location = options.journal.location(context);
  bool is_machine = location.is_this_machine();
  ThisMachine here = is_machine ? ThisMachine::connect(context.scope()) : ThisMachine();
  if (!is_machine)
    here.journal = journal::Journal::open(location);

  Figures figures;
  if (*here.journal) {
    if (auto done = count(**here.journal, *query, goes_on, !is_machine, *counted, figures); !done)
      return no_answer(done.error());
  } else if (!is_machine) {
    return no_answer(here.journal->error());
  } else {
    figures.add_gap(to_string(here.journal->error()));
  }
  figures.metrics.push_back(denials_metric(counted->counters, !is_machine));
  if (is_machine) {
    add_survey(*root, index, context, here, figures);
    add_visibility(*here.journal ? &**here.journal : nullptr, figures);
    add_kernel(figures);
  }
  add_run(figures);

  std::string text =
      metrics_text(figures.metrics, options.format == "openmetrics" ? MetricFormat::OpenMetrics
                                                                    : MetricFormat::Prometheus);
  // What is counted twice is wrong for ever, what is shown late only for a minute.
  if (goes_on)
    if (auto saved = replace_file(options.state, to_text(*counted)); !saved)
      return no_answer(saved.error());
  if (options.write.empty())
    fmt::print("{}", text);
  else if (auto written = replace_file(options.write, text); !written)
    return no_answer(written.error());
  return kWell;
}

} // namespace

void add_metrics(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("metrics", "Print figures for Prometheus");
  auto options = std::make_shared<Options>();
  options->journal.add_to(*verb);
  verb->add_option("--state", options->state,
                   "Count on from what this file says, and keep it there")
      ->type_name("FILE")
      ->excludes("--since")
      ->excludes("--until")
      ->excludes("--boot");
  verb->add_option("--write", options->write, "Replace this file instead of printing")
      ->type_name("FILE");
  verb->add_option("--format", options->format, "prometheus (default) or openmetrics")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"prometheus", "openmetrics"}));
  verb->footer("Exit status: 0 the figures are given, 2 no answer.\nSee unitlock-metrics(1).");
  verb->callback([options, &context] {
    context.run = [options, &context] { return run(*options, context); };
  });
}

} // namespace unitlock::cli
