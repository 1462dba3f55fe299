// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/conf_files.hpp"

#include <cerrno>
#include <map>

namespace unitlock {
namespace {

bool is_masked(const Root& root, const std::string& path) {
  if (root.kind(path) == FileKind::Null)
    return true;
  auto link = root.read_link(path); // an image may have no /dev/null
  return link && *link == "/dev/null";
}

} // namespace

std::vector<std::string> conf_directories(const ManagerEnvironment& manager,
                                          const std::string& directory) {
  std::vector<std::string> directories;
  if (!manager.config_home.empty())
    directories.push_back(manager.config_home + "/" + directory);
  for (const char* parent : {"/etc/", "/run/", "/usr/local/lib/", "/usr/lib/"})
    directories.push_back(parent + directory);
  return directories;
}

std::vector<std::string> conf_files(const Root& root, const std::vector<std::string>& directories,
                                    const std::string& ending, Diagnostics& problems) {
  std::map<std::string, std::string> by_name;
  for (const std::string& directory : directories) {
    auto entries = root.list(directory);
    if (!entries) {
      // Most machines have one or two of them.
      if (entries.error().number != ENOENT && entries.error().number != ENOTDIR)
        problems.push_back({Severity::Error, {directory, 0, 0}, to_string(entries.error())});
      continue;
    }
    for (const DirectoryEntry& entry : *entries)
      if (entry.name[0] != '.' && entry.name.size() > ending.size() &&
          entry.name.compare(entry.name.size() - ending.size(), ending.size(), ending) == 0)
        by_name.try_emplace(entry.name, directory + "/" + entry.name);
  }
  std::vector<std::string> paths;
  for (const auto& [name, path] : by_name)
    if (!is_masked(root, path))
      paths.push_back(path);
  return paths;
}

} // namespace unitlock
