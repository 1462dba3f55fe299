// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/survey.hpp"

#include <sys/stat.h>

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "inject/drop_in.hpp"
#include "inject/kernel_command_line.hpp"
#include "landlock/syscalls.hpp"
#include "unit/search_path.hpp"
#include "unit/unit_name.hpp"
#include "unit/unit_path.hpp"

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
  kernel_abi_ = std::clamp(static_cast<int>(landlock::kernel_abi()), 0, landlock::kNewestAbi);
}

namespace {

/// 0 where nobody can say.
std::uint64_t written_usec(const Root& root, const std::string& path) {
  constexpr std::uint64_t kUsecPerSec = 1'000'000, kNsecPerUsec = 1'000;
  auto fd = root.open_file(path, O_PATH);
  struct stat st = {};
  if (!fd || fstat(fd->get(), &st) != 0)
    return 0;
  return static_cast<std::uint64_t>(st.st_mtim.tv_sec) * kUsecPerSec +
         static_cast<std::uint64_t>(st.st_mtim.tv_nsec) / kNsecPerUsec;
}

} // namespace

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
      drop_in.written_usec = written_usec(*sources_.root, path);
    }
}

void Survey::ask_manager(Facts& facts) const {
  if (!sources_.manager)
    facts.service = tl::unexpected(sources_.manager.error());
  else if (*sources_.manager)
    facts.service = (*sources_.manager)->service(facts.unit);
}

namespace {

Invocation present_invocation(const Service& service, const std::optional<std::uint32_t>& user) {
  Invocation invocation{service.name, user, service.invocation, service.inactive_exit_usec, {}};
  for (const LoadedCommand& command : service.exec_start)
    if (command.pid != 0)
      invocation.processes.push_back({command.pid, command.ended_usec});
  // After a reload systemd remembers this one only.
  if (service.exec_main_pid != 0 && invocation.processes.empty())
    invocation.processes.push_back({service.exec_main_pid, service.exec_main_exit_usec});
  return invocation;
}

} // namespace

void Survey::ask_journal(Facts& facts) const {
  if (!facts.service || !*facts.service || (*facts.service)->invocation.empty())
    return;
  const Service& service = **facts.service;
  if (!sources_.records)
    facts.records = tl::unexpected(sources_.records.error());
  else if (*sources_.records)
    facts.records = (*sources_.records)->find(present_invocation(service, sources_.user));
}

namespace {

bool is_generated(const std::string& path) {
  auto parsed = parse_unit_path(path);
  return parsed && is_generated_directory(parsed->search_directory);
}

/// A file that systemd has read and that another generator wrote; nullptr where there is none.
const std::string* other_generators_file(const Service& service) {
  if (is_generated(service.fragment))
    return &service.fragment;
  for (const std::string& path : service.drop_ins)
    if (path_basename(path) != kDropInName && is_generated(path))
      return &path;
  return nullptr;
}

} // namespace

/// A generator cannot see what another one writes: they run side by side, each time from nothing.
/// Where that changes what is declared or what would be started, the declaration is not in force.
void Survey::look_at_generated_files(DeclaredUnit& declared, Facts& facts) const {
  if (!facts.service || !*facts.service || (*facts.service)->load_state != "loaded")
    return;
  const Service& service = **facts.service;
  const std::string* unseen = other_generators_file(service);
  if (!unseen)
    return;
  std::vector<std::string> drop_ins = service.drop_ins;
  std::erase_if(drop_ins,
                [](const std::string& path) { return path_basename(path) == kDropInName; });
  DeclaredUnit real = sources_.index->read(service.name, service.fragment, std::move(drop_ins));
  bool same = declared.declaration.state == real.declaration.state &&
              render_drop_in(declared.unit, declared.declaration, sources_.wrapper) ==
                  render_drop_in(real.unit, real.declaration, sources_.wrapper);
  bool unconfined = declared.declaration.state == Declaration::State::None &&
                    real.declaration.state == Declaration::State::Off;
  if (!same && !unconfined) {
    real.declaration.state = Declaration::State::Unwrappable;
    real.declaration.diagnostics.insert(
        real.declaration.diagnostics.begin(),
        {Severity::Error,
         {*unseen, 0, 0},
         "not confined as declared: another generator wrote this file, which unitlock-generator "
         "cannot see"});
  }
  declared = std::move(real);
}

