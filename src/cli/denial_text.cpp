// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/denial_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/render.hpp"

namespace unitlock::cli {
namespace {

using journal::Attribution;
using journal::Certainty;
using journal::DenialEvent;
using journal::DenialGroup;
using journal::DenialReport;
using journal::Object;

/// Of a boot's ID, so much is shown where it has to be.
constexpr std::size_t kShortBoot = 8;

std::string unit_text(const journal::UnitName& unit) {
  // A unit's name has no character to escape but the backslash, and systemd writes that one itself.
  std::string name = escape(unit.name, Backslash::Keep);
  return unit.user ? fmt::format("{} (user {})", name, *unit.user) : name;
}

std::string owner_text(const Attribution& attribution) {
  switch (attribution.certainty) {
  case Certainty::Certain:
    return unit_text(attribution.unit);
  case Certainty::Likely:
    return unit_text(attribution.unit) + " ?";
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

std::string program_text(const journal::SyscallRecord& process) {
  std::string_view program = process.exe.empty() ? process.comm : process.exe;
  return program.empty() ? "-" : escape(program);
}

Colour owner_colour(Certainty certainty) {
  return certainty == Certainty::Certain  ? Colour::None
         : certainty == Certainty::Likely ? Colour::None
                                          : Colour::Doubtful;
}

std::string rights_text(const std::string& blockers, bool expected) {
  return escape(blockers) + (expected ? " (expected)" : "");
}

std::string host_text(const std::string& host) {
  return host.empty() ? "-" : escape(host);
}

/// What is longer leaves its middle out. Beyond what names of files usually have: nobody wants to
/// lose what is to be copied elsewhere.
bool cut_long_paths(DenialGroup& group) {
  constexpr std::size_t kObject = 256; // wraps
  constexpr std::size_t kProgram = 80; // does not
  bool is_long = group.object.path.size() > kObject || group.process.exe.size() > kProgram;
  group.object.path = cut_in_the_middle(group.object.path, kObject);
  group.process.exe = cut_in_the_middle(group.process.exe, kProgram);
  return is_long;
}

const journal::Id128& boot_of(const DenialGroup& group, const DenialReport& report) {
  static const journal::Id128 none;
  return group.domain.boot < report.boots.size() ? report.boots[group.domain.boot] : none;
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

/// What a group and an event have in common.
nlohmann::ordered_json owner_json(const Attribution& attribution, const std::string& host,
                                  const std::string& blockers, bool expected) {
  nlohmann::ordered_json json;
  json["host"] = nullptr;
  if (!host.empty())
    json["host"] = json_bytes(host);
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
  for (const journal::Blocker& blocker : journal::split_blockers(blockers))
    json["rights"].push_back(json_bytes(blocker.name));
  if (expected)
    json["expected"] = true;
  return json;
}

void add_place(nlohmann::ordered_json& json, const Attribution& attribution,
               const journal::Id128& boot, std::uint64_t domain, std::uint64_t serial) {
  json["invocation"] = nullptr;
  if (!attribution.invocation.empty())
    json["invocation"] = json_bytes(attribution.invocation);
  json["boot"] = boot;
  json["domain"] = fmt::format("{:x}", domain);
  json["id"] = journal::event_id(serial, boot);
}

} // namespace

std::string short_event_id(std::uint64_t serial, const journal::Id128& boot,
                           const DenialStyle& style) {
  return boot == style.boot ? std::to_string(serial)
                            : journal::event_id(serial, boot.substr(0, kShortBoot));
}

bool print_table(std::FILE* stream, const DenialReport& report, const DenialStyle& style) {
  bool was_cut = false;
  std::vector<Column> columns = {{"UNIT"},    {"RIGHT"},       {"OBJECT", false, true},
                                 {"PROGRAM"}, {"COUNT", true}, {"FIRST"},
                                 {"LAST"},    {"ID", true}};
  if (style.hosts)
    columns.insert(columns.begin(), {"HOST"});
  Table table(columns);
  for (DenialGroup group : report.groups) {
    if (style.cuts)
      was_cut |= cut_long_paths(group);
    std::vector<Cell> cells = {
        {owner_text(group.attribution), owner_colour(group.attribution.certainty)},
        rights_text(group.blockers, group.expected),
        group.other_objects ? "(other objects)" : describe(group.object),
        group.other_objects ? "-" : program_text(group.process),
        std::to_string(group.count),
        short_time(group.first_usec, style.now_usec),
        short_time(group.last_usec, style.now_usec),
        short_event_id(group.serial, boot_of(group, report), style)};
    if (style.hosts)
      cells.insert(cells.begin(), host_text(group.host));
    table.add(std::move(cells));
  }
  table.print(stream, style.colours);
  return was_cut;
}

std::string line_text(const DenialEvent& event, const DenialStyle& style) {
  const journal::Denial& denial = event.denial;
  std::string process =
      denial.process.pid == 0
          ? std::string("-")
          : fmt::format("{}[{}]", program_text(denial.process), denial.process.pid);
  return fmt::format("{} {}{}: denied {} {} to {} ({})\n",
                     precise_time(denial.realtime_usec, style.now_usec),
                     style.hosts ? host_text(event.host) + " " : "", owner_text(event.attribution),
                     rights_text(denial.blockers, event.expected), describe(denial.object), process,
                     short_event_id(denial.serial, event.boot, style));
}

nlohmann::ordered_json to_json(const DenialGroup& group, const DenialReport& report) {
  auto json = owner_json(group.attribution, group.host, group.blockers, group.expected);
  json["object"] = {{"type", "others"}};
  json["process"] = nullptr;
  if (!group.other_objects) {
    json["object"] = to_json(group.object);
    json["process"] = to_json(group.process);
  }
  json["count"] = group.count;
  json["first"] = utc_time(group.first_usec);
  json["last"] = utc_time(group.last_usec);
  add_place(json, group.attribution, boot_of(group, report), group.domain.domain, group.serial);
  return json;
}

nlohmann::ordered_json to_json(const DenialEvent& event) {
  const journal::Denial& denial = event.denial;
  auto json = owner_json(event.attribution, event.host, denial.blockers, event.expected);
  json["object"] = to_json(denial.object);
  json["process"] = to_json(denial.process);
  json["time"] = utc_time(denial.realtime_usec);
  add_place(json, event.attribution, event.boot, denial.domain.domain, denial.serial);
  return json;
}

} // namespace unitlock::cli
