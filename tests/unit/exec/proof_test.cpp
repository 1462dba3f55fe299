// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/proof.hpp"

#include <gtest/gtest.h>

#include "arguments.hpp"

namespace unitlock::exec {
namespace {

constexpr std::uint64_t kBindTcp = landlock::mask_of("net.bind_tcp");

std::uint16_t port_beside(std::vector<std::string> options) {
  Arguments arguments(std::move(options));
  return ungranted_port(arguments.line().options(), kBindTcp);
}

TEST(ExecProof, FindsAPortThatNoRuleGrants) {
  EXPECT_EQ(port_beside({}), 65535);
  EXPECT_EQ(port_beside({"--bind-tcp=65535"}), 65534);
  EXPECT_EQ(port_beside({"--connect-tcp=65535"}), 65535);
  EXPECT_EQ(port_beside({"--bind-tcp=500-600", "--bind-tcp=601-65535"}), 499);
  EXPECT_EQ(port_beside({"--bind-tcp=2-65535"}), 1);
  EXPECT_EQ(port_beside({"--bind-tcp=1-65535"}), 0);
  EXPECT_EQ(port_beside({"--bind-tcp=100-65535", "--bind-tcp=0-200"}), 0);
}

TEST(ExecProof, CountsNothingWhereNothingIsRestricted) {
  Arguments arguments({"--restrict=", "--program=/x", "--", "x"});
  Settings settings;
  read_settings(arguments.line(), settings);
  Plan planned = plan(settings, 7);
  Proof proof;
  proof.prepare(planned, arguments.line().options(), false);
  std::uint8_t not_denied = 0;
  EXPECT_EQ(proof.attempt(planned, arguments.line().options(), not_denied), 0);
  EXPECT_EQ(not_denied, 0);
}

TEST(ExecProof, SeesThatNothingIsDeniedWithoutTheRestriction) {
  Arguments arguments({"--program=/x", "--", "x"});
  Settings settings;
  read_settings(arguments.line(), settings);
  Plan planned = plan(settings, 7);
  Proof proof;
  proof.prepare(planned, arguments.line().options(), false);
  std::uint8_t not_denied = 0;
  EXPECT_EQ(proof.attempt(planned, arguments.line().options(), not_denied), 0);
  EXPECT_NE(not_denied & 1, 0) << "the file system can be tried everywhere";
}

} // namespace
} // namespace unitlock::exec
