// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/this_machine.hpp"

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

} // namespace unitlock::cli
