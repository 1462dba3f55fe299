// SPDX-License-Identifier: LGPL-2.1-or-later
// Processes in every situation are asked hundreds of times and must not notice.
#include "probe/tracee.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"

namespace unitlock::probe {
namespace {

using testing::HasSubstr;

std::string last_problem;

/// Asks for the process ID, and for a file, `times` times; how often there was an answer.
int ask(pid_t pid, int times) {
  int answers = 0;
  for (int i = 0; i < times; ++i) {
    auto tracee = Tracee::stop(pid);
    if (!tracee) {
      last_problem = to_string(tracee.error());
      continue;
    }
    auto path = (*tracee)->put(std::string_view("/dev/null", 10));
    auto own = (*tracee)->call(SYS_getpid, {});
    auto fd = (*tracee)->call(SYS_openat, {std::uint64_t(AT_FDCWD), path.value_or(0), O_RDONLY});
    EXPECT_TRUE(own && *own == pid);
    EXPECT_TRUE(fd && *fd >= 0);
    EXPECT_EQ((*tracee)->call(SYS_close, {std::uint64_t(fd.value_or(0))}).value_or(-1), 0);
    ++answers;
  }
  return answers;
}

std::string problem(pid_t pid) {
  auto tracee = Tracee::stop(pid);
  return tracee ? "" : to_string(tracee.error());
}

class TraceeTest : public testing::Test {
protected:
  void SetUp() override {
    Child child([](int ready) { return Child::say_ready(ready), pause(); });
    std::string why = problem(child.pid());
    if (!why.empty())
      GTEST_SKIP() << why;
  }
};

TEST_F(TraceeTest, WaitsOnInRead) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Child child([&](int ready) {
    Child::say_ready(ready);
    char byte = 0;
    return read(ends[0], &byte, 1) == 1 && byte == 'x' ? 7 : 8;
  });
  EXPECT_EQ(ask(child.pid(), 200), 200) << last_problem;
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_EQ(child.end(), 7);
}

/// What is restarted by restart_syscall(2) sleeps for the rest of its time, no longer.
TEST_F(TraceeTest, SleepsOn) {
  Child child([](int ready) {
    Child::say_ready(ready);
    timespec begin = {}, end = {};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    timespec time = {0, 400'000'000};
    int slept = nanosleep(&time, nullptr);
    int polled = poll(nullptr, 0, 400);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = double(end.tv_sec - begin.tv_sec) + double(end.tv_nsec - begin.tv_nsec) / 1e9;
    return slept == 0 && polled == 0 && seconds >= 0.8 ? 0 : 1;
  });
  EXPECT_GT(ask(child.pid(), 100), 0);
  EXPECT_EQ(child.end(), 0);
}

TEST_F(TraceeTest, CallsOnWithItsOwnResults) {
  Child child([](int ready) {
    pid_t parent = getppid();
    auto again = [&] {
      return syscall(SYS_getppid) == parent && syscall(SYS_close, -1) == -1 && errno == EBADF &&
             syscall(SYS_lseek, 0, 0, 99) == -1 && errno == EINVAL;
    };
    (void)open("/dev/zero", O_RDONLY);
    if (dup2(open("/dev/zero", O_RDONLY), 0) != 0)
      return 2;
    Child::say_ready(ready);
    while (again()) {
      if (syscall(SYS_fcntl, 0, F_GETFD) != 0)
        return 0; // told to end, by close-on-exec of descriptor 0
    }
    return 1;
  });
  EXPECT_GT(ask(child.pid(), 300), 200);
  auto tracee = Tracee::stop(child.pid());
  ASSERT_TRUE(tracee);
  EXPECT_EQ((*tracee)->call(SYS_fcntl, {0, F_SETFD, FD_CLOEXEC}).value_or(-1), 0);
  tracee->reset();
  EXPECT_EQ(child.end(), 0);
}

TEST_F(TraceeTest, LeavesAloneWhatOnlyComputes) {
  Child child([](int ready) {
    Child::say_ready(ready);
    for (std::atomic<unsigned> count = 0;;)
      ++count;
    return 0;
  });
  // At first it may still be saying that it is ready.
  std::string why;
  for (int tries = 0; why.empty() && tries < 50; ++tries, poll(nullptr, 0, 10))
    why = problem(child.pid());
  EXPECT_THAT(why, HasSubstr("it makes no system calls"));
  EXPECT_EQ(kill(child.pid(), 0), 0);
}

TEST_F(TraceeTest, LeavesAloneWhatIsStopped) {
  Child child([](int ready) { return Child::say_ready(ready), pause(); });
  kill(child.pid(), SIGSTOP);
  int status = 0;
  ASSERT_EQ(waitpid(child.pid(), &status, WUNTRACED), child.pid());
  EXPECT_THAT(problem(child.pid()), HasSubstr("it is stopped"));
}

std::atomic<int> signals_seen = 0;

/// One that comes while a call is made in its name is delivered when it goes on.
TEST_F(TraceeTest, GetsItsSignals) {
  Child child([](int ready) {
    struct sigaction action = {};
    action.sa_handler = [](int) { ++signals_seen; };
    sigaction(SIGUSR1, &action, nullptr);
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    Child::say_ready(ready);
    for (int waits = 0; signals_seen == 0 && waits < 5000; ++waits)
      poll(nullptr, 0, 1);
    sigprocmask(SIG_BLOCK, nullptr, &before);
    return signals_seen == 1 && sigismember(&before, SIGUSR2) && !sigismember(&before, SIGUSR1) ? 0
                                                                                                : 1;
  });
  {
    auto tracee = Tracee::stop(child.pid());
    ASSERT_TRUE(tracee);
    kill(child.pid(), SIGUSR1);
    EXPECT_EQ((*tracee)->call(SYS_getpid, {}).value_or(-1), child.pid());
  }
  EXPECT_EQ(child.end(), 0);
}

/// The kernel does not restart it, and a program need not expect EINTR that takes no signals.
TEST_F(TraceeTest, WaitsOnInEpoll) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Child child([&](int ready) {
    int epoll = epoll_create1(0);
    epoll_event event = {};
    event.events = EPOLLIN;
    epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
    Child::say_ready(ready);
    epoll_event got = {};
    return epoll_wait(epoll, &got, 1, 20'000) == 1 ? 7 : errno;
  });
  EXPECT_EQ(ask(child.pid(), 100), 100);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_EQ(child.end(), 7);
}

/// But a program that takes one looks at what its handler did.
TEST_F(TraceeTest, EpollEndsForASignal) {
  Child child([](int ready) {
    struct sigaction action = {};
    action.sa_handler = [](int) { ++signals_seen; };
    sigaction(SIGUSR1, &action, nullptr);
    int epoll = epoll_create1(0);
    Child::say_ready(ready);
    epoll_event got = {};
    int result = epoll_wait(epoll, &got, 1, 20'000);
    return result == -1 && errno == EINTR && signals_seen == 1 ? 0 : 1;
  });
  {
    // In epoll_wait for certain.
    poll(nullptr, 0, 50);
    auto tracee = Tracee::stop(child.pid());
    ASSERT_TRUE(tracee);
    kill(child.pid(), SIGUSR1);
    EXPECT_EQ((*tracee)->call(SYS_getpid, {}).value_or(-1), child.pid());
  }
  EXPECT_EQ(child.end(), 0);
}

/// A stop for the whole process, which another thread took the signal for.
TEST_F(TraceeTest, IsStoppedWithItsOtherThreads) {
  Child child([](int ready) {
    std::thread other([] {
      for (;;)
        poll(nullptr, 0, 1);
    });
    Child::say_ready(ready);
    char byte = 0;
    ssize_t got = read(STDIN_FILENO, &byte, 0);
    poll(nullptr, 0, 60'000);
    return static_cast<int>(got);
  });
  for (int i = 0; i < 20; ++i) {
    {
      auto tracee = Tracee::stop(child.pid());
      ASSERT_TRUE(tracee);
      kill(child.pid(), SIGSTOP);
      poll(nullptr, 0, 5);
      EXPECT_EQ((*tracee)->call(SYS_getpid, {}).value_or(-1), child.pid());
    }
    int status = 0;
    ASSERT_EQ(waitpid(child.pid(), &status, WUNTRACED), child.pid());
    ASSERT_TRUE(WIFSTOPPED(status));
    kill(child.pid(), SIGCONT);
    poll(nullptr, 0, 5);
  }
  EXPECT_EQ(kill(child.pid(), 0), 0);
}

/// Stopping cannot be blocked; it comes when the process is its own again.
TEST_F(TraceeTest, CanBeStoppedMeanwhile) {
  Child child([](int ready) { return Child::say_ready(ready), pause(); });
  {
    auto tracee = Tracee::stop(child.pid());
    ASSERT_TRUE(tracee);
    kill(child.pid(), SIGSTOP);
    EXPECT_EQ((*tracee)->call(SYS_getpid, {}).value_or(-1), child.pid());
  }
  int status = 0;
  ASSERT_EQ(waitpid(child.pid(), &status, WUNTRACED), child.pid());
  EXPECT_TRUE(WIFSTOPPED(status));
}

TEST_F(TraceeTest, EndsMeanwhile) {
  Child child([](int ready) { return Child::say_ready(ready), pause(); });
  auto tracee = Tracee::stop(child.pid());
  ASSERT_TRUE(tracee);
  kill(child.pid(), SIGKILL);
  EXPECT_FALSE((*tracee)->call(SYS_getpid, {}));
}

TEST_F(TraceeTest, SuspendsTheFilter) {
  if (geteuid() != 0)
    GTEST_SKIP() << "needs root";
  Child child([](int ready) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {4, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
      return 2;
    Child::say_ready(ready);
    poll(nullptr, 0, 300);
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY)); // is killed
  });
  EXPECT_EQ(ask(child.pid(), 10), 10);
  auto tracee = Tracee::stop(child.pid());
  ASSERT_TRUE(tracee);
  EXPECT_TRUE((*tracee)->has_filter());
  tracee->reset();
  EXPECT_EQ(child.end(), -SIGSYS);
}

TEST_F(TraceeTest, OtherThreadsRunOn) {
  Child child([](int ready) {
    std::atomic<bool> stop = false;
    std::atomic<unsigned long> rounds = 0;
    std::thread other([&] {
      while (!stop) {
        std::string text(1000, 'x');
        rounds += text.size();
      }
    });
    Child::say_ready(ready);
    unsigned long begin = rounds;
    poll(nullptr, 0, 300);
    stop = true;
    other.join();
    return rounds > begin ? 0 : 1;
  });
  EXPECT_GT(ask(child.pid(), 50), 0);
  EXPECT_EQ(child.end(), 0);
}

TEST(Tracee, NoSuchProcess) {
  EXPECT_THAT(problem(0x3fffffff), HasSubstr("it "));
}

} // namespace
} // namespace unitlock::probe
