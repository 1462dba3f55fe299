// SPDX-License-Identifier: LGPL-2.1-or-later
// Grants that nobody should give because a log asks for them: what an attacker would want most.
// Everything that speaks against one is named; what is left is ordinary. Pure but for the files of
// the view.
//
// Source: SECURITY.md; Filesystem Hierarchy Standard; file-hierarchy(7).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "advise/service_view.hpp"

namespace unitlock::advise {

struct Access {
  std::string path;
  std::uint64_t rights = 0;  ///< Family::Filesystem bits
  bool is_directory = false; ///< the rights are for all that is below
  std::string unit;          ///< whose, see ServiceView::granted()
};

/// One reason each, harmless for a terminal; empty where nothing speaks against the grant.
std::vector<std::string> why_sensitive(const Access& access, const ServiceView& view);

/// Of letting out what Scope= keeps inside.
std::string why_sensitive_scope(std::uint64_t scope);

/// Whether it is what somebody tries who has taken a service over, and what no service does by
/// itself: hashes of passwords, a shell, a unit file to write, a container manager's socket. Not a
/// server's keys, which a server may ask for in good faith.
bool looks_like_attack(const Access& access, const ServiceView& view);

/// Whether a file's name or place says that it is a key, a password or a token.
bool is_secret(std::string_view path);
bool is_shell(std::string_view path);
/// Whether a program executes what it is given: a shell, an interpreter.
bool is_interpreter(std::string_view path);

} // namespace unitlock::advise
