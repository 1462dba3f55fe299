// SPDX-License-Identifier: LGPL-2.1-or-later
#include "comparison.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "changes.hpp"
#include "command.hpp"

namespace oracle {
namespace {

using nlohmann::json;

constexpr std::string_view kDropInName = "zz-unitlock.conf";
/// systemd forgets the time of a drop-in with an error in it, and takes it for new until it reads
/// one that is newer.
constexpr std::string_view kReload = "NeedDaemonReload";
/// With it the tests declare something between the snapshots.
constexpr std::string_view kTestsDropIn = "declared-by-test.conf";

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string text(const json& value, const char* key) {
  return value.at(key).get<std::string>();
}

bool is_volatile(const std::string& name) {
  return std::find(std::begin(kVolatile), std::end(kVolatile), name) != std::end(kVolatile);
}

const ChangedProperty* changed_property(const std::string& name) {
  auto found = std::find_if(std::begin(kChanged), std::end(kChanged),
                            [&](const ChangedProperty& property) { return property.name == name; });
  return found == std::end(kChanged) ? nullptr : &*found;
}

/// systemd's list of drop-ins, without the one that the generator wrote.
std::vector<std::string> drop_ins_of(const json& snapshot) {
  std::vector<std::string> paths = snapshot.at("unit").at("DropInPaths");
  std::erase_if(paths, [](const std::string& path) {
    return base_name(path) == kDropInName && path.starts_with("/run/systemd/generator/");
  });
  return paths;
}

/// systemd shows a directory by the link that it found it by, or by what the link leads to: /lib
/// for /usr/lib in 252, linked drop-in directories.
json resolved(const json& path) {
  const std::filesystem::path text = path.get<std::string>();
  return (std::filesystem::weakly_canonical(text.parent_path()) / text.filename()).string();
}

bool has_declaration(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line == "[X-Landlock]")
      return true;
  return false;
}

/// Whether a file that systemd itself lists for the unit declares something.
bool is_declared(const json& snapshot) {
  std::vector<std::string> paths = drop_ins_of(snapshot);
  paths.push_back(text(snapshot.at("unit"), "FragmentPath"));
  return std::any_of(paths.begin(), paths.end(), has_declaration);
}

bool contains(const json& list, const json& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// A list without those entries for which `test` holds.
template <class Test>
json without(const json& list, Test test) {
  json rest = json::array();
  for (const json& entry : list)
    if (!test(entry))
      rest.push_back(entry);
  return rest;
}

bool is_wrappers_call(const json& entry) {
  const std::string name = entry.get<std::string>(); // may be "name:errno"
  for (std::string_view call :
       {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "prctl"})
    if (name.substr(0, name.find(':')) == call)
      return true;
  return false;
}

bool is_allowed(const ChangedProperty& property, const json& before, const json& after,
                const std::string& wrapper) {
  switch (property.change) {
  case Change::Elsewhere:
    return true;
  case Change::Set:
    return before == "" && after != "";
  case Change::Filter: // whether it allows or denies, and what
    return before.at(0) == after.at(0) &&
           without(before.at(1), is_wrappers_call) == without(after.at(1), is_wrappers_call);
  case Change::Wrapper:
    return before == without(after, [&](const json& entry) {
             return entry == wrapper || (entry.is_array() && entry.at(0) == wrapper);
           });
  }
  return false;
}

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > 400 ? text.substr(0, 400) + "…" : text;
}

std::string first_error(const json& status) {
  for (const json& diagnostic : status.at("diagnostics"))
    if (diagnostic.at("severity") == "error")
      return shown(diagnostic.at("message"));
  return "";
}

} // namespace

void compare_all(const json& before, const json& after, std::vector<std::string>& differences) {
  for (const char* interface : {"unit", "service"})
    for (const auto& [name, value] : before.at(interface).items())
      if (!is_volatile(name) && after.at(interface).at(name) != value)
        differences.push_back(text(before, "name") + ": " + name + " was " + shown(value) +
                              ", is " + shown(after.at(interface).at(name)));
}

bool Comparison::starts_wrapper(const json& snapshot) const {
  auto commands = commands_of(snapshot.at("service").at("ExecStartEx"));
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Command& command) { return command.path == wrapper_; });
}

/// Whether nothing of the service can be started: by the wrapper that refuses, or where a later
/// drop-in has the last word on the commands, by an assertion that never holds.
bool Comparison::refuses(const json& snapshot) const {
  auto commands = commands_of(snapshot.at("service").at("ExecStartEx"));
  if (commands.size() == 1 && commands[0].path == wrapper_ && has_option(commands[0], "--refuse="))
    return true;
  for (const json& assertion : snapshot.at("unit").at("Asserts")) // type, trigger, negated, what
    if (assertion.at(0) == "AssertPathExists" && assertion.at(2) == true && assertion.at(3) == "/")
      return true;
  return false;
}

/// systemd gives up on a drop-in at a broken header and goes on without the rest. That may have
/// been a part of the declaration, so unitlock lets nothing start.
void Comparison::compare_refusal(const json& before, const json& after, const json& status) {
  if (!refuses(after))
    differ("may start, but unitlock calls the declaration invalid: " + first_error(status));
  ++reasons_["invalid " + first_error(status)];
  compare_files(before, after, status);
}

