// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that a machine or an image declares for the services of one manager: its unit files
// and presets, read once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "base/placed_file.hpp"
#include "declare/declaration.hpp"
#include "policy/port_names.hpp"
#include "preset/presets.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

struct DeclaredUnit {
  Unit unit;
  Declaration declaration;

  /// Whether any file is the unit's own: drop-ins that reach many units make none of them exist.
  bool exists() const;
};

class DeclarationIndex {
public:
  /// `root` must outlive the index. `placed`: files that count as if they were installed.
  DeclarationIndex(const Root& root, const ManagerEnvironment& manager,
                   const PlacedFiles& placed = {});
  DeclarationIndex(const DeclarationIndex&) = delete;
  DeclarationIndex& operator=(const DeclarationIndex&) = delete;

  /// By a unit's full name or an alias of it; instances of templates too. A name without any file
  /// gives a unit that does not exist().
  DeclaredUnit find(const std::string& name) const;

  /// A unit made of just these files: what a manager says that it has read.
  DeclaredUnit read(const std::string& name, const std::string& fragment,
                    std::vector<std::string> drop_ins) const;

  /// The services with files of their own, and the instances that "units:" names, that declare
  /// something, Mode=off included, sorted by name. Templates are among them.
  std::vector<DeclaredUnit> declared() const;

  /// The services of which some file's text passes `test`, or to which "units:" gives presets,
  /// sorted by name, whether they declare something or not.
  std::vector<DeclaredUnit> having(const std::function<bool(std::string_view)>& test) const;

  const Presets& presets() const { return presets_; }
  /// Directories of units that cannot be listed.
  const Diagnostics& unit_problems() const { return units_.problems(); }
  /// Problems of conf.d files.
  const Diagnostics& problems() const { return presets_.problems(); }

private:
  DeclaredUnit declared(Unit unit) const;

  const Root& root_;
  PortNames port_names_;
  Presets presets_;
  UnitIndex units_;
};

} // namespace unitlock
