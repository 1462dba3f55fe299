// SPDX-License-Identifier: LGPL-2.1-or-later
// Confined and unconfined processes on the running kernel.
#include "probe/probe.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "landlock/syscalls.hpp"

namespace unitlock::probe {
namespace {

using landlock::Family;
using testing::HasSubstr;

/// A process that restricts these and grants nothing.
class Confined : public Child {
public:
  explicit Confined(const landlock::AccessSet& restricted)
      : Child([&](int ready) {
          landlock::RulesetAttr attr = {restricted.fs, restricted.net, restricted.scope};
          // Of kernels with fewer families, as far as the structure goes that they know.
          std::size_t size = restricted.scope ? 24 : restricted.net ? 16 : 8;
          if (!restricted.empty()) {
            long ruleset = landlock::create_ruleset(&attr, size, 0);
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (landlock::restrict_self(static_cast<int>(ruleset), 0) != 0)
              return 1;
          }
          say_ready(ready);
          return pause();
        }) {}
};

const Attempts kAll = {FileAttempt{"fs.read_dir", "/", O_RDONLY | O_DIRECTORY},
                       PortAttempt{"net.bind_tcp", SOCK_STREAM, false, 0xc0000201, 65535}, true,
                       true};

class ProbeTest : public testing::Test {
protected:
  void SetUp() override {
    abi_ = landlock::kernel_abi();
    Confined nothing({});
    ProbedProcess probed = probe_process(nothing.pid(), "", kAll, true);
    if (!probed.problem.empty())
      GTEST_SKIP() << probed.problem;
  }
  /// "denied allowed untried"
  static std::string verdicts(const landlock::AccessSet& restricted, const Attempts& attempts,
                              bool same_root = true) {
    Confined child(restricted);
    ProbedProcess probed = probe_process(child.pid(), "", attempts, same_root);
    EXPECT_EQ(probed.problem, "");
    std::string words;
    for (const Try& done : probed.tries)
      words += std::string(words.empty() ? "" : " ") + std::string(to_string(done.verdict));
    return words;
  }

  long abi_ = 0;
};

constexpr landlock::AccessSet kFiles = {0x1fff, 0, 0};
constexpr landlock::AccessSet kPorts = {0, 3, 0};
constexpr landlock::AccessSet kScopes = {0, 0, 3};

TEST_F(ProbeTest, TellsEachFamily) {
  EXPECT_EQ(verdicts({}, kAll), "allowed allowed allowed");
  if (abi_ >= 1) {
    EXPECT_EQ(verdicts(kFiles, kAll), "denied allowed allowed");
  }
  if (abi_ >= 4) {
    EXPECT_EQ(verdicts(kPorts, kAll), "allowed denied allowed");
  }
  if (abi_ >= 6) {
    EXPECT_EQ(verdicts(kScopes, kAll), "allowed allowed denied");
  }
}

TEST_F(ProbeTest, OneScopeIsEnough) {
  if (abi_ < 6)
    GTEST_SKIP() << "needs ABI 6";
  Attempts sockets = kAll;
  sockets.signal = false;
  EXPECT_EQ(verdicts({0, 0, landlock::mask_of("scope.abstract_unix_socket")}, sockets),
            "allowed allowed denied");
  EXPECT_EQ(verdicts({0, 0, landlock::mask_of("scope.signal")}, sockets),
            "allowed allowed allowed");
}

TEST_F(ProbeTest, TriesNothingThatThePolicyGrants) {
  EXPECT_EQ(verdicts({}, {}), "untried untried untried");
}

TEST_F(ProbeTest, OtherErrorsAreNoDenials) {
  Attempts attempts = kAll;
  attempts.file->path = "/nonexistent";
  Confined child({});
  ProbedProcess probed = probe_process(child.pid(), "", attempts, true);
  EXPECT_EQ(probed.tries[0].verdict, Verdict::Untried);
  EXPECT_THAT(probed.tries[0].why, HasSubstr("No such file"));
  EXPECT_EQ(verdicts(abi_ >= 1 ? kFiles : landlock::AccessSet(), kAll, false).substr(0, 7),
            "untried");
}

TEST_F(ProbeTest, NamesTheProcess) {
  Child child([](int ready) {
    prctl(PR_SET_NAME, "my\x1bname");
    Child::say_ready(ready);
    return pause();
  });
  EXPECT_EQ(probe_process(child.pid(), "", kAll, true).name, "my\x1bname");
  EXPECT_THAT(probe_process(0x3fffffff, "", kAll, true).problem, HasSubstr("it has ended"));
}

} // namespace
} // namespace unitlock::probe
