// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/command_line.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using testing::ElementsAre;

TEST(CommandLineRender, UsesTheDirectivesWords) {
  Policy policy;
  policy.paths = {{"/srv/www", kReadOnly, true, {}},
                  {"%S/x", kReadWrite, false, {}},
                  {"/dev/null", landlock::mask_of("fs.write_file"), false, {}}};
  policy.ports = {{80, 80, false, landlock::mask_of("net.bind_tcp"), {}},
                  {0, 65535, true, landlock::mask_of("net.connect_tcp"), {}}};
  policy.compatibility = Compatibility::Strict;
  policy.scope = landlock::mask_of("scope.signal");
  EXPECT_THAT(render_options(policy),
              ElementsAre("--abi=10", "--strict", "--scope=signal", "--read-only=-/srv/www",
                          "--read-write=%S/x", "--allow=write_file:/dev/null", "--bind-tcp=80",
                          "--connect-tcp=any"));
}

Policy random_policy(std::mt19937& random) {
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  Policy policy;
  for (unsigned i = below(5); i > 0; --i) {
    std::uint64_t access = random() & landlock::all_of(landlock::Family::Filesystem);
    policy.paths.push_back({"/" + std::string(1, static_cast<char>(1 + below(127))),
                            access ? access : 1,
                            below(2) == 1,
                            {}});
  }
  for (unsigned i = below(4); i > 0; --i) {
    auto first = static_cast<std::uint16_t>(below(65536));
    auto last = static_cast<std::uint16_t>(first + below(65536u - first));
    policy.ports.push_back({first, last, false, 1ULL << below(4), {}});
  }
  for (unsigned i = below(2); i > 0; --i)
    policy.quiet.push_back({"/q", below(2) == 1, {}});
  if (below(2))
    policy.families = static_cast<FamilySet>(below(8));
  if (below(2))
    policy.scope = below(4);
  policy.abi = static_cast<int>(1 + below(11));
  policy.log_denials = below(2) == 1;
  policy.compatibility = below(2) ? Compatibility::Strict : Compatibility::BestEffort;
  return policy;
}

TEST(CommandLineRender, ParsesBackToTheSamePolicy) {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    Policy policy = random_policy(random);
    auto options = render_options(policy);
    auto back = parse_options(options);
    ASSERT_TRUE(back) << to_string(back.error());
    ASSERT_EQ(back->policy, policy) << testing::PrintToString(options);
  }
}

TEST(CommandLineRender, DoesNotTellTheWrapperWhatIsExpected) {
  Policy policy, expecting;
  expecting.expected = {{"/run", landlock::mask_of("fs.remove_file"), {}}};
  EXPECT_EQ(render_options(expecting), render_options(policy));
}

TEST(CommandLineParse, NamesTheOptionThatIsWrong) {
  auto parsed = parse_options({"--abi=7", "--bind-tcp=70000"});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "--bind-tcp=70000: not a port between 0 and 65535");
}

TEST(CommandLineHash, ChangesWithThePolicy) {
  EXPECT_EQ(policy_hash({"--abi=7"}).size(), 16U);
  EXPECT_NE(policy_hash({"--abi=7"}), policy_hash({"--abi=8"}));
}

} // namespace
} // namespace unitlock
