// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/manager_environment.hpp"

#include <cstddef>
#include <string_view>

namespace unitlock {
namespace {

std::string value_of(const Variables& variables, const char* name) {
  const char* value = variables(name);
  return value ? value : "";
}

/// The XDG specification: what is not absolute is to be ignored.
std::string directory_of(const Variables& variables, const char* name, const std::string& other) {
  std::string value = value_of(variables, name);
  return !value.empty() && value[0] == '/' ? simplify_path(value) : other;
}

std::vector<std::string> directories_of(const Variables& variables, const char* name,
                                        const std::vector<std::string>& others) {
  std::string value = value_of(variables, name);
  std::vector<std::string> directories;
  for (std::size_t at = 0; at < value.size();) {
    std::size_t end = std::min(value.find(':', at), value.size());
    if (value[at] == '/')
      directories.push_back(simplify_path(std::string_view(value).substr(at, end - at)));
    at = end + 1;
  }
  return value.empty() ? others : directories;
}

/// environ(7) as the kernel shows it: NAME=value, each ended by a NUL.
std::string find_variable(std::string_view environment, std::string_view name) {
  while (!environment.empty()) {
    std::string_view entry = environment.substr(0, environment.find('\0'));
    environment.remove_prefix(std::min(entry.size() + 1, environment.size()));
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
      return std::string(entry.substr(name.size() + 1));
  }
  return "";
}

constexpr const char* kUnitPath = "SYSTEMD_UNIT_PATH";

} // namespace

ManagerEnvironment system_manager(const Root& root, const Variables& variables) {
  ManagerEnvironment manager;
  manager.unit_path = value_of(variables, kUnitPath);
  if (manager.unit_path.empty())
    // Only root may read it: for others the path stays systemd's own.
    manager.unit_path = find_variable(root.read_file("/proc/1/environ").value_or(""), kUnitPath);
  return manager;
}

ManagerEnvironment user_manager(const Variables& variables) {
  ManagerEnvironment manager;
  manager.scope = RuntimeScope::User;
  manager.unit_path = value_of(variables, kUnitPath);
  std::string home = directory_of(variables, "HOME", "");
  auto below_home = [&](const char* path) { return home.empty() ? "" : home + path; };
  manager.config_home = directory_of(variables, "XDG_CONFIG_HOME", below_home("/.config"));
  manager.data_home = directory_of(variables, "XDG_DATA_HOME", below_home("/.local/share"));
  manager.runtime_dir = directory_of(variables, "XDG_RUNTIME_DIR", "");
  manager.config_dirs = directories_of(variables, "XDG_CONFIG_DIRS", manager.config_dirs);
  manager.data_dirs = directories_of(variables, "XDG_DATA_DIRS", manager.data_dirs);
  return manager;
}

} // namespace unitlock
