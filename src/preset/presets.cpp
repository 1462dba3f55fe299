// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/presets.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/spelling.hpp"
#include "policy/grants.hpp"
#include "preset/conf_files.hpp"
#include "preset/yaml.hpp"

namespace unitlock {
namespace {

using Kind = YamlNode::Kind;

constexpr const char* kDirectory = "unitlock/conf.d";
constexpr const char* kEnding = ".yaml";
constexpr const char* kUnits = "units";
/// The services of users' managers have other files, and often the names of the system's.
constexpr const char* kUserUnits = "user-units";
constexpr std::size_t kFileLimit = 1024 * 1024; ///< reading YAML is slow, and the boot waits
constexpr std::size_t kDepthLimit = 32;         ///< of presets that extend presets

/// Every key of a preset.
std::vector<std::string> known_keys() {
  std::vector<std::string> known = {"description", "extends", "restrict", "scope",
                                    "not-derived", "allow",   "quiet"};
  for (const PathDirective& row : kPathDirectives)
    known.emplace_back(row.key);
  for (const PortDirective& row : kPortDirectives)
    known.emplace_back(row.key);
  return known;
}

std::vector<std::string> derived_settings() {
  std::vector<std::string> all;
  for (const DerivedSetting& row : kDerivedSettings)
    all.emplace_back(row.word);
  return all;
}

/// Reads one entry of "presets:".
class PresetReader {
public:
  PresetReader(Preset& preset, const PortNames& names) : preset_(preset), names_(names) {}

  void read(const YamlNode& node) {
    if (node.kind != Kind::Map) {
      report(node.where,
             fmt::format("preset '{}' must be a map, not {}", preset_.name, kind_name(node.kind)));
      return;
    }
    for (const YamlNode::Entry& entry : node.map)
      read_entry(entry);
  }

private:
  void read_entry(const YamlNode::Entry& entry) {
    if (entry.key == "description") {
      read_description(entry.value);
      return;
    }
    std::vector<const YamlNode*> items;
    if (!scalars_of(entry, items))
      return;
    if (entry.key == "restrict" || entry.key == "scope")
      read_restriction(entry, items);
    else
      for (const YamlNode* item : items)
        if (auto added = add_word(entry.key, *item); !added)
          report(item->where, added.error().message);
  }

  void read_description(const YamlNode& node) {
    if (node.kind == Kind::Scalar)
      preset_.description = node.scalar;
    else
      report(node.where, fmt::format("description must be text, not {}", kind_name(node.kind)));
  }

  bool scalars_of(const YamlNode::Entry& entry, std::vector<const YamlNode*>& items) {
    const YamlNode& value = entry.value;
    if (value.kind == Kind::Scalar)
      items.push_back(&value);
    else if (value.kind == Kind::List)
      for (const YamlNode& item : value.list)
        items.push_back(&item);
    else
      report(value.where,
             fmt::format("{} must be a list, not {}", entry.key, kind_name(value.kind)));
    for (const YamlNode* item : items)
      if (item->kind != Kind::Scalar) {
        report(item->where, fmt::format("an item of {} must be a scalar, not {}", entry.key,
                                        kind_name(item->kind)));
        return false;
      }
    return value.kind == Kind::Scalar || value.kind == Kind::List;
  }

  void read_restriction(const YamlNode::Entry& entry, const std::vector<const YamlNode*>& items) {
    std::vector<std::string> words;
    for (const YamlNode* item : items)
      words.push_back(item->scalar);
    if (entry.key == "restrict") {
      if (auto families = parse_families(words))
        preset_.policy.families = *families;
      else
        report(entry.value.where, families.error().message);
    } else {
      if (auto scope = parse_scope(words))
        preset_.policy.scope = *scope;
      else
        report(entry.value.where, scope.error().message);
    }
  }

  Result<void> add_word(const std::string& key, const YamlNode& item) {
    Provenance from{item.where, "preset " + preset_.name, Origin::Preset};
    if (key == "extends") {
      preset_.extends.push_back({item.scalar, item.where});
      return {};
    }
    if (key == "not-derived")
      return leave_out_setting(item.scalar);
    if (key == "allow")
      return grant_allow(preset_.policy, item.scalar, from);
    if (key == "quiet")
      return add_quiet(preset_.policy, item.scalar, from);
    for (const PathDirective& row : kPathDirectives)
      if (row.key == key)
        return grant_path(preset_.policy, row.access, item.scalar, from);
    for (const PortDirective& row : kPortDirectives)
      if (row.key == key)
        return grant_port(preset_.policy, row, item.scalar, names_, from);
    return fail(fmt::format("unknown key '{}'{}", key, did_you_mean(key, known_keys())));
  }

