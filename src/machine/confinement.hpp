// SPDX-License-Identifier: LGPL-2.1-or-later
// Is a service confined as declared? A pure judgement over what is declared, what systemd has
// loaded and what the wrapper said when it started the service. It claims no more than that: the
// kernel tells nobody from outside whether a process is restricted by Landlock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "declare/declaration.hpp"
#include "landlock/abi.hpp"
#include "machine/manager.hpp"
#include "machine/start_records.hpp"

namespace unitlock::machine {

enum class State {
  Enforced,      ///< all that is declared
  Partly,        ///< less, because the kernel does not know more
  NotEnforced,   ///< nothing is, or the next start would not be confined
  RestartNeeded, ///< what runs was started with another policy, or before there was one
  ReloadNeeded,  ///< systemd has not loaded what is declared now
  Invalid,       ///< the declaration; the service cannot be started
  StartRefused,  ///< the last start failed in the wrapper, or the next one is known to
  NotRunning,    ///< would be confined when started
  Permissive,    ///< Mode=permissive: runs unconfined, as is declared
  Off,           ///< Mode=off
  Undeclared,
  Declared, ///< a template, in another root, or without a command: nothing runs
  CannotTell,
};

/// "enforced", "not enforced", …: for people.
std::string_view to_string(State state);
/// "not-enforced": for programs.
std::string program_word(State state);
std::vector<State> all_states();
/// Whether nothing that is declared is missing.
bool is_well(State state);

/// The drop-ins that carry the policy.
struct InjectedDropIn {
  std::string wanted; ///< its text, as the generator would write it now
  std::string path;   ///< of the one that systemd has loaded; empty: none
  std::optional<std::string> text;
  std::uint64_t written_usec = 0; ///< when generators ran last, realtime; 0: not known
  /// A file of its name in another directory of the administrator's, which takes its place.
  std::string replaced_by;
  bool replaced_by_nothing = false; ///< that file is empty, or a link to /dev/null
};

struct Facts {
  std::string unit;
  bool unit_masked = false;
  bool is_template = false; ///< itself, not an instance
  bool of_user = false;     ///< a user's manager runs it
  Declaration declaration;
  InjectedDropIn drop_in;
  bool switched_off = false;             ///< unitlock=off on the kernel command line
  std::string wrapper;                   ///< where it is installed
  int kernel_abi = landlock::kNewestAbi; ///< of this machine's kernel, 0: none

  /// nullopt: another root, where nothing runs.
  std::optional<Result<Service>> service;
  /// Of the present invocation; nullopt where there is none.
  std::optional<Result<StartRecords>> records;
};

struct Verdict {
  State state = State::CannotTell;
  std::string reason; ///< a sentence or two; empty where the state says it all
  /// What to do: commands or sentences, in order. Nothing for a manager where none runs.
  std::vector<std::string> advice;

  /// The records that count, one for each started command that has one; indexes into
  /// Facts::records.
  std::vector<std::size_t> records;
  /// The PID of those records is known to be the service's own; otherwise the first one of the
  /// invocation was taken.
  bool pid_matches = false;
  /// Of the commands that systemd would start now; empty where they are not the wrapper's.
  std::string loaded_policy;
};

Verdict judge(const Facts& facts);

/// A command of ExecStart= that starts the wrapper.
struct WrapperCommand {
  std::string policy; ///< policy_hash(); empty where a variable hides a part of the options
  std::vector<std::string> options; ///< likewise
  bool refuses = false;
  bool permissive = false; ///< it would enforce nothing
};
/// nullopt where the command is another program's.
std::optional<WrapperCommand> read_wrapper_command(const LoadedCommand& command,
                                                   const std::string& wrapper);

/// The records that speak for the service, see Verdict.
struct ChosenRecords {
  std::vector<std::size_t> indexes;
  bool pid_matches = false;
};
ChosenRecords choose_records(const std::vector<StartRecord>& records, const Service& service,
                             std::uint64_t drop_in_written_usec = 0);

bool is_running(const Service& service);

} // namespace unitlock::machine
