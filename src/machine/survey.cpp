// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/survey.hpp"

#include <algorithm>
#include <set>

#include "inject/drop_in.hpp"
#include "inject/kernel_command_line.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::machine {

const Service* ServiceReport::service() const {
  return facts.service && *facts.service ? &**facts.service : nullptr;
}

const StartRecord* ServiceReport::record() const {
  if (verdict.records.empty() || !facts.records || !*facts.records)
    return nullptr;
  return &(*facts.records)->records[verdict.records.front()];
}

Survey::Survey(Sources sources) : sources_(std::move(sources)) {
  bool is_machine = !sources_.manager || *sources_.manager;
  if (!is_machine)
    return;
  // Written by PID 1 where it runs in a container.
  bool in_container = sources_.root->kind("/run/systemd/container") == FileKind::Regular;
  switched_off_ = switched_off(*sources_.root, in_container);
}

void Survey::find_drop_in(const Unit& unit, Facts& facts) const {
  InjectedDropIn& drop_in = facts.drop_in;
  drop_in.wanted = render_drop_in(unit, facts.declaration, sources_.wrapper);
  if (const std::string* mask = masking_drop_in(unit)) {
    drop_in.replaced_by = *mask;
    auto text = sources_.root->read_file(*mask);
    drop_in.replaced_by_nothing = !text || text->empty();
  }
  if (!facts.service || !*facts.service)
    return;
  for (const std::string& path : (*facts.service)->drop_ins)
    if (path_basename(path) == kDropInName) {
      drop_in.path = path;
      if (auto text = sources_.root->read_file(path))
        drop_in.text = *text;
    }
}

void Survey::ask_manager(const std::string& name, Facts& facts) const {
  if (!sources_.manager) {
    facts.service = tl::unexpected(sources_.manager.error());
    return;
  }
  if (!*sources_.manager)
    return;
  facts.service = (*sources_.manager)->service(name);
  if (!*facts.service || (*facts.service)->invocation.empty())
    return;
  const Service& service = **facts.service;
  if (!sources_.records)
    facts.records = tl::unexpected(sources_.records.error());
  else if (*sources_.records)
    facts.records =
        (*sources_.records)
            ->find({service.name, sources_.user, service.invocation, service.inactive_exit_usec});
}

ServiceReport Survey::report(DeclaredUnit declared) const {
  ServiceReport report;
  Facts& facts = report.facts;
  facts.unit = declared.unit.name;
  facts.unit_masked = declared.unit.masked;
  facts.declaration = declared.declaration;
  facts.switched_off = switched_off_;
  facts.of_user = sources_.user.has_value();
  facts.wrapper = sources_.wrapper;
  auto name = parse_unit_name(facts.unit);
  facts.is_template = name && name->is_template();
  if (!facts.is_template)
    ask_manager(facts.unit, facts);
  find_drop_in(declared.unit, facts);
  report.verdict = judge(facts);
  report.declared = std::move(declared);
  return report;
}

ServiceReport Survey::report(const std::string& name) const {
  return report(sources_.index->find(name));
}

Result<std::vector<ServiceReport>> Survey::report_all() const {
  std::vector<ServiceReport> reports;
  std::set<std::string> names, templates, used_templates;
  for (DeclaredUnit& declared : sources_.index->declared()) {
    reports.push_back(report(std::move(declared)));
    names.insert(reports.back().facts.unit);
    if (reports.back().facts.is_template)
      templates.insert(reports.back().facts.unit);
  }
  Result<std::vector<std::string>> loaded;
  if (sources_.manager && *sources_.manager)
    loaded = (*sources_.manager)->loaded_services();
  if (!loaded)
    return tl::unexpected(loaded.error());
  for (const std::string& name : *loaded) {
    auto its_template = template_of(name);
    if (!its_template || !templates.contains(*its_template))
      continue;
    used_templates.insert(*its_template);
    if (names.insert(name).second)
      reports.push_back(report(name));
  }
  // A template is shown for its instances; by itself only where there is none.
  std::erase_if(reports, [&](const ServiceReport& report) {
    return used_templates.contains(report.facts.unit) && is_well(report.verdict.state);
  });
  std::sort(reports.begin(), reports.end(), [](const ServiceReport& a, const ServiceReport& b) {
    return a.facts.unit < b.facts.unit;
  });
  return reports;
}

} // namespace unitlock::machine
