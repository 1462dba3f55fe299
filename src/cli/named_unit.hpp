// SPDX-License-Identifier: LGPL-2.1-or-later
// The service that a word of the command line names.
#pragma once

#include <string>

#include "declare/declaration_index.hpp"

namespace unitlock::cli {

/// "nginx" means nginx.service. Errors: a unit of another type.
Result<std::string> service_name(const std::string& word);

/// Errors: no service, or one of which there is neither a file nor a declaration.
Result<DeclaredUnit> existing_unit(const DeclarationIndex& index, const std::string& word);

} // namespace unitlock::cli
