// SPDX-License-Identifier: LGPL-2.1-or-later
// A unit's whole declaration: its section, the presets that it names and what is derived from the
// unit, composed to one policy.
#pragma once

#include <optional>

#include "declare/section.hpp"
#include "policy/policy.hpp"
#include "preset/presets.hpp"
#include "unit/exec_command.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

/// The name decides: systemd sorts drop-ins by name over all directories, and "zz-" comes after an
/// administrator's "override.conf". An administrator masks it with a link to /dev/null of this
/// name.
inline constexpr const char* kDropInName = "zz-unitlock.conf";

/// Of all port ranges of a policy: about 0.1 s of a start.
inline constexpr std::size_t kMostPorts = 131072;

/// Of the commands of one line with their policies: systemd's LONG_LINE_MAX of 1 MiB, less what the
/// drop-in writes around them.
inline constexpr std::size_t kLongestCommands = (1U << 20U) - (16U << 10U);

struct WrappedCommand {
  ExecLine line = ExecLine::Start; ///< of which setting
  ExecCommand command;
  std::string program; ///< what systemd would execute: absolute, specifiers not expanded
};

struct Declaration {
  enum class State {
    None,             ///< nothing is declared
    Off,              ///< Mode=off, or the drop-in is masked: declared, and meant to run unconfined
    Invalid,          ///< must not start: see errors in `diagnostics`
    NothingToConfine, ///< valid and meant for many units at once, of which this one has no command
    Unwrappable,      ///< valid, but the unit's commands cannot be wrapped: it runs unconfined
    Confined,         ///< `policy` and `commands` say how
  };
  State state = State::None;
  Policy policy;
  /// The entry of "units:" that gives the presets; nullopt where the unit's files name them.
  std::optional<SourceRef> given_at;
  /// The entry of "units:" that says none, of a unit that says nothing itself.
  std::optional<SourceRef> exempted_at;
  /// Of ExecStart= first, and then of the settings that Commands= adds.
  std::vector<WrappedCommand> commands;
  /// Settings that Commands= names and whose commands run unconfined all the same, each with why.
  /// They are among the diagnostics too.
  Diagnostics left_out;
  /// Unwrappable: the first Error says why.
  Diagnostics diagnostics;
};

/// Whether the assignment stands in a drop-in that systemd reads after ours.
bool sorts_behind(const Unit& unit, const Assignment& assignment);

/// The setting ("ExecStart") in a drop-in that systemd reads after ours: it has the last word.
/// nullptr where there is none.
const Assignment* later_setting(const Unit& unit, std::string_view setting);

/// The drop-in of an administrator that takes the place of the generated one: in a directory that
/// systemd looks at before the generators'. nullptr where there is none.
const std::string* masking_drop_in(const Unit& unit);

/// Whether a confined command of this setting runs while the service does: signals do not pass from
/// the one to the other unless the policy leaves them out. Declarations warn of it.
bool may_signal_the_service(ExecLine line);

/// Whether what a unit declares is written only where it reaches other units too: nobody has said
/// that this one is to be confined.
bool is_meant_for_many(const Unit& unit);

/// Never fails; what is wrong is in the diagnostics.
Declaration declare(const Root& root, const Unit& unit, const Presets& presets,
                    const PortNames& port_names);

} // namespace unitlock
