// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_index.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>

#include "unit/unit_name.hpp"

namespace unitlock {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

/// systemd's hidden_or_backup_file(), for the names that end in ".conf" or ".service" nothing but
/// the leading dot is left of it.
bool is_hidden(std::string_view name) {
  return name.empty() || name[0] == '.';
}

std::string resolve_link(const std::string& directory, const std::string& target) {
  return simplify_path(target[0] == '/' ? target : directory + "/" + target);
}

} // namespace

std::vector<std::string> system_search_path(const Root& root) {
  std::vector<std::string> path = {
      "/etc/systemd/system.control",  "/run/systemd/system.control",   "/run/systemd/transient",
      "/etc/systemd/system",          "/etc/systemd/system.attached",  "/run/systemd/system",
      "/run/systemd/system.attached", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
  };
  // Debian 12 without merged /usr. Where /lib is a link the directory is the one above.
  if (!root.read_link("/lib"))
    path.emplace_back("/lib/systemd/system");
  return path;
}

std::vector<const Assignment*> Unit::list(std::string_view section, std::string_view key) const {
  std::vector<const Assignment*> found;
  for (const Assignment& assignment : assignments) {
    if (assignment.section != section || assignment.key != key)
      continue;
    if (assignment.value.empty())
      found.clear();
    else
      found.push_back(&assignment);
  }
  return found;
}

const Assignment* Unit::scalar(std::string_view section, std::string_view key) const {
  auto found = list(section, key);
  return found.empty() ? nullptr : found.back();
}

UnitIndex::UnitIndex(const Root& root, std::vector<std::string> search_path)
    : root_(root), search_path_(std::move(search_path)) {
  for (const std::string& directory : search_path_)
    add_directory(directory);
}

void UnitIndex::add_directory(const std::string& directory) {
  auto entries = root_.list(directory);
  if (!entries)
    return; // most of the search path does not exist on most machines
  for (const DirectoryEntry& entry : *entries)
    add_entry(directory, entry);
}

void UnitIndex::add_entry(const std::string& directory, const DirectoryEntry& entry) {
  if (is_hidden(entry.name))
    return;
  if (ends_with(entry.name, ".service.d") || entry.name == "service.d") {
    drop_in_dirs_[directory].insert(entry.name);
    return;
  }
  if (!ends_with(entry.name, ".service") || entry.type == DT_DIR || fragments_.count(entry.name) ||
      aliases_.count(entry.name))
    return;
  std::string path = directory + "/" + entry.name;
  if (entry.type == DT_LNK) {
    std::string target = root_.read_link(path).value_or("");
    std::string resolved = target.empty() ? path : resolve_link(directory, target);
    std::string_view basename = path_basename(resolved);
    bool inside = std::any_of(search_path_.begin(), search_path_.end(),
                              [&](const auto& d) { return path_is_below(resolved, d); });
    if (inside && basename != entry.name) {
      aliases_[entry.name] = basename;
      return;
    }
  }
  fragments_[entry.name] = path;
}

std::string UnitIndex::resolve_alias(const std::string& name) const {
  std::string real = name;
  for (int hops = 0; hops < 16; ++hops) {
    auto alias = aliases_.find(real);
    // A link from an instance to its template names the same unit.
    if (alias == aliases_.end() || template_of(real) == alias->second)
      return real;
    auto target = parse_unit_name(alias->second);
    auto own = parse_unit_name(real);
    real = alias->second;
    if (target && own && target->is_template() && own->is_instance()) {
      target->instance = own->instance;
      real = to_string(*target);
    }
  }
  return name;
}

std::vector<std::string> UnitIndex::services() const {
  std::set<std::string> names;
  for (const auto& [name, path] : fragments_)
    names.insert(name);
  for (const auto& [directory, dirs] : drop_in_dirs_)
    for (const std::string& dir : dirs) {
      std::string name = dir.substr(0, dir.size() - 2);
      auto its_template = template_of(name);
      if (its_template && resolve_alias(name) == name)
        names.insert(name);
    }
  return {names.begin(), names.end()};
}