ServiceReport Survey::gather(DeclaredUnit declared) const {
  ServiceReport report;
  Facts& facts = report.facts;
  facts.unit = declared.unit.name;
  facts.unit_masked = declared.unit.masked;
  facts.switched_off = switched_off_;
  facts.kernel_abi = kernel_abi_;
  facts.of_user = sources_.user.has_value();
  facts.wrapper = sources_.wrapper;
  auto name = parse_unit_name(facts.unit);
  facts.is_template = name && name->is_template();
  if (!facts.is_template)
    ask_manager(facts);
  look_at_generated_files(declared, facts);
  facts.declaration = declared.declaration;
  report.declared = std::move(declared);
  return report;
}

void Survey::judge_all(ServiceReport& report) const {
  ask_journal(report.facts);
  find_drop_in(report.declared.unit, report.facts);
  report.verdict = judge(report.facts);
}

ServiceReport Survey::report(DeclaredUnit declared) const {
  ServiceReport report = gather(std::move(declared));
  judge_all(report);
  return report;
}

ServiceReport Survey::report(const std::string& name) const {
  return report(sources_.index->find(name));
}

namespace {

/// Whether nobody asked for this unit to be confined, but for many at once, and there is nothing to
/// be confined: it has no command, or it has no file and is known by name from other units only.
bool is_beside_the_point(const ServiceReport& report) {
  if (report.facts.declaration.state == Declaration::State::NothingToConfine)
    return is_well(report.verdict.state);
  const Service* service = report.service();
  bool is_unknown = !report.facts.service || (service && service->load_state == "not-found");
  return is_unknown && report.declared.unit.fragment.empty() &&
         is_meant_for_many(report.declared.unit);
}

/// An alias is loaded too, and its service is listed by its own name.
void add_undeclared(const ServiceReport& report, std::vector<UndeclaredService>& undeclared) {
  const Service* service = report.service();
  if (!service || !is_running(*service))
    return;
  UndeclaredService found{{service->name}, report.declared.declaration.exempted_at.has_value()};
  for (const std::string& name : report.declared.unit.names)
    if (name != service->name)
      found.names.push_back(name);
  bool is_known =
      std::any_of(undeclared.begin(), undeclared.end(), [&](const UndeclaredService& other) {
        return other.names.front() == service->name;
      });
  if (!is_known)
    undeclared.push_back(std::move(found));
}

} // namespace

/// What was confined when it was started may still run so, when nothing declares it any more.
std::set<std::string> Survey::confined_invocations() const {
  if (!sources_.records || !*sources_.records)
    return {}; // said of each service that is declared
  return (*sources_.records)->confined_invocations().value_or(std::set<std::string>{});
}

Result<std::vector<ServiceReport>> Survey::report_all() const {
  auto machine = report_machine();
  if (!machine)
    return tl::unexpected(machine.error());
  return std::move(machine->services);
}

Result<MachineReport> Survey::report_machine() const {
  MachineReport machine;
  std::vector<ServiceReport>& reports = machine.services;
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
  const std::set<std::string> confined = confined_invocations();
  for (const std::string& name : *loaded) {
    auto its_template = template_of(name);
    bool of_template = its_template && templates.contains(*its_template);
    if (of_template)
      used_templates.insert(*its_template);
    if (names.contains(name))
      continue;
    // Any other may have been loaded from files that the index does not know.
    ServiceReport found = gather(sources_.index->find(name));
    bool may_be_confined = found.service() && confined.contains(found.service()->invocation);
    if (!of_template && !may_be_confined &&
        found.facts.declaration.state == Declaration::State::None) {
      add_undeclared(found, machine.undeclared);
      continue;
    }
    if (!names.insert(found.facts.unit).second)
      continue;
    judge_all(found);
    if (of_template || found.verdict.state != State::Undeclared)
      reports.push_back(std::move(found));
    else
      add_undeclared(found, machine.undeclared);
  }
  // A template is shown for its instances; by itself only where there is none.
  std::erase_if(reports, [&](const ServiceReport& report) {
    return used_templates.contains(report.facts.unit) && is_well(report.verdict.state);
  });
  std::erase_if(reports, is_beside_the_point);
  std::sort(reports.begin(), reports.end(), [](const ServiceReport& a, const ServiceReport& b) {
    return a.facts.unit < b.facts.unit;
  });
  return machine;
}

} // namespace unitlock::machine
