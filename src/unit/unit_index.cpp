// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_index.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>

#include "unit/unit_name.hpp"
#include "unit/unit_path.hpp"
#include "unit/words.hpp"

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

/// Most of the search path does not exist on most machines, and a name may be anything.
bool is_absence(const Error& error) {
  return error.number == ENOENT || error.number == ENOTDIR;
}

/// A drop-in that is a directory, or a link to nowhere, takes the place of others of its name and
/// says nothing itself.
bool says_nothing(const Error& error) {
  return is_absence(error) || error.number == EISDIR;
}

void add_file(const std::string& path, const Result<std::string>& text, Unit& unit) {
  if (!text) {
    // Neither does a link to a /dev/null that an image lacks.
    if (!says_nothing(text.error()))
      unit.broken.push_back({text.error(), ""});
    return;
  }
  unit.add(parse_unit_file(path, *text));
}

} // namespace

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

std::vector<Unit::Word> Unit::words(std::string_view section, std::string_view key) const {
  std::vector<Word> all;
  for (const Assignment* assignment : list(section, key))
    for (std::string& word : split_words(assignment->value).value_or(std::vector<std::string>{}))
      all.push_back({std::move(word), assignment});
  return all;
}

void Unit::add(UnitFile file) {
  std::move(file.assignments.begin(), file.assignments.end(), std::back_inserter(assignments));
  std::move(file.headers.begin(), file.headers.end(), std::back_inserter(headers));
  std::move(file.bad_lines.begin(), file.bad_lines.end(), std::back_inserter(bad_lines));
  if (file.broken)
    broken.push_back(std::move(*file.broken));
}

const Assignment* Unit::scalar(std::string_view section, std::string_view key) const {
  auto found = list(section, key);
  return found.empty() ? nullptr : found.back();
}

UnitIndex::UnitIndex(const Root& root, SearchPath search_path, const PlacedFiles& placed)
    : root_(root), search_path_(std::move(search_path)) {
  for (const PlacedFile& file : placed)
    place(file);
  for (const std::string& directory : search_path_.directories)
    resolved_path_.push_back(root_.resolve(directory).value_or(directory));
  for (std::size_t number = 0; number < search_path_.directories.size(); ++number)
    add_directory(number);
  for (const auto& [alias, target] : aliases_)
    if (std::string real = resolve_alias(alias); real != alias && !is_masked(target_of(alias)))
      names_[real].push_back(alias);
}

void UnitIndex::place(const PlacedFile& file) {
  auto path = parse_unit_path(file.path);
  if (!path)
    return;
  std::string name(path->unit);
  if (path->is_drop_in)
    placed_drop_ins_[name].push_back(file.path);
  else
    fragments_[name] = kPlaced, placed_fragments_[name] = file.path;
  placed_texts_.insert_or_assign(file.path, file.text);
}

void UnitIndex::add_directory(std::size_t number) {
  const std::string& directory = search_path_.directories[number];
  auto entries = root_.list(directory);
  if (!entries) {
    if (!is_absence(entries.error()))
      not_known(directory, entries.error());
    return;
  }
  for (const DirectoryEntry& entry : *entries)
    add_entry(number, entry);
}

void UnitIndex::not_known(const std::string& path, const Error& error) {
  problems_.push_back({Severity::Error,
                       {path, 0, 0},
                       "what is declared here is not confined: " + to_string(error)});
}

void UnitIndex::add_entry(std::size_t number, const DirectoryEntry& entry) {
  if (is_hidden(entry.name))
    return;
  const std::string& directory = search_path_.directories[number];
  if (ends_with(entry.name, ".service.d") || entry.name == "service.d")
    drop_in_dirs_[directory].insert(entry.name);
  if (!ends_with(entry.name, ".service") || !is_valid_unit_name(entry.name) ||
      fragments_.count(entry.name) || aliases_.count(entry.name))
    return;
  if (entry.type == DT_REG || (entry.type == DT_LNK && add_link(directory, entry.name)))
    fragments_.emplace(entry.name, number);
}

