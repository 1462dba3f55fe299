// SPDX-License-Identifier: LGPL-2.1-or-later
// What a unit's own settings say that it needs: its program, its directories, its notify socket.
//
// Source: systemd.exec(5), systemd.service(5).
#pragma once

#include "base/files.hpp"
#include "policy/policy.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

/// What the wrapped commands execute: absolute, or with specifiers.
struct DerivedProgram {
  std::string path;
  SourceRef where;
};

/// The rules for `unit`. All of them are optional: systemd makes the directories, and a missing
/// program has its own message. Settings whose value cannot be read as systemd reads it grant
/// nothing; nor do those that are `left_out`.
Policy derive_from_unit(const Root& root, const Unit& unit,
                        const std::vector<DerivedProgram>& programs,
                        const std::set<std::string>& left_out = {});

} // namespace unitlock
