// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/program_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include "base/unique_fd.hpp"

namespace unitlock::machine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kOutputLimit = 16 * 1024 * 1024;

/// Messages in English, no pager, no colours; the bus of a user's manager is in its directory.
std::vector<std::string> clean_environment() {
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"};
  for (const char* name : {"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "HOME"})
    if (const char* value = std::getenv(name))
      environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  all.reserve(words.size() + 1);
  for (std::string& word : words)
    all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

Result<pid_t> spawn(std::vector<std::string> argv, int output) {
  posix_spawn_file_actions_t actions;
  if (int error = posix_spawn_file_actions_init(&actions); error != 0)
    return fail("cannot start a program", error);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<std::string> environment = clean_environment();
  pid_t pid = 0;
  int error = ENOENT;
  for (const char* directory : {"/usr/bin/", "/bin/"}) {
    error = posix_spawn(&pid, (directory + argv[0]).c_str(), &actions, nullptr,
                        pointers(argv).data(), pointers(environment).data());
    if (error != ENOENT)
      break;
  }
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return fail(fmt::format("cannot run {}", argv[0]), error);
  return pid;
}

/// Errors: ETIME, EFBIG.
Result<std::string> read_until(int fd, Clock::time_point deadline) {
  std::string text;
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting = {fd, POLLIN, 0};
    int ready = left.count() <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready == 0)
      return fail("no end", ETIME);
    char buffer[65536];
    ssize_t n = ready < 0 ? -1 : read(fd, buffer, sizeof buffer);
    if (n == 0)
      return text;
    if (n < 0 && errno != EINTR)
      return fail("cannot read", errno);
    if (n > 0)
      text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > kOutputLimit)
      return fail("too much output", EFBIG);
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

} // namespace

Result<std::string> program_output(const std::vector<std::string>& argv,
                                   std::chrono::milliseconds patience) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0)
    return fail("cannot make a pipe", errno);
  UniqueFd reading(ends[0]), writing(ends[1]);
  auto pid = spawn(argv, writing.get());
  if (!pid)
    return tl::unexpected(pid.error());
  writing = UniqueFd();
  auto text = read_until(reading.get(), Clock::now() + patience);
  if (!text)
    kill(*pid, SIGKILL);
  int status = wait_for(*pid);
  if (!text)
    return fail(fmt::format("{}: {}", argv[0], text.error().message), text.error().number);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(WIFEXITED(status)
                    ? fmt::format("{} failed with exit status {}", argv[0], WEXITSTATUS(status))
                    : fmt::format("{} was ended by signal {}", argv[0], WTERMSIG(status)));
  return text;
}

} // namespace unitlock::machine