bool UnitIndex::add_link(const std::string& directory, const std::string& name) {
  auto text = root_.read_link(directory + "/" + name);
  if (!text) {
    if (!is_absence(text.error()))
      not_known(directory + "/" + name, text.error());
    return false;
  }
  std::string target = simplify_path((*text)[0] == '/' ? *text : directory + "/" + *text);
  std::string basename(path_basename(target));
  std::string parent = target.substr(0, target.size() - basename.size());
  auto [resolved, is_new] = resolved_.try_emplace(parent);
  if (is_new)
    resolved->second = root_.resolve(parent).value_or(parent);
  const std::string& real_parent = resolved->second; // clang 14 captures no structured binding
  bool inside = std::any_of(resolved_path_.begin(), resolved_path_.end(),
                            [&](const auto& d) { return path_is_below(real_parent, d); });
  if (!inside) {
    if (target == "/dev/null")
      null_links_.insert(directory + "/" + name); // an image may have no /dev/null
    return true;                                  // a linked unit: it has the link's name
  }
  auto own = parse_unit_name(name);
  auto other = parse_unit_name(basename);
  // Names of another kind are refused; the same name further down needs no link.
  if (!is_valid_unit_name(basename) || other->suffix != own->suffix || basename == name ||
      own->instance.has_value() != other->instance.has_value() ||
      (own->is_template() && !other->is_template()) ||
      (other->is_instance() && own->instance != other->instance))
    return false;
  aliases_[name] = basename;
  return false;
}

/// Where the links from a name end: itself where it is no alias, nowhere in a ring of them.
std::string UnitIndex::follow_links(const std::string& name) const {
  std::string real = name;
  auto alias = aliases_.find(real);
  for (int hops = 0; alias != aliases_.end() && hops < 16; ++hops) {
    real = alias->second;
    alias = aliases_.find(real);
  }
  return alias == aliases_.end() ? real : "";
}

UnitIndex::Fragments::const_iterator UnitIndex::fragment_of(const std::string& name) const {
  return fragments_.find(follow_links(name));
}

UnitIndex::Fragments::const_iterator UnitIndex::target_of(const std::string& alias) const {
  // An alias may lead to an instance that has no file of its own, only its template has.
  std::string target = follow_links(alias);
  auto fragment = fragments_.find(target);
  if (fragment == fragments_.end())
    if (auto its_template = template_of(target))
      fragment = fragment_of(*its_template);
  return fragment;
}

std::string UnitIndex::resolve_alias(const std::string& name) const {
  std::string target = follow_links(name);
  auto fragment = target_of(name);
  if (fragment == fragments_.end())
    return name;
  auto real = parse_unit_name(fragment->first);
  auto own = parse_unit_name(target == fragment->first ? name : target);
  if (real->is_template() && own && own->is_instance())
    return instantiate(*real, *own->instance);
  return fragment->first;
}

/// Whether systemd loads the name as something else than `unit`, by a file or a link of its own.
bool UnitIndex::is_another_unit(const std::string& name, const std::string& unit) const {
  const std::string real = resolve_alias(name);
  // A link to nowhere has the name as well, and does not keep it.
  return real != unit && (real != name || fragments_.count(name));
}

std::vector<std::string> UnitIndex::aliases_of(const std::string& name) const {
  std::vector<std::string> aliases;
  if (auto own = names_.find(name); own != names_.end())
    aliases = own->second;
  auto its_template = template_of(name);
  if (!its_template || fragments_.count(name)) // of its own file: then nothing is the template's
    return aliases;
  auto of_template = names_.find(*its_template);
  if (of_template == names_.end())
    return aliases;
  for (const std::string& of_all : of_template->second) {
    std::string alias = instantiate(*parse_unit_name(of_all), *parse_unit_name(name)->instance);
    if (!is_another_unit(alias, name))
      aliases.push_back(std::move(alias));
  }
  return aliases;
}

std::vector<std::string> UnitIndex::names_of(const std::string& name) const {
  std::vector<std::string> names = aliases_of(name);
  names.insert(names.begin(), name);
  for (std::size_t i = 0, own = names.size(); i < own; ++i)
    if (auto its_template = template_of(names[i]))
      names.push_back(std::move(*its_template));
  return names;
}

