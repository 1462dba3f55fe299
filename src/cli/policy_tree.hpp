// SPDX-License-Identifier: LGPL-2.1-or-later
// A policy by who said what: the unit's section, each preset below the one that extends it, and the
// unit's other settings.
#pragma once

#include <cstdio>

#include "declare/declaration_index.hpp"

namespace unitlock::cli {

void print_tree(std::FILE* stream, const DeclaredUnit& declared);

} // namespace unitlock::cli
