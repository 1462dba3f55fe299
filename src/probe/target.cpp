// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/target.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/unique_fd.hpp"
#include "probe/process_files.hpp"

namespace unitlock::probe {
namespace {

/// The label, unless it stands for no confinement: AppArmor's "unconfined" and profiles that only
/// complain; SELinux's and Smack's labels always mean a policy.
std::string confining_label(std::int64_t pid) {
  std::string label = process_file(pid, "attr/current");
  bool free =
      label == "unconfined" || label.ends_with(" (complain)") || label.ends_with(" (unconfined)");
  return free ? "" : label;
}

[[noreturn]] void wait_to_be_killed(int ready, uid_t uid, gid_t gid) {
  // Only root can, and for others it is so already.
  (void)setgroups(0, nullptr);
  bool is_same = setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!is_same || write(ready, "", 1) != 1)
    _exit(1);
  for (;;)
    pause();
}

} // namespace

Result<ProcessFacts> facts_of(std::int64_t pid) {
  ProcessStatus status = process_status(pid);
  auto uid = status.number<uid_t>("Uid");
  auto gid = status.number<gid_t>("Gid");
  if (!uid || !gid)
    return fail("it has ended");
  if (!status.has("VmSize"))
    return fail("it is a kernel thread, or has ended");
  return ProcessFacts{*uid, *gid, is_in_own_pid_namespace(pid), confining_label(pid)};
}

SignalTarget::SignalTarget(uid_t uid, gid_t gid) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0)
    return;
  UniqueFd in(ends[0]), out(ends[1]);
  pid_ = fork();
  if (pid_ == 0)
    wait_to_be_killed(out.get(), uid, gid);
  out = UniqueFd();
  char byte = 0;
  if (pid_ > 0 && read(in.get(), &byte, 1) != 1) {
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

SignalTarget::~SignalTarget() {
  if (pid_ <= 0)
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, __WALL);
}

} // namespace unitlock::probe
