// SPDX-License-Identifier: LGPL-2.1-or-later
// The files as a declared service of the command line's root and manager sees them.
#pragma once

#include "advise/service_view.hpp"
#include "cli/context.hpp"

namespace unitlock::cli {

/// `root` and `declared` must outlive it.
advise::ServiceView view_of(const Context& context, const Root& root, const DeclarationIndex& index,
                            const DeclaredUnit& declared);

} // namespace unitlock::cli
