// SPDX-License-Identifier: LGPL-2.1-or-later
// What else the kernel executes with a program: a script's "#!" line, or the loader that an ELF
// file asks for. Pure, over the first bytes of the file; no heap, because the wrapper uses it.
#pragma once

#include <string_view>

namespace unitlock {

/// Empty where there is none, or where it cannot be told from `head`. Points into `head`.
std::string_view interpreter_of(std::string_view head);

} // namespace unitlock