std::vector<std::string> UnitIndex::all_drop_in_names(const std::string& name) const {
  std::vector<std::string> names = drop_in_names(name);
  for (const std::string& alias : aliases_of(name)) {
    std::vector<std::string> more = drop_in_names(alias);
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

/// The units that a ".d" directory says something about, beyond those that there are fragments of.
void UnitIndex::add_instances(const std::string& drop_in_name,
                              std::vector<std::string>& names) const {
  auto parts = parse_unit_name(drop_in_name);
  if (!parts || !is_valid_unit_name(drop_in_name))
    return;
  if (!is_dash_prefix(drop_in_name))
    names.push_back(resolve_alias(drop_in_name));
  if (!is_dash_prefix(drop_in_name) || !parts->is_instance())
    return;
  // "foo-@x.service.d": of every template whose instances it reaches, the instance x.
  auto add_of = [&](const std::string& name) {
    auto other = parse_unit_name(name);
    if (!other->is_template())
      return;
    std::string instance = instantiate(*other, *parts->instance);
    auto reads = drop_in_names(instance);
    if (std::find(reads.begin(), reads.end(), drop_in_name) != reads.end())
      names.push_back(resolve_alias(instance));
  };
  for (const auto& [name, number] : fragments_)
    add_of(name);
  for (const auto& [name, target] : aliases_)
    add_of(name);
}

/// Where an alias leads to a template, but one of its instances is something else: the same
/// instance of the template, which then does not read all that the template's others read.
void UnitIndex::add_without_alias(const std::string& instance,
                                  std::vector<std::string>& names) const {
  auto its_template = template_of(instance);
  if (!its_template || !aliases_.count(*its_template))
    return;
  auto real = parse_unit_name(resolve_alias(*its_template));
  names.push_back(instantiate(*real, *parse_unit_name(instance)->instance));
}

std::vector<std::string> UnitIndex::services() const {
  std::vector<std::string> names;
  names.reserve(fragments_.size());
  for (const auto& [name, number] : fragments_)
    names.push_back(name);
  for (const auto& [directory, dirs] : drop_in_dirs_)
    for (const std::string& dir : dirs)
      add_instances(dir.substr(0, dir.size() - 2), names);
  for (const auto& [name, paths] : placed_drop_ins_)
    add_instances(name, names);
  // An instance that is an alias for one of another template reads the drop-ins of both.
  for (const auto& [alias, target] : aliases_)
    if (template_of(alias)) {
      names.push_back(resolve_alias(alias));
      add_without_alias(alias, names);
    }
  for (const auto& [name, number] : fragments_)
    if (name.find('@') != std::string::npos)
      add_without_alias(name, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string UnitIndex::path_of(Fragments::const_iterator fragment) const {
  return fragment->second == kPlaced
             ? placed_fragments_.at(fragment->first)
             : search_path_.directories[fragment->second] + "/" + fragment->first;
}

/// An alias of such a file lends its drop-ins to nothing, not even to an instance that has a file.
bool UnitIndex::is_masked(Fragments::const_iterator fragment) const {
  const std::string path = path_of(fragment);
  const auto& text = fragment_text(path);
  return null_links_.count(path) || (text && text->empty());
}

void UnitIndex::find_fragment(const std::string& name, Files& files) const {
  auto found = fragments_.find(name);
  if (found == fragments_.end())
    if (auto its_template = template_of(name))
      found = fragments_.find(*its_template);
  if (found == fragments_.end())
    return;
  files.fragment = path_of(found);
  files.masked = is_masked(found);
}

const UnitIndex::Listing& UnitIndex::listing_of(const std::string& path) const {
  auto [listing, is_new] = listings_.try_emplace(path);
  if (!is_new)
    return listing->second;
  auto entries = root_.list(path);
  if (!entries && !is_absence(entries.error())) {
    listing->second.error = entries.error();
    listing->second.error->where = SourceRef{path, 0, 0};
  }
  if (entries)
    for (const DirectoryEntry& entry : *entries)
      if (ends_with(entry.name, ".conf") && !is_hidden(entry.name))
        listing->second.files.push_back(entry.name);
  return listing->second;
}

void UnitIndex::add_drop_ins(const std::vector<std::string>& names, Files& files,
                             std::map<std::string, std::string>& by_basename) const {
  for (const std::string& name : names)
    if (auto placed = placed_drop_ins_.find(name); placed != placed_drop_ins_.end())
      for (const std::string& path : placed->second)
        by_basename.try_emplace(std::string(path_basename(path)), path);
  for (const std::string& directory : search_path_.directories) {
    auto dirs = drop_in_dirs_.find(directory);
    if (dirs == drop_in_dirs_.end())
      continue;
    for (const std::string& name : names) {
      if (!dirs->second.count(name + ".d"))
        continue;
      std::string path = directory + "/" + name + ".d";
      const Listing& listing = listing_of(path);
      if (listing.error)
        files.broken.push_back({*listing.error, ""});
      for (const std::string& file : listing.files)
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
  add_drop_ins(drop_in_names(name), files, by_basename);
  for (const std::string& alias : aliases_of(name))
    add_drop_ins(drop_in_names(alias), files, by_basename);
  add_drop_ins({"service"}, files, by_basename);
  for (auto& [basename, path] : by_basename)
    files.drop_ins.push_back(path);
  return files;
}

Result<std::string> UnitIndex::read(const std::string& path) const {
  if (auto placed = placed_texts_.find(path); placed != placed_texts_.end())
    return placed->second;
  Result<std::string> text = root_.read_file(path);
  if (!text)
    text.error().where = SourceRef{path, 0, 0};
  return text;
}

const Result<std::string>& UnitIndex::fragment_text(const std::string& path) const {
  if (path != last_fragment_) {
    last_text_ = read(path);
    last_fragment_ = path;
  }
  return last_text_;
}

const Result<std::string>& UnitIndex::drop_in_text(const std::string& path) const {
  auto found = drop_in_texts_.find(path);
  return found != drop_in_texts_.end() ? found->second
                                       : drop_in_texts_.emplace(path, read(path)).first->second;
}

bool UnitIndex::any_text(const std::string& name,
                         const std::function<bool(std::string_view)>& test) const {
  Files files = files_of(name);
  auto holds = [&](const Result<std::string>& text) {
    return text ? test(*text) : !says_nothing(text.error());
  };
  return !files.broken.empty() ||
         (!files.fragment.empty() && holds(fragment_text(files.fragment))) ||
         std::any_of(files.drop_ins.begin(), files.drop_ins.end(),
                     [&](const auto& path) { return holds(drop_in_text(path)); });
}

bool UnitIndex::outranks_generated(const std::string& drop_in) const {
  auto end =
      search_path_.directories.begin() + static_cast<std::ptrdiff_t>(search_path_.above_generated);
  auto path = parse_unit_path(drop_in);
  return path && std::find(search_path_.directories.begin(), end, path->search_directory) != end;
}

Unit UnitIndex::load(const std::string& name) const {
  std::string real = resolve_alias(name);
  Files files = files_of(real);
  Unit unit = files.masked ? Unit() : load_files(real, files.fragment, std::move(files.drop_ins));
  unit.names = names_of(real);
  unit.name = std::move(real);
  unit.fragment = std::move(files.fragment);
  unit.masked = files.masked;
  unit.broken.insert(unit.broken.begin(), files.broken.begin(), files.broken.end());
  return unit;
}

Unit UnitIndex::load_files(const std::string& name, const std::string& fragment,
                           std::vector<std::string> drop_ins) const {
  Unit unit;
  unit.name = name;
  unit.names = names_of(name);
  unit.fragment = fragment;
  unit.drop_ins = std::move(drop_ins);
  unit.reads_generated = search_path_.reads_generated;
  std::copy_if(unit.drop_ins.begin(), unit.drop_ins.end(),
               std::back_inserter(unit.outranking_drop_ins),
               [&](const std::string& path) { return outranks_generated(path); });
  if (!unit.fragment.empty())
    add_file(unit.fragment, fragment_text(unit.fragment), unit);
  for (const std::string& path : unit.drop_ins)
    add_file(path, drop_in_text(path), unit);
  return unit;
}

} // namespace unitlock
