// SPDX-License-Identifier: LGPL-2.1-or-later
// A unit's whole declaration: its section, the presets that it names and what is derived from the
// unit, composed to one policy.
#pragma once

#include "declare/section.hpp"
#include "policy/policy.hpp"
#include "preset/presets.hpp"
#include "unit/exec_command.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

struct WrappedCommand {
  ExecCommand command;
  std::string program; ///< what systemd would execute: absolute, specifiers not expanded
};

struct Declaration {
  enum class State {
    None,        ///< nothing is declared
    Off,         ///< Mode=off: declared, and meant to run unconfined
    Invalid,     ///< must not start: see errors in `diagnostics`
    Unwrappable, ///< valid, but the unit's commands cannot be wrapped: it runs unconfined
    Confined,    ///< `policy` and `commands` say how
  };
  State state = State::None;
  Policy policy;
  std::vector<WrappedCommand> commands; ///< of ExecStart=
  /// Unwrappable: the first Error says why.
  Diagnostics diagnostics;
};

/// Never fails; what is wrong is in the diagnostics.
Declaration declare(const Root& root, const Unit& unit, const Presets& presets,
                    const PortNames& port_names);

} // namespace unitlock
