// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/this_machine.hpp"

#include <fmt/format.h>

#include "cli/named_unit.hpp"
#include "config.hpp"

namespace unitlock::cli {

ThisMachine ThisMachine::connect(RuntimeScope scope) {
  ThisMachine here;
  here.manager = machine::connect_manager(scope);
  journal::Location location;
  location.own_entries = scope == RuntimeScope::User;
  here.journal = journal::Journal::open(location);
  if (*here.journal)
    here.records = machine::start_records_of(**here.journal);
  return here;
}

machine::Survey ThisMachine::survey(const Root& root, const DeclarationIndex& index,
                                    const Context& context) const {
  return machine::Survey(
      {&root, &index, manager_or_error(), records_or_error(), UNITLOCK_WRAPPER, context.uid()});
}

Result<std::vector<machine::ServiceReport>> reports_of(const machine::Survey& survey,
                                                       const std::vector<std::string>& words) {
  if (words.empty())
    return survey.report_all();
  std::vector<machine::ServiceReport> reports;
  for (const std::string& word : words) {
    auto name = service_name(word);
    if (!name)
      return tl::unexpected(name.error());
    machine::ServiceReport report = survey.report(*name);
    const machine::Service* service = report.service();
    if (!report.declared.exists() && (!service || service->load_state == "not-found"))
      return fail(fmt::format("there is no {}", *name));
    reports.push_back(std::move(report));
  }
  return reports;
}

} // namespace unitlock::cli
