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

/// The first line of a script, without "#!", as words; empty for what is no script.
std::vector<std::string> interpreter_line(const Root& root, const std::string& script);

/// The program that env(1) starts for these words, its own name first ("env", "python3"), in
/// systemd's $PATH for services. Empty where there is none.
std::string started_by_env(const Root& root, const std::vector<std::string>& words);

} // namespace unitlock
