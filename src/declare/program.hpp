// SPDX-License-Identifier: LGPL-2.1-or-later
// What has to be executable so that a program starts: itself, the interpreter of a script, the
// dynamic loader of an ELF file.
//
// Source: execve(2), "Interpreter scripts"; base/interpreter.hpp.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"

namespace unitlock {

/// `path` and the interpreters behind it, in the order in which the kernel meets them. Programs
/// that cannot be read end the chain: their start will fail with a message of its own.
std::vector<std::string> programs_behind(const Root& root, const std::string& path);

} // namespace unitlock
