// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/probe.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/probe_marks.hpp"
#include "base/unique_fd.hpp"
#include "probe/process_files.hpp"
#include "probe/target.hpp"
#include "probe/tracee.hpp"

namespace unitlock::probe {
namespace {

using landlock::Family;

/// What the child sends: the tries without what the parent knows itself.
struct Wire {
  Verdict verdicts[3];
  char problem[160];
  char what[3][160];
  char why[3][160];
};

template <std::size_t Size>
void put_text(char (&out)[Size], std::string_view text) {
  std::size_t size = std::min(text.size(), Size - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

/// Whether the process is in the unit's control group, or below it (systemd's names of them: an
/// underscore in front of what would clash with the kernel's).
bool is_of(std::int64_t pid, const std::string& unit) {
  if (unit.empty())
    return true;
  std::string groups = process_file(pid, "cgroup") + "/";
  for (char& c : groups)
    c = c == '\n' ? '/' : c;
  return groups.find("/" + unit + "/") != std::string::npos ||
         groups.find("/_" + unit + "/") != std::string::npos;
}

Wire ask(std::int64_t pid, const std::string& unit, const Attempts& attempts, bool same_root) {
  Wire wire = {};
  auto facts = facts_of(pid);
  if (!facts) {
    put_text(wire.problem, to_string(facts.error()));
    return wire;
  }
  auto tracee = Tracee::stop(static_cast<pid_t>(pid));
  if (!tracee) {
    put_text(wire.problem, to_string(tracee.error()));
    return wire;
  }
  if (!is_of(pid, unit)) {
    put_text(wire.problem, "it is of another unit by now");
    return wire;
  }
  const std::array<Try, 3> tries = try_all(**tracee, *facts, attempts, same_root);
  for (std::size_t i = 0; i < 3; ++i) {
    wire.verdicts[i] = tries[i].verdict;
    put_text(wire.what[i], tries[i].what);
    put_text(wire.why[i], tries[i].why);
  }
  return wire;
}

/// In a process of its own, which nobody interrupts: registers of another one are in its hands.
[[noreturn]] void ask_and_exit(int out, std::int64_t pid, const std::string& unit,
                               const Attempts& attempts, bool same_root) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  prctl(PR_SET_NAME, probe_mark::kName);
  Wire wire = ask(pid, unit, attempts, same_root);
  ssize_t written = write(out, &wire, sizeof wire);
  _exit(written == sizeof wire ? 0 : 1);
}

} // namespace

bool ProbedProcess::has(Verdict verdict) const {
  return std::any_of(tries.begin(), tries.end(),
                     [&](const Try& done) { return done.verdict == verdict; });
}

ProbedProcess probe_process(std::int64_t pid, const std::string& unit, const Attempts& attempts,
                            bool same_root) {
  ProbedProcess probed;
  probed.pid = pid;
  probed.name = process_file(pid, "comm");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    probed.problem = to_string(Error{"pipe2", errno, std::nullopt});
    return probed;
  }
  UniqueFd in(ends[0]), out(ends[1]);
  pid_t child = fork();
  if (child == 0)
    ask_and_exit(out.get(), pid, unit, attempts, same_root);
  out = UniqueFd();
  Wire wire = {};
  bool answered = child > 0 && read(in.get(), &wire, sizeof wire) == sizeof wire;
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  probed.problem = answered ? wire.problem : "the process that asks has failed";
  for (std::size_t i = 0; i < probed.tries.size(); ++i)
    probed.tries[i] = {static_cast<Family>(i), wire.verdicts[i], wire.what[i], wire.why[i]};
  return probed;
}

} // namespace unitlock::probe
