// SPDX-License-Identifier: LGPL-2.1-or-later
// The wrapper lowers a policy rule by rule and without heap; policy/lower.hpp is what it must agree
// with, on every kernel.
#include "exec/plan.hpp"

#include <random>

#include <gtest/gtest.h>

#include "arguments.hpp"
#include "policy/command_line.hpp"
#include "policy/lower.hpp"

namespace unitlock::exec {
namespace {

using landlock::Family;
using landlock::mask_of;

std::vector<std::string> as_command(const Policy& policy) {
  std::vector<std::string> words = render_options(policy);
  words.insert(words.end(), {"--program=/x", "--", "x"});
  return words;
}

/// What the wrapper would tell the kernel.
struct Lowered {
  Plan plan;
  Decision decision = Decision::Confine;
  std::vector<PathRule> paths;
  std::vector<PortRule> ports;
  std::vector<QuietRule> quiet;
};
Lowered by_wrapper(const Policy& policy, int abi) {
  Arguments arguments(as_command(policy));
  Settings settings;
  EXPECT_EQ(read_settings(arguments.line(), settings).what, nullptr);
  Lowered out;
  out.plan = plan(settings, abi);
  out.decision = decide(settings, out.plan);
  OptionReader options = arguments.line().options();
  for (Argument argument; options.next(argument);) {
    std::string text(argument.text);
    if (argument.kind == Argument::Kind::Path && out.plan.access(argument))
      out.paths.push_back({text, out.plan.access(argument), argument.optional, {}});
    if (argument.kind == Argument::Kind::Port && out.plan.port_access(argument))
      out.ports.push_back(
          {argument.first_port, argument.last_port, false, out.plan.port_access(argument), {}});
    if (argument.kind == Argument::Kind::Quiet && out.plan.quiet)
      out.quiet.push_back({text, argument.optional, {}});
  }
  return out;
}

Policy random_policy(std::mt19937& random) {
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  Policy policy;
  for (unsigned i = below(5); i > 0; --i) {
    std::uint64_t access = random() & landlock::all_of(Family::Filesystem);
    policy.paths.push_back({"/p" + std::to_string(i), access ? access : 1, below(2) == 1, {}});
  }
  for (unsigned i = below(4); i > 0; --i) {
    bool any = below(4) == 0;
    auto first = static_cast<std::uint16_t>(any ? 0 : below(65536));
    auto last = static_cast<std::uint16_t>(any ? 65535 : first + below(65536u - first));
    policy.ports.push_back({first, last, any, 1ULL << below(4), {}});
  }
  for (unsigned i = below(2); i > 0; --i)
    policy.quiet.push_back({"/q", below(2) == 1, {}});
  if (below(2))
    policy.families = static_cast<FamilySet>(below(8));
  if (below(2))
    policy.scope = below(4);
  policy.abi = static_cast<int>(1 + below(12));
  policy.log_denials = below(2) == 1;
  policy.compatibility = below(2) ? Compatibility::Strict : Compatibility::BestEffort;
  return policy;
}

class OnEveryAbi : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(ExecPlan, OnEveryAbi, testing::Range(0, 14));

TEST_P(OnEveryAbi, IsTheSameAsLower) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  for (int round = 0; round < 2000; ++round) {
    Policy policy = random_policy(random);
    Ruleset expected = lower(policy, GetParam());
    Lowered actual = by_wrapper(policy, GetParam());
    std::string what = testing::PrintToString(as_command(policy));
    ASSERT_EQ(actual.plan.asked, expected.asked) << what;
    ASSERT_EQ(actual.plan.handled, expected.handled) << what;
    ASSERT_EQ(actual.plan.restrict_flags, expected.restrict_flags) << what;
    ASSERT_EQ(actual.paths, expected.paths) << what;
    ASSERT_EQ(actual.ports, expected.ports) << what;
    ASSERT_EQ(actual.quiet, expected.quiet) << what;
  }
}

TEST_P(OnEveryAbi, StartsNothingThatStrictForbids) {
  std::mt19937 random(static_cast<unsigned>(100 + GetParam()));
  for (int round = 0; round < 2000; ++round) {
    Policy policy = random_policy(random);
    Ruleset expected = lower(policy, GetParam());
    Decision decision = by_wrapper(policy, GetParam()).decision;
    bool strict = policy.compatibility == Compatibility::Strict;
    if (expected.asked.empty())
      ASSERT_EQ(decision, Decision::RefuseEmpty);
    else if (strict && (!expected.complete() || policy.abi > landlock::kNewestAbi))
      ASSERT_EQ(decision, Decision::RefusePartial);
    else if (expected.handled.empty())
      ASSERT_EQ(decision, Decision::StartUnconfined);
    else
      ASSERT_EQ(decision, Decision::Confine);
  }
}

TEST(ExecPlan, AnyPortIsNoRuleEvenBesideARight) {
  Policy policy;
  policy.ports = {{0, 65535, true, mask_of("net.bind_tcp"), {}},
                  {80, 80, false, mask_of("net.bind_tcp") | mask_of("net.connect_tcp"), {}}};
  Lowered lowered = by_wrapper(policy, 7);
  EXPECT_EQ(lowered.plan.handled.net, mask_of("net.connect_tcp"));
  ASSERT_EQ(lowered.ports.size(), 1U);
  EXPECT_EQ(lowered.ports[0].access, mask_of("net.connect_tcp"));
}

} // namespace
} // namespace unitlock::exec
