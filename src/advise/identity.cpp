// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/identity.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/process_status.hpp"
#include "base/text.hpp"

namespace unitlock::advise {
namespace {

/// In the order of linux/capability.h.
constexpr auto kCapabilities = std::to_array<std::string_view>({
    "cap_chown",           "cap_dac_override",     "cap_dac_read_search",
    "cap_fowner",          "cap_fsetid",           "cap_kill",
    "cap_setgid",          "cap_setuid",           "cap_setpcap",
    "cap_linux_immutable", "cap_net_bind_service", "cap_net_broadcast",
    "cap_net_admin",       "cap_net_raw",          "cap_ipc_lock",
    "cap_ipc_owner",       "cap_sys_module",       "cap_sys_rawio",
    "cap_sys_chroot",      "cap_sys_ptrace",       "cap_sys_pacct",
    "cap_sys_admin",       "cap_sys_boot",         "cap_sys_nice",
    "cap_sys_resource",    "cap_sys_time",         "cap_sys_tty_config",
    "cap_mknod",
});
constexpr std::uint64_t kAll = ~std::uint64_t{0};

std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;)
    fields.push_back(word);
  return fields;
}

/// "name:x:1:2:…" of the lines of /etc/passwd or /etc/group, split.
std::vector<std::vector<std::string>> database(const Root& root, const char* path) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(root.read_file(path).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> row;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ':');)
      row.push_back(field);
    if (row.size() >= 3)
      rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<gid_t> group_of(const std::vector<std::vector<std::string>>& groups,
                              const std::string& name) {
  for (const auto& row : groups)
    if (row[0] == name || row[2] == name)
      return to_number<gid_t>(row[2]);
  return to_number<gid_t>(name);
}

std::uint64_t mask_of_names(const std::vector<std::string>& names) {
  std::uint64_t mask = 0;
  for (const std::string& name : names) {
    auto found = std::find(kCapabilities.begin(), kCapabilities.end(), lower_case(name));
    if (found != kCapabilities.end())
      mask |= std::uint64_t{1} << (found - kCapabilities.begin());
  }
  return mask;
}

/// A list of capabilities as systemd merges it: what follows "~" is taken away, and a list that
/// begins so begins with all.
std::uint64_t capabilities(const Unit& unit, const char* key, std::uint64_t unset) {
  std::uint64_t mask = unset;
  bool is_first = true;
  for (const Assignment* assignment : unit.list("Service", key)) {
    std::string_view value = strip(assignment->value);
    bool inverted = value.starts_with('~');
    std::uint64_t named = mask_of_names(fields_of(value.substr(inverted ? 1 : 0)));
    if (is_first)
      mask = inverted ? kAll & ~named : named;
    else
      mask = inverted ? mask & ~named : mask | named;
    is_first = false;
  }
  return mask;
}

bool is_on(const Unit& unit, const char* key) {
  const Assignment* found = unit.scalar("Service", key);
  return found && parse_boolean(found->value).value_or(false);
}

/// Of the user's line, and of each group that lists him.
bool add_user(Identity& identity, const Root& root, const std::string& name,
              const std::vector<std::vector<std::string>>& groups) {
  for (const auto& row : database(root, "/etc/passwd")) {
    if ((row[0] != name && row[2] != name) || row.size() < 4)
      continue;
    auto uid = to_number<uid_t>(row[2]);
    auto gid = to_number<gid_t>(row[3]);
    if (!uid || !gid)
      return false;
    identity.uid = *uid;
    identity.gid = *gid;
    for (const auto& group : groups) {
      std::string members = group.size() > 3 ? "," + group[3] + "," : "";
      if (auto id = to_number<gid_t>(group[2]);
          id && members.find("," + row[0] + ",") != members.npos)
        identity.groups.insert(*id);
    }
    return true;
  }
  return false;
}

} // namespace

std::optional<Identity> identity_of_process(std::string_view status) {
  ProcessStatus lines(status);
  constexpr std::size_t kFileSystem = 3; // real, effective, saved, file system
  auto uid = lines.number<uid_t>("Uid", kFileSystem);
  auto gid = lines.number<gid_t>("Gid", kFileSystem);
  auto effective = lines.number<std::uint64_t>("CapEff", 0, 16);
  if (!uid || !gid || !effective || lines.words("Pid").empty())
    return std::nullopt;
  Identity identity = {*uid, *gid, {}, *effective, "", {}};
  for (const std::string& group : lines.words("Groups"))
    if (auto id = to_number<gid_t>(group))
      identity.groups.insert(*id);
  identity.who = fmt::format("the main process (UID {})", *uid);
  return identity;
}

std::optional<Identity> identity_of_unit(const Unit& unit, const Root& root) {
  if (is_on(unit, "DynamicUser"))
    return std::nullopt;
  Identity identity;
  auto groups = database(root, "/etc/group");
  const Assignment* user = unit.scalar("Service", "User");
  bool is_root = !user || user->value == "root" || user->value == "0";
  if (!is_root && !add_user(identity, root, user->value, groups))
    return std::nullopt;
  if (const Assignment* group = unit.scalar("Service", "Group")) {
    auto gid = group_of(groups, group->value);
    if (!gid)
      return std::nullopt;
    identity.gid = *gid;
  }
  for (const Unit::Word& word : unit.words("Service", "SupplementaryGroups")) {
    auto gid = group_of(groups, word.text);
    if (!gid)
      return std::nullopt;
    identity.groups.insert(*gid);
  }
  identity.who = is_root ? "root" : fmt::format("User={}", user->value);
  identity.where = user ? user->where : SourceRef{};
  std::uint64_t bounding = capabilities(unit, "CapabilityBoundingSet", kAll);
  identity.capabilities =
      is_root ? bounding : bounding & capabilities(unit, "AmbientCapabilities", 0);
  return identity;
}

} // namespace unitlock::advise
