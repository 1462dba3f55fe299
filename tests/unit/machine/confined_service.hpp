// SPDX-License-Identifier: LGPL-2.1-or-later
// A service as everything says of it that it is confined as declared, to be changed by a test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "machine/confinement.hpp"
#include "policy/command_line.hpp"
#include "policy/lower.hpp"

namespace unitlock::machine {

inline constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

/// A command as systemd has loaded it.
inline LoadedCommand wrapped(const std::vector<std::string>& options, std::int64_t pid) {
  LoadedCommand command;
  command.path = kWrapper;
  command.argv = {kWrapper, "--unit=a.service"};
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  // What comes behind "--" is the program's, whatever it looks like.
  command.argv.insert(command.argv.end(), {"--program=/bin/a", "--", "a", "--abi=1"});
  command.pid = pid;
  return command;
}

inline StartRecord start_record(const std::vector<std::string>& options, std::int64_t pid,
                                int abi) {
  StartRecord made;
  made.pid = pid;
  made.policy = policy_hash(options);
  made.abi = abi;
  made.pin = 10;
  made.asked = landlock::known_to(10);
  made.enforced = landlock::known_to(abi);
  made.dropped = made.asked.without(made.enforced);
  return made;
}

/// a.service, which runs: started under these options with PID 100, by a kernel of this ABI.
inline Facts confined_service(const std::vector<std::string>& options, int abi) {
  Facts facts;
  facts.unit = "a.service";
  facts.declaration.state = Declaration::State::Confined;
  facts.wrapper = kWrapper;
  facts.drop_in.wanted = "# for a.service\n[Service]\n";
  facts.drop_in.text = "# for a@.service\n[Service]\n";
  facts.drop_in.path = "/run/systemd/generator/a.service.d/zz-unitlock.conf";
  Service service;
  service.name = "a.service";
  service.load_state = "loaded";
  service.active_state = "active";
  service.sub_state = "running";
  service.drop_ins = {"/etc/systemd/system/a.service.d/landlock.conf", facts.drop_in.path};
  service.invocation = "3f9c2a1b7d0400000000000000000000";
  service.main_pid = service.exec_main_pid = 100;
  service.exec_start = {wrapped(options, 100)};
  facts.service = service;
  facts.records = StartRecords{{start_record(options, 100, abi)}, 0, false};
  return facts;
}

inline Service& service_of(Facts& facts) {
  return **facts.service;
}
inline StartRecords& records_of(Facts& facts) {
  return **facts.records;
}
inline void stop(Facts& facts) {
  service_of(facts).active_state = "inactive";
  service_of(facts).sub_state = "dead";
  service_of(facts).main_pid = 0;
}

} // namespace unitlock::machine
