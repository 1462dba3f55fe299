// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/unit_presets.hpp"

#include <fnmatch.h>

#include <algorithm>

#include <fmt/format.h>

namespace unitlock {
namespace {

constexpr std::string_view kSuffix = ".service";
constexpr std::string_view kGlob = "*?[";

/// Which instances there will be nobody knows when the drop-ins are written; all of them are
/// reached through the template.
Result<std::string> parse_pattern(const YamlNode::Entry& entry) {
  std::string pattern = entry.key;
  if (!pattern.ends_with(kSuffix) || pattern.size() == kSuffix.size())
    return fail(entry.where,
                fmt::format("units: takes names of services in full, \"nginx.service\", not '{}'",
                            pattern));
  std::size_t at = pattern.find('@');
  if (at == pattern.npos)
    return pattern;
  std::string instance = pattern.substr(at + 1, pattern.size() - kSuffix.size() - at - 1);
  if (instance == "*")
    return pattern.substr(0, at + 1) + std::string(kSuffix);
  bool is_one = !instance.empty() && instance.find_first_of(kGlob) == instance.npos;
  if (!instance.empty() && (!is_one || pattern.find_first_of(kGlob) < at))
    return fail(entry.where, fmt::format("'{}' names some instances by a glob: name one, or all of "
                                         "them by their template",
                                         pattern));
  return pattern;
}

Error bad_presets(const YamlNode& node) {
  return {fmt::format("presets are given by name or as a list of names, or \"{}\": not by {}",
                      kNoPreset, kind_name(node.kind)),
          0, node.where};
}

void add_preset(const YamlNode& node, UnitPresets& out) {
  if (node.kind == YamlNode::Kind::Scalar && node.scalar == kNoPreset)
    out.error = Error{"\"none\" stands alone, not among presets", 0, node.where};
  else if (node.kind == YamlNode::Kind::Scalar && !node.scalar.empty())
    out.presets.push_back({node.scalar, node.where});
  else
    out.error = bad_presets(node);
}

} // namespace

bool UnitPresets::is_glob() const {
  return pattern.find_first_of(kGlob) != pattern.npos;
}

bool UnitPresets::matches(const std::vector<std::string>& names) const {
  // A glob means templates, which are among the names of their instances; a backslash is a
  // character of names, as in "dev-sda\\x2d1.service".
  auto is_instance = [](std::string_view name) {
    std::size_t at = name.find('@');
    return at != name.npos && name.substr(at + 1) != kSuffix;
  };
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == pattern || (is_glob() && !is_instance(name) &&
                               fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0);
  });
}

Result<UnitPresets> parse_unit_presets(const YamlNode::Entry& entry) {
  auto pattern = parse_pattern(entry);
  if (!pattern)
    return tl::unexpected(pattern.error());
  UnitPresets parsed;
  parsed.pattern = std::move(*pattern);
  parsed.where = entry.where;
  const YamlNode& value = entry.value;
  if (value.kind == YamlNode::Kind::Scalar && value.scalar == kNoPreset)
    return parsed;
  if (value.kind == YamlNode::Kind::List && !value.list.empty())
    for (const YamlNode& item : value.list)
      add_preset(item, parsed);
  else
    add_preset(value, parsed);
  return parsed;
}

} // namespace unitlock
