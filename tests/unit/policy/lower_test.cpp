// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/lower.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "landlock/syscalls.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using landlock::AccessSet;
using landlock::mask_of;
using Kind = Shortfall::Kind;

Policy policy_with(std::uint64_t access) {
  Policy policy;
  policy.paths.push_back({"/srv", access, false, {{"unit", 3}, "test"}});
  return policy;
}

bool has(const Ruleset& ruleset, Kind kind) {
  return std::any_of(ruleset.shortfalls.begin(), ruleset.shortfalls.end(),
                     [&](const Shortfall& s) { return s.kind == kind; });
}

class EveryAbi : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Lower, EveryAbi, testing::Range(0, 12));

TEST_P(EveryAbi, HandlesWhatTheAbiKnowsUpToThePin) {
  for (int pin = 1; pin <= 11; ++pin) {
    Policy policy;
    policy.abi = pin;
    Ruleset ruleset = lower(policy, GetParam());
    EXPECT_EQ(ruleset.handled, landlock::known_to(std::min(pin, GetParam()))) << "pin " << pin;
    EXPECT_EQ(ruleset.asked, landlock::known_to(pin)) << "pin " << pin;
    EXPECT_EQ(ruleset.dropped(), ruleset.asked.without(ruleset.handled)) << "pin " << pin;
  }
}

TEST_P(EveryAbi, EveryDroppedRightIsSaidWithTheKernelThatHasIt) {
  Ruleset ruleset = lower(Policy{}, GetParam());
  AccessSet said;
  for (const Shortfall& shortfall : ruleset.shortfalls) {
    EXPECT_FALSE(shortfall.text.empty());
    if (shortfall.kind == Kind::NotRestricted || shortfall.kind == Kind::NoLandlock)
      said = said | shortfall.rights;
    if (shortfall.kind == Kind::NotRestricted) {
      EXPECT_NE(shortfall.text.find(names_with_kernels(shortfall.rights, "does")),
                std::string::npos);
    }
  }
  EXPECT_EQ(said, ruleset.dropped());
  EXPECT_EQ(ruleset.complete(), ruleset.dropped().empty());
}

TEST_P(EveryAbi, RulesGrantNothingThatIsNotHandled) {
  Policy policy = policy_with(landlock::all_of(landlock::Family::Filesystem));
  policy.ports.push_back({80, 80, false, landlock::all_of(landlock::Family::Network), {}});
  Ruleset ruleset = lower(policy, GetParam());
  for (const PathRule& rule : ruleset.paths) {
    EXPECT_NE(rule.access, 0U) << "the kernel refuses an empty rule (ENOMSG)";
    EXPECT_EQ(rule.access & ~ruleset.handled.fs, 0U);
  }
  for (const PortRule& rule : ruleset.ports) {
    EXPECT_NE(rule.access, 0U);
    EXPECT_EQ(rule.access & ~ruleset.handled.net, 0U);
  }
  EXPECT_EQ(ruleset.paths.empty(), GetParam() == 0);
  EXPECT_EQ(ruleset.ports.empty(), GetParam() < 4);
}

TEST_P(EveryAbi, EachRightOfTheTableIsGrantedFromItsFirstAbiOn) {
  for (const landlock::Right& right : landlock::kRights) {
    if (right.family != landlock::Family::Filesystem)
      continue;
    Ruleset ruleset = lower(policy_with(right.mask()), GetParam());
    bool known = right.first_abi <= GetParam();
    EXPECT_EQ(ruleset.paths.size(), known ? 1U : 0U) << right.name;
    EXPECT_EQ(has(ruleset, Kind::RuleWithoutEffect), !known) << right.name;
  }
}

