// SPDX-License-Identifier: LGPL-2.1-or-later
// A process that does what a test says, with a word when it is ready and its exit status at the
// end.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include <gtest/gtest.h>

namespace unitlock::probe {

class Child {
public:
  /// `body` gets the descriptor to write a byte to when it is ready; returns the exit status.
  explicit Child(const std::function<int(int ready)>& body) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      _exit(body(ends[1]));
    }
    close(ends[1]);
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);
    close(ends[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      // It may be gone already, seen to its end by its tracer, which is this process too.
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, __WALL);
    }
  }

  pid_t pid() const { return pid_; }
  /// Waits; the exit status, or -signal.
  int end() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, __WALL), pid_);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  static void say_ready(int ready) {
    if (write(ready, "", 1) != 1)
      _exit(99);
  }

private:
  pid_t pid_ = 0;
};

} // namespace unitlock::probe
