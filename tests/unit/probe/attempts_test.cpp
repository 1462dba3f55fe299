// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/attempts.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock::probe {
namespace {

constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

constexpr std::uint64_t kReading =
    landlock::mask_of("fs.read_file") | landlock::mask_of("fs.read_dir");

class AttemptsTest : public testing::Test {
protected:
  AttemptsTest() {
    tree_.write(kWrapper, "");
    tree_.make_directory("/proc");
    chmod(tree_.directory().c_str(), 0755);
  }

  void grant(const char* path, std::uint64_t access) {
    policy_.paths.push_back({path, access, false, {}});
  }
  Attempts choose(int abi = 7) const {
    return choose_attempts({policy_, sight_, "a.service"}, abi, kWrapper);
  }
  std::string file(int abi = 7) const {
    auto chosen = choose(abi).file;
    return chosen ? chosen->right + " " + chosen->path : "";
  }
  std::string port(int abi = 7) const {
    auto chosen = choose(abi).port;
    return chosen ? chosen->right + " " + std::to_string(chosen->port) : "";
  }

  TempTree tree_;
  Root root_ = tree_.root();
  advise::Sight sight_{root_};
  Policy policy_;
};

TEST_F(AttemptsTest, TheWrapperFirst) {
  EXPECT_EQ(file(), "fs.read_file /usr/libexec/unitlock-exec");
  EXPECT_EQ(file(0), "");
}

TEST_F(AttemptsTest, WhatThePolicyGrantsIsNotTried) {
  grant("/usr", kReading);
  EXPECT_EQ(file(), "fs.read_file /proc/self/projid_map");
  grant("/proc", kReading);
  EXPECT_EQ(file(), "fs.read_dir /");
  grant("/", kReading);
  EXPECT_EQ(file(), "");
}

/// Permissions deny with the same error.
TEST_F(AttemptsTest, NorWhatNotEverybodyMayRead) {
  chmod((tree_.directory() + "/usr/libexec").c_str(), 0750);
  grant("/proc", kReading);
  EXPECT_EQ(file(), "fs.read_dir /");
  chmod(tree_.directory().c_str(), 0700);
  EXPECT_EQ(file(), "");
}

TEST_F(AttemptsTest, NorWhatIsNotRestricted) {
  policy_.families = family_bit(landlock::Family::Network);
  EXPECT_EQ(file(), "");
  EXPECT_FALSE(choose().signal);
  EXPECT_FALSE(choose().abstract_socket);
  EXPECT_EQ(port(), "net.bind_tcp 65535");
  EXPECT_EQ(port(3), "");
}

TEST_F(AttemptsTest, PortsThatNoRuleGrants) {
  const auto bind = landlock::mask_of("net.bind_tcp");
  const auto connect = landlock::mask_of("net.connect_tcp");
  policy_.ports.push_back({65000, 65535, false, bind, {}});
  EXPECT_EQ(port(), "net.bind_tcp 64999");
  policy_.ports.push_back({0, 0, true, bind, {}});
  EXPECT_EQ(port(), "net.connect_tcp 65535");
  policy_.ports.push_back({0, 0, true, connect, {}});
  EXPECT_EQ(port(), "");
  EXPECT_EQ(port(10), "net.bind_udp 65535");
}

TEST_F(AttemptsTest, Scopes) {
  EXPECT_TRUE(choose().signal);
  EXPECT_TRUE(choose().abstract_socket);
  EXPECT_FALSE(choose(5).signal);
  policy_.scope = landlock::mask_of("scope.abstract_unix_socket");
  EXPECT_FALSE(choose().signal);
}

} // namespace
} // namespace unitlock::probe
