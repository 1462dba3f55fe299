// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/declaration_index.hpp"

#include <algorithm>

#include "declare/candidates.hpp"
#include "unit/unit_path.hpp"

namespace unitlock {

bool DeclaredUnit::exists() const {
  return !unit.fragment.empty() ||
         std::any_of(unit.drop_ins.begin(), unit.drop_ins.end(), [](const std::string& file) {
           auto path = parse_unit_path(file);
           return !path || !reaches_others(*path);
         });
}

DeclarationIndex::DeclarationIndex(const Root& root, const ManagerEnvironment& manager,
                                   const PlacedFiles& placed)
    : root_(root), port_names_(root), presets_(Presets::load(root, manager, port_names_, placed)),
      units_(root, unit_search_path(root, manager), placed) {}

DeclaredUnit DeclarationIndex::find(const std::string& name) const {
  return declared(units_.load(name));
}

DeclaredUnit DeclarationIndex::read(const std::string& name, const std::string& fragment,
                                    std::vector<std::string> drop_ins) const {
  return declared(units_.load_files(name, fragment, std::move(drop_ins)));
}

DeclaredUnit DeclarationIndex::declared(Unit unit) const {
  Declaration declaration = declare(root_, unit, presets_, port_names_);
  return {std::move(unit), std::move(declaration)};
}

std::vector<DeclaredUnit>
DeclarationIndex::having(const std::function<bool(std::string_view)>& test) const {
  std::vector<DeclaredUnit> all;
  for (const std::string& name : candidate_services(units_, &presets_))
    if (is_candidate(units_, &presets_, name, test))
      all.push_back(find(name));
  return all;
}

std::vector<DeclaredUnit> DeclarationIndex::declared() const {
  std::vector<DeclaredUnit> all = having(may_declare);
  std::erase_if(all, [](const DeclaredUnit& found) {
    return found.declaration.state == Declaration::State::None;
  });
  return all;
}

} // namespace unitlock
