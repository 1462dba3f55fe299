// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace unitlock::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  while (!(command = strip(command)).empty()) {
    std::size_t end = command.find_first_of(kWhitespace);
    words.emplace_back(command.substr(0, end));
    command.remove_prefix(std::min(end, command.size()));
  }
  return words;
}

/// A pager of somebody else's, started with more rights than theirs, must not start a shell. As
/// systemd's tools decide it (src/shared/pager.c): whoever owns the session that this runs in, by
/// its cgroup, must be who runs it, whatever it was that gave the rights: sudo, doas, pkexec, su.
/// Where nobody knows it is not taken for granted. What variables say besides only adds to it.
bool needs_secure_pager() {
  if (auto said = parse_boolean(variable("SYSTEMD_PAGERSECURE")))
    return *said;
  for (const char* name : {"SUDO_UID", "PKEXEC_UID", "DOAS_USER"})
    if (!variable(name).empty())
      return true;
  uid_t owner = 0;
  return getuid() != geteuid() || sd_pid_get_owner_uid(0, &owner) < 0 || owner != geteuid();
}

/// In the child: does not return.
[[noreturn]] void become_pager(const std::vector<std::vector<std::string>>& commands) {
  // As systemd's own tools: a page that fits ends at once, colours pass, lines are cut.
  setenv("LESS", variable("SYSTEMD_LESS").empty() ? "FRSXMK" : std::getenv("SYSTEMD_LESS"), 1);
  if (needs_secure_pager())
    setenv("LESSSECURE", "1", 1);
  for (const auto& command : commands) {
    std::vector<char*> words;
    for (const std::string& word : command)
      words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execvp(words[0], words.data());
  }
  _exit(127);
}

/// Tables are fitted to the terminal that the reader has, which is no longer standard output.
void remember_width() {
  winsize size = {};
  if (variable("COLUMNS").empty() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0)
    setenv("COLUMNS", std::to_string(size.ws_col).c_str(), 1);
}

} // namespace

bool wants_colours() {
  if (!variable("NO_COLOR").empty())
    return false;
  std::string_view said = variable("SYSTEMD_COLORS");
  if (auto wanted = parse_boolean(said))
    return *wanted;
  if (!said.empty()) // "16", "256", "24bit"
    return true;
  return isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
}

std::vector<std::vector<std::string>> pager_commands() {
  for (const char* name : {"SYSTEMD_PAGER", "PAGER"}) {
    if (!std::getenv(name))
      continue;
    auto command = words_of(variable(name));
    if (command.empty() || command == std::vector<std::string>{"cat"})
      return {};
    // A pager that is not known to have a secure mode is not trusted with one.
    if (!needs_secure_pager())
      return {std::move(command)};
  }
  if (needs_secure_pager())
    return {{"less"}};
  return {{"less"}, {"more"}};
}

Pager::Pager(bool wanted) {
  if (!wanted || isatty(STDOUT_FILENO) != 1)
    return;
  auto commands = pager_commands();
  if (!commands.empty())
    start(commands);
}

void Pager::start(const std::vector<std::vector<std::string>>& commands) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0)
    return;
  UniqueFd reading(ends[0]), writing(ends[1]);
  UniqueFd terminal(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  remember_width();
  std::fflush(stdout);
  pid_t child = terminal ? fork() : -1;
  if (child < 0)
    return;
  if (child == 0) {
    if (dup2(reading.get(), STDIN_FILENO) < 0)
      _exit(127);
    become_pager(commands);
  }
  if (dup2(writing.get(), STDOUT_FILENO) < 0) {
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    return;
  }
  // Who quits the pager has seen enough: that is no failure of ours.
  std::signal(SIGPIPE, SIG_DFL);
  child_ = child;
  terminal_ = terminal.release();
}

Pager::~Pager() {
  if (child_ < 0)
    return;
  std::fflush(stdout);
  dup2(terminal_, STDOUT_FILENO);
  close(terminal_);
  // Ctrl-C is for the pager's search; the pager goes on.
  std::signal(SIGINT, SIG_IGN);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

} // namespace unitlock::cli
