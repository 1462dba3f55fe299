// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/this_machine.hpp"

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

} // namespace unitlock::cli
