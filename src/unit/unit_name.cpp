// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_name.hpp"

#include <algorithm>

namespace unitlock {
namespace {

bool is_suffix(std::string_view text) {
  constexpr std::string_view kSuffixes[] = {"service",   "socket", "device", "mount",
                                            "automount", "swap",   "target", "path",
                                            "timer",     "slice",  "scope"};
  return std::find(std::begin(kSuffixes), std::end(kSuffixes), text) != std::end(kSuffixes);
}

} // namespace

bool is_valid_unit_name(std::string_view name) {
  constexpr std::size_t kLongest = 255;
  constexpr std::string_view kCharacters = "0123456789abcdefghijklmnopqrstuvwxyz"
                                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";
  auto parts = parse_unit_name(name);
  return parts && is_suffix(parts->suffix) && name.size() <= kLongest &&
         name.find_first_not_of(kCharacters) == std::string_view::npos;
}

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
  std::size_t dot = name.rfind('.');
  bool complete = dot != std::string_view::npos && is_suffix(name.substr(dot + 1));
  return std::string(name) + (complete ? "" : ".service");
}

std::string instantiate(const UnitName& its_template, const std::string& instance) {
  UnitName name = its_template;
  name.instance = instance;
  return to_string(name);
}

namespace {

/// The prefix up to the dash that ends what others share: "foo-bar-" for "foo-bar-baz", "foo-" for
/// that. A dash at the end is passed over, but only one; one at the front does not count.
std::optional<std::string> dash_prefix(std::string prefix) {
  std::size_t dash = prefix.rfind('-');
  if (dash != std::string::npos && dash != 0 && dash + 1 == prefix.size()) {
    prefix.resize(dash);
    dash = prefix.rfind('-');
  }
  if (dash == std::string::npos || dash == 0)
    return std::nullopt;
  return prefix.substr(0, dash + 1);
}

/// As systemd's unit_file_find_dirs(): the name, its template and what that reads, then the same
/// for the dash prefix. The template of an instance leads to "foo-.service", not to
/// "foo-@.service".
void add_names(const UnitName& name, std::vector<std::string>& names) {
  std::string text = to_string(name);
  if (std::find(names.begin(), names.end(), text) != names.end())
    return; // and so is everything that follows from it
  names.push_back(text);
  if (name.is_instance()) {
    UnitName its_template = name;
    its_template.instance = "";
    add_names(its_template, names);
  }
  auto prefix = dash_prefix(name.prefix);
  if (!prefix)
    return;
  UnitName chopped = name;
  chopped.prefix = *prefix;
  if (name.is_template())
    chopped.instance.reset();
  add_names(chopped, names);
}

} // namespace

std::vector<std::string> drop_in_names(std::string_view name) {
  std::vector<std::string> names;
  auto parts = parse_unit_name(name);
  if (!parts)
    return names;
  bool of_all_instances = parts->is_template();
  if (of_all_instances)
    parts->instance = "?"; // no unit can have this name
  add_names(*parts, names);
  if (of_all_instances)
    std::erase_if(names, [](const std::string& n) { return n.find("@?.") != std::string::npos; });
  return names;
}

bool is_dash_prefix(std::string_view name) {
  auto parts = parse_unit_name(name);
  // "-.service" is the prefix of nothing: a dash at the front does not count.
  return parts && parts->prefix.size() > 1 && parts->prefix.back() == '-';
}

} // namespace unitlock