  Result<void> leave_out_setting(const std::string& setting) {
    if (std::none_of(std::begin(kDerivedSettings), std::end(kDerivedSettings),
                     [&](const DerivedSetting& row) { return row.word == setting; }))
      return fail(fmt::format("nothing is derived from a setting '{}'{}", setting,
                              did_you_mean(setting, derived_settings())));
    preset_.policy.not_derived.insert(setting);
    return {};
  }

  void report(const SourceRef& where, std::string message) {
    preset_.errors.push_back({Severity::Error, where, std::move(message)});
  }

  Preset& preset_;
  const PortNames& names_;
};

class FileReader {
public:
  /// What is read is added to the three; `units_key` is the one that counts for this manager.
  FileReader(std::map<std::string, Preset>& presets, std::vector<UnitPresets>& units,
             Diagnostics& problems, const char* units_key, const PortNames& names)
      : presets_(presets), units_(units), problems_(problems), units_key_(units_key),
        names_(names) {}

  void read(const std::string& path, const Result<std::string>& text) {
    if (!text) {
      report({path, 0, 0}, to_string(text.error()));
      return;
    }
    auto document = parse_yaml(path, *text);
    if (!document)
      report(document.error().where.value_or(SourceRef{path, 0, 0}), document.error().message);
    else if (document->kind == Kind::Null)
      problems_.push_back({Severity::Warning, {path, 0, 0}, "the file is empty"});
    else if (document->kind != Kind::Map)
      report(document->where,
             fmt::format("the file must hold a map, not {}", kind_name(document->kind)));
    else
      for (const YamlNode::Entry& entry : document->map)
        read_top(entry);
  }

private:
  void read_top(const YamlNode::Entry& entry) {
    if (entry.key == kUnits || entry.key == kUserUnits)
      read_units(entry);
    else if (entry.key != "presets")
      report(entry.where,
             fmt::format("unknown key '{}'{}", entry.key, did_you_mean(entry.key, {"presets"})));
    else if (entry.value.kind != Kind::Map)
      report(entry.value.where,
             fmt::format("presets must be a map, not {}", kind_name(entry.value.kind)));
    else
      for (const YamlNode::Entry& preset : entry.value.map)
        read_preset(preset);
  }

  void read_units(const YamlNode::Entry& units) {
    if (units.value.kind != Kind::Map) {
      report(units.value.where,
             fmt::format("{} must be a map, not {}", units.key, kind_name(units.value.kind)));
      return;
    }
    for (const YamlNode::Entry& entry : units.value.map) {
      auto parsed = parse_unit_presets(entry);
      if (!parsed)
        report(parsed.error().where.value_or(entry.where), parsed.error().message);
      else if (units.key == units_key_)
        units_.push_back(std::move(*parsed));
    }
  }

  void read_preset(const YamlNode::Entry& entry) {
    if (entry.key.empty() || entry.key == kNoPreset) {
      report(entry.where, entry.key.empty() ? "a preset must have a name"
                                            : "\"none\" means no preset and can be no name");
      return;
    }
    Preset preset;
    preset.name = entry.key;
    preset.where = entry.where;
    PresetReader(preset, names_).read(entry.value);
    presets_.insert_or_assign(entry.key, std::move(preset));
  }

  void report(const SourceRef& where, std::string message) {
    problems_.push_back({Severity::Error, where, std::move(message)});
  }

