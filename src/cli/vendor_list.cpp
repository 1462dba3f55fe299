// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/vendor_list.hpp"

namespace unitlock::cli {

VendorList::VendorList(const Root& root, const ManagerEnvironment& manager) {
  for (const char* path :
       {"/usr/local/share/unitlock/units.yaml", "/usr/share/unitlock/units.yaml"})
    if (auto text = root.read_file(path)) {
      path_ = path;
      presets_ = Presets::load(root, manager, PortNames(root), {{path, *text}});
      return;
    }
}

const UnitPresets* VendorList::entry_for(const std::vector<std::string>& names) const {
  const UnitPresets* entry = presets_.entry_for(names);
  return entry && entry->where.file == path_ ? entry : nullptr;
}

} // namespace unitlock::cli
