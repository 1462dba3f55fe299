// SPDX-License-Identifier: LGPL-2.1-or-later
// The denials that the services of the command line's root and manager declare as expected.
#pragma once

#include "cli/context.hpp"
#include "declare/declaration_index.hpp"
#include "journal/expected_denial.hpp"

namespace unitlock::cli {

/// Of each unit that is asked about, once. Of services of another manager nothing is known here, so
/// nothing of them is expected; nor of one that is not confined as it is declared now, nor by a
/// rule whose specifiers only the start tells. `index` must outlive it.
journal::Expectations declared_expectations(const DeclarationIndex& index, const Context& context);
/// The same for who needs no declarations otherwise: they are not read before some unit is asked
/// about. `root` must outlive it.
journal::Expectations declared_expectations(const Root& root, const Context& context);

} // namespace unitlock::cli
