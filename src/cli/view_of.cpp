// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/view_of.hpp"

#include <cstdlib>

namespace unitlock::cli {

advise::ServiceView view_of(const Context& context, const Root& root, const DeclarationIndex& index,
                            const DeclaredUnit& declared) {
  const char* home = context.user && context.is_this_machine() ? std::getenv("HOME") : nullptr;
  return {root, declared, context.scope(),
          advise::directories_of_others(index, declared.unit.name, context.scope()),
          home ? home : ""};
}

} // namespace unitlock::cli