TEST_P(EveryAbi, LogsDenialsFromAbi7On) {
  Ruleset logging = lower(Policy{}, GetParam());
  Policy silent;
  silent.log_denials = false;
  Ruleset quiet = lower(silent, GetParam());
  bool able = GetParam() >= 7;
  EXPECT_EQ(logging.restrict_flags,
            able ? landlock::kRestrictSelfLogSameExecOff | landlock::kRestrictSelfLogNewExecOn
                 : 0U);
  EXPECT_EQ(quiet.restrict_flags, able ? landlock::kRestrictSelfLogSameExecOff : 0U);
  EXPECT_EQ(has(logging, Kind::LogUnknown), !able && GetParam() > 0);
  EXPECT_FALSE(has(quiet, Kind::LogUnknown));
}

TEST(Lower, NoLandlockIsSaidAloud) {
  Ruleset ruleset = lower(Policy{}, 0);
  EXPECT_TRUE(has(ruleset, Kind::NoLandlock));
  EXPECT_TRUE(ruleset.handled.empty());
  EXPECT_FALSE(ruleset.complete());
}

TEST(Lower, ReferOnAbi1IsSaidAloud) {
  EXPECT_TRUE(has(lower(policy_with(kReadWrite), 1), Kind::ReferAlwaysDenied));
  EXPECT_FALSE(has(lower(policy_with(kReadWrite), 2), Kind::ReferAlwaysDenied));
  EXPECT_FALSE(has(lower(policy_with(kReadOnly), 1), Kind::ReferAlwaysDenied));
}

TEST(Lower, APolicyThatRestrictsNothingIsSaidAloud) {
  Policy policy;
  policy.families = FamilySet{0};
  Ruleset ruleset = lower(policy, 7);
  EXPECT_TRUE(has(ruleset, Kind::EmptyPolicy));
  EXPECT_FALSE(ruleset.complete());
}

TEST(Lower, ARestrictionThatTheKernelLacksAltogetherIsSaidAloud) {
  Policy policy;
  policy.families = family_bit(landlock::Family::Network);
  EXPECT_TRUE(has(lower(policy, 3), Kind::NothingLeft));
  EXPECT_FALSE(has(lower(policy, 4), Kind::NothingLeft));
}

TEST(Lower, AnyPortLeavesTheRightUnrestricted) {
  Policy policy;
  policy.ports.push_back({0, 65535, true, mask_of("net.connect_tcp"), {}});
  Ruleset ruleset = lower(policy, 7);
  EXPECT_EQ(ruleset.handled.net, mask_of("net.bind_tcp"));
  EXPECT_TRUE(ruleset.ports.empty());
}

TEST(Lower, ScopeKeepsOnlyWhatIsAskedFor) {
  Policy policy;
  policy.scope = mask_of("scope.signal");
  EXPECT_EQ(lower(policy, 7).handled.scope, mask_of("scope.signal"));
}

TEST(Lower, QuietPathsNeedAbi10) {
  Policy policy;
  policy.quiet.push_back({"/tmp", true, {}});
  EXPECT_TRUE(has(lower(policy, 9), Kind::QuietUnknown));
  EXPECT_EQ(lower(policy, 10).quiet.size(), 1U);
}

TEST(Lower, AFileCarriesOnlyWhatAFileCan) {
  EXPECT_EQ(on_file(kReadOnly), mask_of("fs.read_file"));
  EXPECT_EQ(on_file(kReadWrite),
            mask_of("fs.read_file") | mask_of("fs.write_file") | mask_of("fs.truncate"));
}

TEST(Lower, NamesTheKernelThatHasThemAll) {
  EXPECT_EQ(names_with_kernels({}, "does"), "");
  EXPECT_EQ(names_with_kernels({mask_of("fs.execute"), 0, 0}, "does"),
            "fs.execute (Linux 5.13 does)");
  EXPECT_EQ(names_with_kernels({mask_of("fs.resolve_unix"), mask_of("net.bind_udp"), 0}, "can"),
            "fs.resolve_unix (Linux 7.1 can), net.bind_udp (Linux 7.2 can)");
}

} // namespace
} // namespace unitlock
