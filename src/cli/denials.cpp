// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock denials: what Landlock denied, by unit, right and object. Exit status 1 where the
// journal has gaps (what is listed is true, but may not be all), or where nothing is found and
// nothing could have been.
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "base/timestamp.hpp"
#include "cli/context.hpp"
#include "cli/journal_options.hpp"
#include "cli/render.hpp"
#include "cli/verbs.hpp"
#include "journal/denial_report.hpp"
#include "machine/see_denials.hpp"

namespace unitlock::cli {
namespace {

using journal::Certainty;
using journal::DenialGroup;
using journal::DenialReport;
using journal::Object;

struct Options {
  std::vector<std::string> units;
  JournalOptions journal;
};

std::string unit_text(const journal::UnitName& unit) {
  // A unit's name has no character to escape but the backslash, and systemd writes that one itself.
  std::string name = escape(unit.name, Backslash::Keep);
  return unit.user ? fmt::format("{} (user {})", name, *unit.user) : name;
}

std::string unit_cell(const DenialGroup& group) {
  switch (group.attribution.certainty) {
  case Certainty::Certain:
    return unit_text(group.attribution.unit);
  case Certainty::Likely:
    return unit_text(group.attribution.unit) + " ?";
  case Certainty::Disputed:
    return "(disputed)";
  case Certainty::Unclaimed:
    return "(no start record)";
  case Certainty::Foreign:
    return "(not unitlock's)";
  case Certainty::Unknown:
    return "(unknown)";
  }
  return "-";
}

std::string program_cell(const journal::SyscallRecord& process) {
  std::string_view program = process.exe.empty() ? process.comm : process.exe;
  return program.empty() ? "-" : escape(program);
}

void print_table(const DenialReport& report) {
  std::uint64_t now = realtime_now_usec();
  Table table({{"UNIT"},
               {"RIGHT"},
               {"OBJECT", false, true},
               {"PROGRAM"},
               {"COUNT", true},
               {"FIRST"},
               {"LAST"}});
  for (const DenialGroup& group : report.groups)
    table.add({unit_cell(group), escape(group.blockers),
               group.other_objects ? "(other objects)" : describe(group.object),
               group.other_objects ? "-" : program_cell(group.process), std::to_string(group.count),
               short_time(group.first_usec, now), short_time(group.last_usec, now)});
  table.print(stdout);
}

nlohmann::ordered_json to_json(const journal::UnitName& unit) {
  return unit.name.empty() ? nlohmann::ordered_json() : json_bytes(unit.name);
}

nlohmann::ordered_json to_json(const Object& object) {
  nlohmann::ordered_json json;
  switch (object.kind) {
  case Object::Kind::None:
    json["type"] = "none";
    break;
  case Object::Kind::Path:
  case Object::Kind::Name:
    json["type"] = object.kind == Object::Kind::Path ? "path" : "name";
    json["path"] = object.path.empty() ? nlohmann::ordered_json() : json_bytes(object.path);
    json["device"] = json_bytes(object.device);
    json["inode"] = object.inode;
    if (object.ioctl_command)
      json["ioctl"] = *object.ioctl_command;
    break;
  case Object::Kind::AbstractSocket:
    json["type"] = "abstract-socket";
    json["name"] = json_bytes(object.path);
    break;
  case Object::Kind::Network:
    json["type"] = "network";
    json["address"] =
        object.address.empty() ? nlohmann::ordered_json() : json_bytes(object.address);
    json["port"] = object.port;
    break;
  case Object::Kind::Process:
    json["type"] = "process";
    json["comm"] = json_bytes(object.comm);
    json["pid"] = object.pid;
    break;
  }
  return json;
}

nlohmann::ordered_json to_json(const journal::SyscallRecord& process) {
  if (process.pid == 0)
    return nullptr; // the event had no SYSCALL record
  return {
      {"exe", json_bytes(process.exe)}, {"comm", json_bytes(process.comm)}, {"pid", process.pid}};
}

nlohmann::ordered_json to_json(const DenialGroup& group, const DenialReport& report) {
  nlohmann::ordered_json json;
  const journal::Attribution& attribution = group.attribution;
  json["unit"] = to_json(attribution.unit);
  json["user"] = nullptr;
  if (attribution.unit.user)
    json["user"] = *attribution.unit.user;
  json["certainty"] = to_string(attribution.certainty);
  if (attribution.certainty == Certainty::Disputed) {
    json["claimants"] = nlohmann::ordered_json::array();
    for (const journal::UnitName& unit : attribution.claimants)
      json["claimants"].push_back(to_json(unit));
  }
  json["rights"] = nlohmann::ordered_json::array();
  for (const journal::Blocker& blocker : journal::split_blockers(group.blockers))
    json["rights"].push_back(json_bytes(blocker.name));
  if (group.other_objects) {
    json["object"] = {{"type", "others"}};
    json["process"] = nullptr;
  } else {
    json["object"] = to_json(group.object);
    json["process"] = to_json(group.process);
  }
  json["count"] = group.count;
  json["first"] = utc_time(group.first_usec);
  json["last"] = utc_time(group.last_usec);
  json["invocation"] = nullptr;
  if (!attribution.invocation.empty())
    json["invocation"] = json_bytes(attribution.invocation);
  json["boot"] = group.domain.boot < report.boots.size() ? report.boots[group.domain.boot] : "";
  json["domain"] = fmt::format("{:x}", group.domain.domain);
  return json;
}

void print_json(const DenialReport& report) {
  for (const DenialGroup& group : report.groups)
    fmt::print("{}", json_line(to_json(group, report)));
}

int print_report(const DenialReport& report, bool json) {
  for (const std::string& gap : report.gaps)
    complain(gap);
  if (json)
    print_json(report);
  else if (!report.groups.empty())
    print_table(report);
  return report.gaps.empty() ? kWell : kNotWell;
}

/// Nothing was found: says whether anything could have been.
int explain_nothing(journal::Journal& journal, const journal::Location& location,
                    const Options& options, int status) {
  complain(options.units.empty() ? "no denials" : "no denials of these units");
  if (!location.is_this_machine())
    return status;
  machine::Visibility visibility = machine::see_denials(&journal);
  for (const std::string& sentence : visibility.words)
    complain(sentence);
  return visibility.visible == machine::Visible::No ? kNotWell : status;
}

int run(const Options& options, const Context& context) {
  auto query = options.journal.query(context);
  if (!query)
    return no_answer(query.error());
  query->filter.units = options.units;
  journal::Location location = options.journal.location(context);
  auto journal = journal::Journal::open(location);
  if (!journal)
    return no_answer(journal.error());
  auto report = journal::read_denials(*journal, *query);
  if (!report)
    return no_answer(report.error());
  int status = print_report(*report, context.json());
  return report->groups.empty() ? explain_nothing(*journal, location, options, status) : status;
}

} // namespace

void add_denials(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("denials", "Show what was denied, from the journal");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT", options->units, "Units or globs; \"nginx\" means nginx.service");
  options->journal.add_to(*verb);
  add_output_option(*verb, context, "table, or json (one object a line)");
  verb->footer("A unit with \"?\" behind: PIDs could not be compared.\n"
               "Exit status: 0 this is all, 1 denials may be missing, 2 no answer.");
  verb->callback([options, &context] {
    context.run = [options, &context] { return run(*options, context); };
  });
}

} // namespace unitlock::cli