/// systemd refuses a path with a quote or a backslash in it. It does not look at what stands behind
/// the wrapper, and the generator does not know the instances of a template, so the wrapper
/// refuses.
bool Comparison::wrapper_refuses_path(const json& after) const {
  for (const Command& command : commands_of(after.at("service").at("ExecStartEx")))
    if (auto wrapped = unwrap(command, wrapper_); wrapped && !is_safe_path(wrapped->path))
      return true;
  return false;
}

void Comparison::add(const json& before, const json& after, const json& status) {
  name_ = text(before, "name");
  if (before.at("name") != after.at("name"))
    throw std::runtime_error(name_ + ": compared with another unit");
  std::string state = text(before.at("unit"), "LoadState");
  std::string now = text(after.at("unit"), "LoadState");
  ++counts_[state];
  if (now == "loaded" && text(status, "declaration") == "invalid")
    return compare_refusal(before, after, status);
  if (state == "bad-setting" && now == "loaded" && wrapper_refuses_path(after)) {
    ++reasons_["refused by the wrapper, for the instance's name"];
    return;
  }
  if (state != now)
    differ("was " + state + ", is " + now);
  if (state != "loaded") {
    if (text(status, "state") == "enforced")
      differ(state + ", but unitlock calls it enforced");
    return;
  }
  bool wrapped = starts_wrapper(after);
  wrapped_ += wrapped;
  compare_commands(before, after, wrapped);
  compare_properties(before, after, wrapped);
  compare_words(after, status, wrapped);
  compare_files(before, after, status);
}

void Comparison::compare_commands(const json& before, const json& after, bool wrapped) {
  auto want = commands_of(before.at("service").at("ExecStartEx"));
  auto got = commands_of(after.at("service").at("ExecStartEx"));
  std::vector<Command> unwrapped;
  for (Command& command : want)
    if (wrapped)
      command.path = find_program(command.path, before.at("service").at("ExecSearchPath"));
  for (const Command& command : got)
    unwrapped.push_back(wrapped ? unwrap(command, wrapper_).value_or(command) : command);
  if (want != unwrapped)
    differ("other commands; wanted:\n" + to_string(want) + "  got, without the wrapper:\n" +
           to_string(unwrapped));
  // ExecStart tells the same of the same commands.
  const json& plain = after.at("service").at("ExecStart");
  for (std::size_t i = 0; i < got.size(); ++i)
    if (plain.at(i).at(0) != got[i].path || plain.at(i).at(1) != got[i].argv ||
        plain.at(i).at(2) != contains(got[i].flags, "ignore-failure"))
      differ("ExecStart and ExecStartEx do not agree");
}

void Comparison::compare_properties(const json& before, const json& after, bool wrapped) {
  for (const char* interface : {"unit", "service"})
    for (const auto& [name, value] : before.at(interface).items()) {
      const json& now = after.at(interface).at(name);
      const ChangedProperty* may_change = changed_property(name);
      if (value == now || is_volatile(name) || name == "DropInPaths" ||
          (name == kReload && now == false))
        continue;
      if (!wrapped || !may_change || !is_allowed(*may_change, value, now, wrapper_))
        differ(name + " was " + shown(value) + ", is " + shown(now));
    }
}

void Comparison::compare_words(const json& after, const json& status, bool wrapped) {
  std::string declaration = text(status, "declaration");
  if (wrapped != (declaration == "confined"))
    differ((wrapped ? "wrapped" : "not wrapped") + std::string(", but unitlock calls it ") +
           declaration + " " + first_error(status));
  bool declared = is_declared(after);
  if (declared == (declaration == "none"))
    differ((declared ? "declared" : "not declared") + std::string(", but unitlock calls it ") +
           declaration);
  if (declaration == "unwrappable" && first_error(status).empty())
    differ("unwrappable for no reason");
  if (declared && !wrapped)
    ++reasons_[declaration + " " + first_error(status)];
}

void Comparison::compare_files(const json& before, const json& after, const json& status) {
  json others = without(drop_ins_of(after), [](const json& path) {
    return base_name(path.get<std::string>()) == kTestsDropIn;
  });
  if (others != before.at("unit").at("DropInPaths"))
    differ("the drop-ins were " + shown(before.at("unit").at("DropInPaths")) + ", are " +
           shown(after.at("unit").at("DropInPaths")));
  if (resolved(status.at("fragment")) != resolved(after.at("unit").at("FragmentPath")))
    differ("systemd reads " + shown(after.at("unit").at("FragmentPath")) + ", unitlock " +
           shown(status.at("fragment")));
  json drop_ins = drop_ins_of(after);
  json read = status.at("drop_ins");
  std::transform(drop_ins.begin(), drop_ins.end(), drop_ins.begin(), resolved);
  std::transform(read.begin(), read.end(), read.begin(), resolved);
  if (read != drop_ins)
    differ("systemd reads " + shown(drop_ins) + ", unitlock " + shown(status.at("drop_ins")));
}

std::string Comparison::summary() const {
  std::string text = "# " + std::to_string(wrapped_) + " wrapped\n";
  for (const auto& [what, count] : counts_)
    text += "# " + std::to_string(count) + " " + what + "\n";
  for (const auto& [reason, count] : reasons_)
    text += "# not wrapped: " + std::to_string(count) + " " + reason + "\n";
  return text;
}

} // namespace oracle
