// SPDX-License-Identifier: LGPL-2.1-or-later
// The services that unitlock's vendor has made presets for (/usr/share/unitlock/units.yaml). The
// list need not be in force for that.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "preset/presets.hpp"

namespace unitlock::cli {

class VendorList {
public:
  /// Empty where there is no list. `root` must outlive it.
  VendorList(const Root& root, const ManagerEnvironment& manager);

  /// What it says of the service with these names; nullptr: nothing. Without presets: that it
  /// should not be confined.
  const UnitPresets* entry_for(const std::vector<std::string>& names) const;

private:
  std::string path_;
  Presets presets_;
};

} // namespace unitlock::cli
