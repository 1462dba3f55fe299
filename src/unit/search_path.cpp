// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/search_path.hpp"

#include <algorithm>
#include <string_view>

namespace unitlock {
namespace {

constexpr std::string_view kGenerated = "generator";

/// The directories in systemd's order, those of the generators among them.
std::vector<std::string> system_directories(const Root& root) {
  std::vector<std::string> path = {
      "/etc/systemd/system.control", "/run/systemd/system.control",
      "/run/systemd/transient",      "/run/systemd/generator.early",
      "/etc/systemd/system",         "/etc/systemd/system.attached",
      "/run/systemd/system",         "/run/systemd/system.attached",
      "/run/systemd/generator",      "/usr/local/lib/systemd/system",
      "/usr/lib/systemd/system",
  };
  // Debian 12 without merged /usr. Where /lib is a link the directory is the one above.
  if (!root.read_link("/lib"))
    path.emplace_back("/lib/systemd/system");
  path.emplace_back("/run/systemd/generator.late");
  return path;
}

std::vector<std::string> user_directories(const ManagerEnvironment& manager) {
  std::vector<std::string> path;
  auto add = [&](const std::string& parent, const char* below) {
    if (!parent.empty())
      path.push_back(simplify_path(parent + below)); // the home directory may be "/"
  };
  add(manager.config_home, "/systemd/user.control");
  add(manager.runtime_dir, "/systemd/user.control");
  add(manager.runtime_dir, "/systemd/transient");
  add(manager.runtime_dir, "/systemd/generator.early");
  add(manager.config_home, "/systemd/user");
  add(manager.config_home, "/systemd/user.attached"); // both only in newer systemd, as of 262
  for (const std::string& directory : manager.config_dirs)
    add(directory, "/systemd/user");
  path.emplace_back("/etc/systemd/user");
  add(manager.runtime_dir, "/systemd/user");
  add(manager.runtime_dir, "/systemd/user.attached");
  path.emplace_back("/run/systemd/user");
  // Somewhere it must stand, also where no user is known.
  path.push_back(simplify_path(manager.runtime_dir + "/systemd/generator"));
  add(manager.data_home, "/systemd/user");
  for (const std::string& directory : manager.data_dirs)
    add(directory, "/systemd/user");
  for (const char* directory : {"/usr/local/lib/systemd/user", "/usr/local/share/systemd/user",
                                "/usr/lib/systemd/user", "/usr/share/systemd/user"})
    path.emplace_back(directory);
  return path;
}

/// $SYSTEMD_UNIT_PATH: instead of systemd's own path, or in front of it where it ends in a colon.
/// What is not absolute is below the manager's working directory, which for PID 1 is "/".
std::vector<std::string> named_directories(std::string_view variable,
                                           const std::vector<std::string>& own) {
  std::vector<std::string> path;
  bool append = variable.ends_with(':');
  while (!variable.empty()) {
    std::string_view word = variable.substr(0, variable.find(':'));
    variable.remove_prefix(std::min(word.size() + 1, variable.size()));
    if (!word.empty())
      path.push_back(simplify_path((word[0] == '/' ? "" : "/") + std::string(word)));
  }
  if (append)
    path.insert(path.end(), own.begin(), own.end());
  return path;
}

} // namespace

bool is_generated_directory(std::string_view directory) {
  std::string_view name = path_basename(directory);
  std::string_view parent = directory.substr(0, directory.size() - name.size());
  return parent.ends_with("/systemd/") &&
         (name == kGenerated || name == "generator.early" || name == "generator.late");
}

SearchPath unit_search_path(const Root& root, const ManagerEnvironment& manager) {
  std::vector<std::string> all =
      manager.is_user() ? user_directories(manager) : system_directories(root);
  if (!manager.unit_path.empty())
    all = named_directories(manager.unit_path, all);
  SearchPath path;
  path.reads_generated = false;
  for (std::string& directory : all) {
    if (is_generated_directory(directory)) {
      if (!path.reads_generated && path_basename(directory) == kGenerated) {
        path.reads_generated = true;
        path.above_generated = path.directories.size();
      }
    } else if (std::find(path.directories.begin(), path.directories.end(), directory) ==
               path.directories.end()) {
      path.directories.push_back(std::move(directory));
    }
  }
  return path;
}

} // namespace unitlock
