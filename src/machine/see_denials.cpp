// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/see_denials.hpp"

#include <unistd.h>

namespace unitlock::machine {

Visibility see_denials(journal::Journal* journal) {
  VisibilityFacts facts = gather_visibility();
  // Without any journal it is a lack of rights only where one has too few.
  facts.records_hidden = journal ? !journal->reads_audit() : geteuid() != 0;
  if (journal)
    if (auto boot = journal->find_boot(""))
      // What cannot be read proves nothing.
      facts.records_seen = journal->any({{{"_TRANSPORT=audit"}}, *boot, {}, {}}).value_or(false);
  return judge(facts);
}

} // namespace unitlock::machine
