// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_name.hpp"

#include <algorithm>

namespace unitlock {

std::optional<UnitName> parse_unit_name(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size())
    return std::nullopt;
  UnitName parts;
  parts.suffix = name.substr(dot + 1);
  std::string_view body = name.substr(0, dot);
  std::size_t at = body.find('@');
  if (at == 0)
    return std::nullopt;
  parts.prefix = body.substr(0, at);
  if (at != std::string_view::npos)
    parts.instance = std::string(body.substr(at + 1));
  return parts;
}

std::string to_string(const UnitName& name) {
  return name.prefix + (name.instance ? "@" + *name.instance : "") + "." + name.suffix;
}

std::optional<std::string> template_of(std::string_view name) {
  auto parts = parse_unit_name(name);
  if (!parts || !parts->is_instance())
    return std::nullopt;
  parts->instance = "";
  return to_string(*parts);
}

std::string complete_unit_name(std::string_view name) {
  constexpr std::string_view kSuffixes[] = {"service",   "socket", "device", "mount",
                                            "automount", "swap",   "target", "path",
                                            "timer",     "slice",  "scope"};
  std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos)
    for (std::string_view suffix : kSuffixes)
      if (name.substr(dot + 1) == suffix)
        return std::string(name);
  return std::string(name) + ".service";
}

namespace {

/// systemd's unit_file_find_dirs(): the name, its template, then the same for the name with its
/// prefix cut at the last dash.
void add_names(const UnitName& name, std::vector<std::string>& names) {
  std::string text = to_string(name);
  if (std::find(names.begin(), names.end(), text) == names.end())
    names.push_back(text);
  if (name.is_instance()) {
    UnitName its_template = name;
    its_template.instance = "";
    add_names(its_template, names);
  }
  std::string_view prefix = name.prefix;
  while (!prefix.empty() && prefix.back() == '-')
    prefix.remove_suffix(1);
  std::size_t dash = prefix.rfind('-');
  if (dash == std::string_view::npos)
    return;
  UnitName chopped = name;
  chopped.prefix = prefix.substr(0, dash + 1);
  add_names(chopped, names);
}

} // namespace

std::vector<std::string> drop_in_names(std::string_view name) {
  std::vector<std::string> names;
  if (auto parts = parse_unit_name(name))
    add_names(*parts, names);
  return names;
}

} // namespace unitlock