void UnitIndex::find_fragment(const std::string& name, Files& files) const {
  auto found = fragments_.find(name);
  if (found == fragments_.end())
    if (auto its_template = template_of(name))
      found = fragments_.find(resolve_alias(*its_template));
  if (found == fragments_.end())
    return;
  files.fragment = found->second;
  // Empty or /dev/null. In an image /dev/null may be missing: the link's text is enough.
  auto link = root_.read_link(files.fragment);
  const auto& text =
      link && *link == "/dev/null" ? Result<std::string>("") : text_of(files.fragment);
  files.masked = text && text->empty();
}

void UnitIndex::add_drop_ins(const std::vector<std::string>& names,
                             std::map<std::string, std::string>& by_basename) const {
  for (const std::string& directory : search_path_) {
    auto dirs = drop_in_dirs_.find(directory);
    if (dirs == drop_in_dirs_.end())
      continue;
    for (const std::string& name : names) {
      if (!dirs->second.count(name + ".d"))
        continue;
      std::string path = directory + "/" + name + ".d";
      auto [listing, is_new] = listings_.try_emplace(path);
      if (is_new)
        for (const DirectoryEntry& entry : root_.list(path).value_or(std::vector<DirectoryEntry>{}))
          if (ends_with(entry.name, ".conf") && !is_hidden(entry.name) && entry.type != DT_DIR)
            listing->second.push_back(entry.name);
      for (const std::string& file : listing->second)
        by_basename.try_emplace(file, path + "/" + file);
    }
  }
}

UnitIndex::Files UnitIndex::files_of(const std::string& name) const {
  Files files;
  find_fragment(name, files);
  if (files.masked)
    return files;                                 // systemd loads no drop-ins of a masked unit
  std::map<std::string, std::string> by_basename; // sorted as strcmp(3) does
  add_drop_ins(drop_in_names(name), by_basename);
  for (const auto& [alias, target] : aliases_)
    if (resolve_alias(alias) == name)
      add_drop_ins(drop_in_names(alias), by_basename);
  add_drop_ins({"service"}, by_basename);
  for (auto& [basename, path] : by_basename)
    files.drop_ins.push_back(path);
  return files;
}

const Result<std::string>& UnitIndex::text_of(const std::string& path) const {
  auto found = texts_.find(path);
  if (found != texts_.end())
    return found->second;
  Result<std::string> text = root_.read_file(path);
  // A link to /dev/null masks a drop-in; where the image has no /dev/null it masks it too.
  if (!text && text.error().number == ENOENT)
    if (auto link = root_.read_link(path); link && *link == "/dev/null")
      text = "";
  return texts_.emplace(path, std::move(text)).first->second;
}

bool UnitIndex::mentions(const std::string& name, std::string_view needle) const {
  Files files = files_of(name);
  auto has = [&](const std::string& path) {
    const auto& text = text_of(path);
    return !text || text->find(needle) != std::string::npos;
  };
  return (!files.fragment.empty() && has(files.fragment)) ||
         std::any_of(files.drop_ins.begin(), files.drop_ins.end(), has);
}

Unit UnitIndex::load(const std::string& name) const {
  Unit unit;
  unit.name = resolve_alias(name);
  Files files = files_of(unit.name);
  unit.fragment = files.fragment;
  unit.masked = files.masked;
  unit.drop_ins = std::move(files.drop_ins);
  std::vector<std::string> paths = unit.drop_ins;
  if (!unit.fragment.empty() && !unit.masked)
    paths.insert(paths.begin(), unit.fragment);
  for (const std::string& path : paths) {
    const auto& text = text_of(path);
    if (!text) {
      Error error = text.error();
      error.where = SourceRef{path, 0, 0};
      unit.broken.push_back({std::move(error), ""});
      continue;
    }
    UnitFile file = parse_unit_file(path, *text);
    std::move(file.assignments.begin(), file.assignments.end(),
              std::back_inserter(unit.assignments));
    std::move(file.headers.begin(), file.headers.end(), std::back_inserter(unit.headers));
    std::move(file.bad_lines.begin(), file.bad_lines.end(), std::back_inserter(unit.bad_lines));
    if (file.broken)
      unit.broken.push_back(*file.broken);
  }
  return unit;
}

} // namespace unitlock