  std::map<std::string, Preset>& presets_;
  std::vector<UnitPresets>& units_;
  Diagnostics& problems_;
  std::string_view units_key_;
  const PortNames& names_;
};

Policy said_by(Policy policy, const std::string& who) {
  for (PathRule& rule : policy.paths)
    rule.from.said_by = who;
  for (PortRule& rule : policy.ports)
    rule.from.said_by = who;
  for (QuietRule& rule : policy.quiet)
    rule.from.said_by = who;
  for (ExpectedRule& rule : policy.expected)
    rule.from.said_by = who;
  return policy;
}

struct PresetFile {
  std::string path;
  Result<std::string> text;
  /// Of its directory: the first one counts most, and a file that is placed elsewhere even more.
  std::size_t rank = 0;
};

std::map<std::string, PresetFile> files_by_name(const Root& root, const ManagerEnvironment& manager,
                                                const PlacedFiles& placed, Diagnostics& problems) {
  const std::vector<std::string> directories = conf_directories(manager, kDirectory);
  auto rank_of = [&](const std::string& path) {
    std::string directory = path.substr(0, path.rfind('/'));
    auto found = std::find(directories.begin(), directories.end(), directory);
    return found == directories.end() ? 0
                                      : static_cast<std::size_t>(found - directories.begin()) + 1;
  };
  std::map<std::string, PresetFile> files;
  for (const PlacedFile& file : placed)
    if (std::string name(path_basename(file.path)); name.ends_with(kEnding))
      files.insert_or_assign(name, PresetFile{file.path, file.text, rank_of(file.path)});
  for (const std::string& path : conf_files(root, directories, kEnding, problems))
    if (std::string name(path_basename(path)); !files.contains(name))
      files.emplace(name, PresetFile{path, root.read_file(path, kFileLimit), rank_of(path)});
  return files;
}

} // namespace

bool may_give_presets(const Root& root, const ManagerEnvironment& manager) {
  Diagnostics problems;
  const auto files = files_by_name(root, manager, {}, problems);
  return !problems.empty() || std::any_of(files.begin(), files.end(), [](const auto& file) {
    return !file.second.text || file.second.text->find(kUnits) != std::string::npos;
  });
}

Presets Presets::load(const Root& root, const ManagerEnvironment& manager,
                      const PortNames& port_names, const PlacedFiles& placed) {
  Presets presets;
  // What an administrator gives counts more than what a vendor does, whatever the files' names.
  std::map<std::size_t, std::vector<UnitPresets>, std::greater<>> units_by_rank;
  for (const auto& [name, file] : files_by_name(root, manager, placed, presets.problems_))
    FileReader(presets.presets_, units_by_rank[file.rank], presets.problems_,
               manager.is_user() ? kUserUnits : kUnits, port_names)
        .read(file.path, file.text);
  for (auto& [rank, units] : units_by_rank)
    std::move(units.begin(), units.end(), std::back_inserter(presets.units_));
  presets.file_problems_ = presets.problems_.size();
  presets.check();
  return presets;
}

void Presets::check() {
  for (auto& [name, preset] : presets_) {
    if (preset.errors.empty())
      if (auto resolved = resolve(name); !resolved)
        preset.errors.push_back({Severity::Error, resolved.error().where.value_or(preset.where),
                                 resolved.error().message});
    problems_.insert(problems_.end(), preset.errors.begin(), preset.errors.end());
  }
  for (const UnitPresets& unit : units_) {
    if (unit.error)
      problems_.push_back(
          {Severity::Error, unit.error->where.value_or(unit.where), unit.error->message});
    for (const PresetName& preset : unit.presets)
      if (!presets_.contains(preset.name))
        problems_.push_back(
            {Severity::Error, preset.where, fmt::format("there is no preset '{}'", preset.name)});
  }
}

const UnitPresets* Presets::entry_for(const std::vector<std::string>& names) const {
  auto found = std::find_if(units_.rbegin(), units_.rend(),
                            [&](const UnitPresets& unit) { return unit.matches(names); });
  return found == units_.rend() ? nullptr : &*found;
}

const UnitPresets* Presets::given_to(const std::vector<std::string>& names) const {
  const UnitPresets* entry = entry_for(names);
  return entry && entry->presets.empty() && !entry->error ? nullptr : entry;
}

std::vector<std::string> Presets::names() const {
  std::vector<std::string> all;
  for (const auto& [name, preset] : presets_)
    all.push_back(name);
  return all;
}

Result<void> Presets::collect(const std::string& name, Walk& walk) const {
  auto found = presets_.find(name);
  if (found == presets_.end())
    return fail(fmt::format("there is no preset '{}'{}", name, did_you_mean(name, names())));
  const Preset& preset = found->second;
  bool again = std::find(walk.chain.begin(), walk.chain.end(), name) != walk.chain.end();
  walk.chain.push_back(name);
  if (again)
    return fail(preset.where,
                fmt::format("preset '{}' extends itself ({})", name, fmt::join(walk.chain, " → ")));
  if (walk.chain.size() > kDepthLimit)
    return fail(preset.where, fmt::format("more than {} presets extend each other", kDepthLimit));
  if (!preset.errors.empty())
    return fail(preset.errors.front().where,
                fmt::format("preset '{}' is invalid: {}", name, preset.errors.front().message));
  if (walk.done.insert(name).second) {
    for (const PresetName& parent : preset.extends)
      if (auto collected = collect(parent.name, walk); !collected) {
        Error error = collected.error();
        if (!error.where)
          error.where = parent.where;
        return tl::unexpected(error);
      }
    merge_into(walk.policy,
               said_by(preset.policy, fmt::format("preset {}", fmt::join(walk.chain, " → "))));
  }
  walk.chain.pop_back();
  return {};
}

Result<Policy> Presets::resolve(const std::string& name) const {
  Walk walk;
  if (auto collected = collect(name, walk); !collected)
    return tl::unexpected(collected.error());
  return walk.policy;
}

} // namespace unitlock
