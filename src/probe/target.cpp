// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/target.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/number.hpp"
#include "base/unique_fd.hpp"

namespace unitlock::probe {
namespace {

std::string read_proc(std::int64_t pid, std::string_view name) {
  auto root = Root::open("/");
  auto text = root ? root->read_file(fmt::format("/proc/{}/{}", pid, name)) : fail("");
  std::string out = text.value_or("");
  while (!out.empty() && (out.back() == '\n' || out.back() == '\0'))
    out.pop_back();
  return out;
}

std::string read_namespace(std::string_view pid, std::string_view name) {
  auto root = Root::open("/");
  auto link = root ? root->read_link(fmt::format("/proc/{}/ns/{}", pid, name)) : fail("");
  return link.value_or("");
}

/// The first number of a line of /proc/PID/status.
template <class Number>
std::optional<Number> first_number(std::string_view status, std::string_view key) {
  std::size_t at = status.find(key);
  if (at == std::string_view::npos)
    return std::nullopt;
  status.remove_prefix(at + key.size());
  return to_number<Number>(status.substr(0, status.find('\t')));
}

/// The label, unless it stands for no confinement: AppArmor's "unconfined" and profiles that only
/// complain; SELinux's and Smack's labels always mean a policy.
std::string confining_label(std::int64_t pid) {
  std::string label = read_proc(pid, "attr/current");
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
  std::string status = read_proc(pid, "status");
  auto uid = first_number<uid_t>(status, "\nUid:\t");
  auto gid = first_number<gid_t>(status, "\nGid:\t");
  if (!uid || !gid)
    return fail("it has ended");
  if (status.find("\nVmSize:") == std::string::npos)
    return fail("it is a kernel thread, or has ended");
  std::string theirs = read_namespace(std::to_string(pid), "pid");
  return ProcessFacts{*uid, *gid, !theirs.empty() && theirs == read_namespace("self", "pid"),
                      confining_label(pid)};
}

std::string name_of(std::int64_t pid) {
  return read_proc(pid, "comm");
}

std::string control_groups_of(std::int64_t pid) {
  return read_proc(pid, "cgroup");
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
