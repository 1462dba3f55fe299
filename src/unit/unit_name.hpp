// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of a unit's name: "foo-bar@inst.service" has the prefix "foo-bar", the instance "inst"
// and the template "foo-bar@.service".
//
// Source: systemd.unit(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unitlock {

struct UnitName {
  std::string prefix;
  std::optional<std::string> instance; ///< empty for a template, nullopt for a plain unit
  std::string suffix;                  ///< "service"

  bool is_template() const { return instance && instance->empty(); }
  bool is_instance() const { return instance && !instance->empty(); }
};

/// Whether systemd takes a file of this name for a unit: the characters, the length, the suffix.
bool is_valid_unit_name(std::string_view name);

/// nullopt where the name has no suffix or no prefix.
std::optional<UnitName> parse_unit_name(std::string_view name);

std::string to_string(const UnitName& name);

/// "foo@.service" for "foo@bar.service"; nullopt for what is no instance.
std::optional<std::string> template_of(std::string_view name);

/// "nginx" → "nginx.service"; a name with a known suffix stays.
std::string complete_unit_name(std::string_view name);

/// "foo@bar.service" for "foo@.service" and "bar".
std::string instantiate(const UnitName& its_template, const std::string& instance);

/// The names whose ".d" directories a unit of this name reads, most specific first: itself, its
/// template, and each dash prefix ("foo-bar-.service", "foo-.service"); not the type-wide
/// "service". For a template: what all of its instances read.
std::vector<std::string> drop_in_names(std::string_view name);

/// Whether drop-ins of this name reach other units too: "foo-.service" and "foo-@x.service" do.
bool is_dash_prefix(std::string_view name);

} // namespace unitlock
