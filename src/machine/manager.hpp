// SPDX-License-Identifier: LGPL-2.1-or-later
// Questions to a systemd manager: what it has loaded, and what runs. An interface, so that
// everything behind it is tested without a bus.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/manager_environment.hpp"
#include "base/result.hpp"

namespace unitlock::machine {

/// One command of ExecStart= as systemd would run it.
struct LoadedCommand {
  std::string path;
  std::vector<std::string> argv; ///< specifiers expanded; variables and "$$" not yet
  bool no_variables = false;     ///< the prefix ":"
  /// Of its last run. 0: it has not run, or systemd has been told to reload since.
  std::int64_t pid = 0;
  std::uint64_t ended_usec = 0; ///< 0: it has not ended
  int exit_status = 0;          ///< of its last run; 0 also where a signal ended it
};

struct Service {
  std::string name; ///< the real one, where an alias was asked for
  std::string load_state, active_state, sub_state;
  std::string fragment;
  std::vector<std::string> drop_ins;
  bool need_daemon_reload = false;
  std::string invocation; ///< 32 hex digits; empty where it has not been started
  std::int64_t main_pid = 0;
  /// Of a command that runs beside the main process, before or after it: ExecReload= and the like;
  /// 0: none does. Type=forking: of ExecStart= until it has forked.
  std::int64_t control_pid = 0;
  /// Of the last main process; still there when it has ended.
  std::int64_t exec_main_pid = 0;
  int exec_main_status = 0;
  /// When the last main process was started; 0: never.
  std::uint64_t exec_main_start_usec = 0;
  std::uint64_t exec_main_exit_usec = 0; ///< 0: it has not ended
  /// When the service was last asked to start; 0: never.
  std::uint64_t inactive_exit_usec = 0;
  std::vector<LoadedCommand> exec_start;
};

class Manager {
public:
  Manager() = default;
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  virtual ~Manager() = default;

  /// By full name; systemd loads the unit if it has not yet. A unit without any file is no error:
  /// its load_state is "not-found".
  virtual Result<Service> service(const std::string& name) = 0;
  /// The names of all loaded services, sorted.
  virtual Result<std::vector<std::string>> loaded_services() = 0;
  /// "active", "inactive", "failed", …; "inactive" for a unit that does not exist.
  virtual Result<std::string> active_state(const std::string& unit) = 0;
  /// The processes in the unit's control group, and in those below it. Errors: it is not loaded.
  virtual Result<std::vector<std::int64_t>> processes(const std::string& unit) = 0;
  /// Has the manager run its generators and read all units again, and waits for it.
  virtual Result<void> reload() = 0;
  /// Queues a restart of the unit and does not wait for it.
  virtual Result<void> queue_restart(const std::string& unit) = 0;
};

/// The system's manager over its private socket as root, so that it works without a bus, or else
/// over the system bus; the calling user's manager in the same two ways. Errors: neither answers.
Result<std::unique_ptr<Manager>> connect_manager(RuntimeScope scope);

} // namespace unitlock::machine
