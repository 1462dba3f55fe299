// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a command and prints how long it took and how much memory it had at its peak:
// "MICROSECONDS KIBIBYTES". A program of its own because the kernel counts the pages that a process
// had before execve(2) as well: a child of Python never seems to have less than Python.
//
// Usage: measure COMMAND...      (standard output is the command's; the result goes to stderr)

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

extern char** environ;

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (int problem = posix_spawnp(&child, argv[1], nullptr, nullptr, argv + 1, environ)) {
    errno = problem;
    std::perror(argv[1]);
    return 127;
  }
  int status = 0;
  struct rusage usage = {};
  if (wait4(child, &status, 0, &usage) < 0) {
    std::perror("wait4");
    return EXIT_FAILURE;
  }
  auto taken = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "%s failed\n", argv[1]);
    return EXIT_FAILURE;
  }
  std::fprintf(stderr, "%lld %ld\n", static_cast<long long>(taken.count()), usage.ru_maxrss);
  return EXIT_SUCCESS;
}
