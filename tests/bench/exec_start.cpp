// SPDX-License-Identifier: LGPL-2.1-or-later
// How much the wrapper adds to starting /bin/true under a policy of 20 rules, beside setpriv of
// util-linux with the same rules. Both run in the same root file system, whose setpriv knows
// Landlock (Debian 13), turn by turn in the same run; medians count. On a busy machine the
// best tenth of the rounds is nearer to the truth, and is shown beside them.
//
//   exec_start WRAPPER [ROUNDS]      root file system: $UNITLOCK_TRIXIE_ROOT
//
// Exit status: 0 the goal is met, 1 it is not, 77 cannot be measured here.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr double kGoal = 0.25;
constexpr int kSkip = 77;
constexpr const char* kProgram = "/bin/true";
constexpr const char* kDirectories[] = {"/usr",  "/etc",     "/lib",     "/lib64",     "/bin",
                                        "/sbin", "/var/lib", "/var/log", "/var/cache", "/var",
                                        "/tmp",  "/run",     "/home",    "/opt",       "/srv",
                                        "/mnt",  "/media",   "/boot",    "/proc",      "/dev"};
static_assert(std::size(kDirectories) == 20);

[[noreturn]] void skip(const std::string& why) {
  std::printf("skipped: %s\n", why.c_str());
  std::exit(kSkip);
}
[[noreturn]] void die(const std::string& what) {
  std::printf("%s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(2);
}

/// A command to be timed.
struct Contender {
  std::string name;
  int program; ///< a descriptor: the wrapper is not in the root file system
  std::vector<std::string> words;
  std::vector<double> microseconds = {};

  /// Sorts.
  double quantile(double part) {
    std::sort(microseconds.begin(), microseconds.end());
    return microseconds[static_cast<std::size_t>(part * static_cast<double>(microseconds.size()))];
  }
  double median() { return quantile(0.5); }
};

Contender bare(int program) {
  return {"bare", program, {"true"}};
}
Contender wrapper(int program) {
  Contender out{"unitlock-exec", program, {"unitlock-exec", "--unit=bench.service"}};
  for (const char* directory : kDirectories)
    out.words.push_back(std::string("--exec=") + directory);
  out.words.insert(out.words.end(), {std::string("--program=") + kProgram, "--", "true"});
  return out;
}
Contender setpriv(int program) {
  Contender out{"setpriv", program, {"setpriv", "--landlock-access", "fs"}};
  for (const char* directory : kDirectories)
    out.words.insert(
        out.words.end(),
        {"--landlock-rule", std::string("path-beneath:execute,read-file,read-dir:") + directory});
  out.words.insert(out.words.end(), {"--", kProgram});
  return out;
}

/// Starts the command and waits for its end; microseconds.
double time_once(const Contender& contender) {
  std::vector<char*> words;
  for (const std::string& word : contender.words)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin";
  char tag[] = "INVOCATION_ID=3f9c2a1b7d0411112222333344445555";
  char* environment[] = {path, tag, nullptr};
  auto begin = std::chrono::steady_clock::now();
  pid_t child = vfork();
  if (child == 0) {
    syscall(SYS_execveat, contender.program, "", words.data(), environment, AT_EMPTY_PATH);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  auto end = std::chrono::steady_clock::now();
  if (status != 0)
    die(contender.name + " ended with wait status " + std::to_string(status));
  return std::chrono::duration<double, std::micro>(end - begin).count();
}

/// One processor for all, so that migration is no part of the result.
void stay_on_this_processor() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(std::max(0, sched_getcpu())), &set);
  sched_setaffinity(0, sizeof set, &set);
}

int open_program(const char* path) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0)
    die(path);
  return fd;
}

} // namespace

int main(int argc, char** argv) {
  const char* root = std::getenv("UNITLOCK_TRIXIE_ROOT");
  if (argc < 2)
    return 2;
  if (!root || !*root)
    skip("UNITLOCK_TRIXIE_ROOT names no Debian 13 root file system to take setpriv from");
  int rounds = argc > 2 ? std::atoi(argv[2]) : 2000;
  stay_on_this_processor();
  int wrapper_fd = open_program(argv[1]);
  if (chroot(root) != 0 || chdir("/") != 0)
    skip(std::string("cannot enter ") + root + ": " + std::strerror(errno));
  std::vector<Contender> contenders = {bare(open_program(kProgram)), wrapper(wrapper_fd),
                                       setpriv(open_program("/usr/bin/setpriv"))};
  int messages = open("/dev/null", O_WRONLY);
  if (messages < 0)
    skip("no /dev/null in the root file system");
  dup2(messages, STDERR_FILENO);
  for (int round = 0; round < rounds + 20; ++round)
    for (Contender& contender : contenders) {
      double time = time_once(contender);
      if (round >= 20) // the first ones fill the caches
        contender.microseconds.push_back(time);
    }
  for (Contender& contender : contenders)
    std::printf("%-14s median %7.1f us, added %7.1f; best tenth %7.1f us, added %7.1f\n",
                contender.name.c_str(), contender.median(),
                contender.median() - contenders[0].median(), contender.quantile(0.1),
                contender.quantile(0.1) - contenders[0].quantile(0.1));
  double base = contenders[0].median();
  double ratio = (contenders[1].median() - base) / (contenders[2].median() - base);
  std::printf(
      "unitlock-exec adds %.2f times what setpriv adds (goal: at most %.2f; medians of %d)\n",
      ratio, kGoal, rounds);
  std::printf("| what a start takes longer, 20 rules | %.0f µs | `setpriv --landlock-*`: %.0f µs "
              "| %.2f | ≤ %.2f |\n",
              contenders[1].median() - base, contenders[2].median() - base, ratio, kGoal);
  return ratio <= kGoal ? 0 : 1;
}
