// SPDX-License-Identifier: LGPL-2.1-or-later
// The presets of a machine or an image: named sets of grants that declarations refer to, and which
// services get them without a declaration of their own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "base/placed_file.hpp"
#include "policy/policy.hpp"
#include "policy/port_names.hpp"
#include "preset/unit_presets.hpp"

namespace unitlock {

struct Preset {
  std::string name;
  std::string description;
  SourceRef where;
  std::vector<PresetName> extends;
  /// Its own words only. `restrict:` and `scope:` name what stays restricted even where the unit's
  /// own Restrict= and Scope= would leave it out.
  Policy policy = neutral_policy();
  /// What is wrong with it. An invalid preset is not used: units that name it are invalid too.
  Diagnostics errors;
};

class Presets {
public:
  /// Reads conf.d/*.yaml below `root`. A preset that a later file defines again replaces the
  /// earlier one. Problems of whole files are in problems(); problems inside one preset stay with
  /// it.
  /// `placed`: files that come before those of the same name in conf.d; others than *.yaml are
  /// passed over.
  static Presets load(const Root& root, const ManagerEnvironment& manager,
                      const PortNames& port_names, const PlacedFiles& placed = {});

  /// The preset's rules and those of everything that it extends, each with its provenance. Errors:
  /// unknown, invalid, or extending itself.
  Result<Policy> resolve(const std::string& name) const;

  /// What "units:" gives to a service with these names: its own, its template's, its aliases'.
  /// nullptr where it is not named, or gets none.
  const UnitPresets* given_to(const std::vector<std::string>& names) const;
  /// The entry that counts for these names, one that says "none" too.
  const UnitPresets* entry_for(const std::vector<std::string>& names) const;
  /// All that "units:" says to this manager's services; of two that match, the later one counts.
  const std::vector<UnitPresets>& units() const { return units_; }

  const std::map<std::string, Preset>& all() const { return presets_; }
  /// Files that cannot be read or are no presets, and the errors of all presets.
  const Diagnostics& problems() const { return problems_; }
  /// Of these, what concerns files as a whole: nobody knows what they would give to which service.
  Diagnostics file_problems() const {
    return {problems_.begin(), problems_.begin() + static_cast<std::ptrdiff_t>(file_problems_)};
  }

private:
  struct Walk {
    std::vector<std::string> chain; ///< from the preset asked for down to the present one
    std::set<std::string> done;     ///< each preset counts once, however often it is extended
    Policy policy = neutral_policy();
  };
  std::vector<std::string> names() const;
  Result<void> collect(const std::string& name, Walk& walk) const;

  void check();

  std::map<std::string, Preset> presets_;
  std::vector<UnitPresets> units_;
  Diagnostics problems_;
  std::size_t file_problems_ = 0; ///< so many at its beginning
};

/// Whether some conf.d file may give presets to services: a cheap look at the texts.
bool may_give_presets(const Root& root, const ManagerEnvironment& manager);

} // namespace unitlock
