// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/policy.hpp"

#include <random>

#include <gtest/gtest.h>

#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using landlock::mask_of;

Policy random_policy(std::mt19937& random) {
  Policy policy;
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (unsigned i = below(4); i > 0; --i)
    policy.paths.push_back({"/p" + std::to_string(below(4)), 1ULL << below(17), below(2) == 0, {}});
  for (unsigned i = below(3); i > 0; --i) {
    auto port = static_cast<std::uint16_t>(below(3));
    policy.ports.push_back({port, port, false, 1ULL << below(4), {}});
  }
  for (unsigned i = below(3); i > 0; --i)
    policy.expected.push_back({"/p" + std::to_string(below(2)), 1ULL << below(17), {}});
  if (below(2))
    policy.families = static_cast<FamilySet>(below(8));
  if (below(2))
    policy.scope = below(4);
  return policy;
}

std::uint64_t granted_on(const Policy& policy, const std::string& path) {
  std::uint64_t access = 0;
  for (const PathRule& rule : policy.paths)
    if (rule.path == path)
      access |= rule.access;
  return access;
}

TEST(PolicyMerge, NeverLoosensWhatIsRestrictedAndNeverLosesAGrant) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Policy a = random_policy(random), b = random_policy(random);
    Policy merged = a;
    merge_into(merged, b);
    auto before_a = restricted_by(a), before_b = restricted_by(b), after = restricted_by(merged);
    EXPECT_TRUE(before_a.without(after).empty());
    EXPECT_TRUE(before_b.without(after).empty());
    for (const char* path : {"/p0", "/p1", "/p2", "/p3"})
      EXPECT_EQ(granted_on(merged, path), granted_on(a, path) | granted_on(b, path));
  }
}

TEST(PolicyMerge, WhatIsExpectedIsUnited) {
  Policy policy, preset = neutral_policy();
  policy.expected = {{"/run", mask_of("fs.remove_file"), {{"a.conf", 2}, "QuietPaths=", {}}}};
  preset.expected = {{"/run", mask_of("fs.make_reg"), {{"b.yaml", 3}, "preset b", {}}},
                     {"/srv", mask_of("fs.make_reg"), {}}};
  merge_into(policy, preset);
  remove_duplicates(policy);
  ASSERT_EQ(policy.expected.size(), 2U);
  EXPECT_EQ(policy.expected[0].access, mask_of("fs.remove_file") | mask_of("fs.make_reg"));
  EXPECT_EQ(policy.expected[0].from.said_by, "QuietPaths=, preset b (b.yaml:3)");
  EXPECT_EQ(granted_on(policy, "/run"), 0U);
}

TEST(PolicyMerge, RestrictingNothingInOnePresetDoesNotUndoAnother) {
  Policy a, b;
  a.families = family_bit(landlock::Family::Filesystem);
  b.families = family_bit(landlock::Family::Network);
  merge_into(a, b);
  EXPECT_NE(restricted_by(a).fs, 0U);
  EXPECT_NE(restricted_by(a).net, 0U);
}

TEST(PolicyMerge, IsIdempotentUpToDuplicates) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    Policy once = random_policy(random);
    Policy twice = once;
    merge_into(twice, once);
    remove_duplicates(once);
    remove_duplicates(twice);
    EXPECT_EQ(once, twice);
  }
}

TEST(PolicyDuplicates, ARequiredPathWinsOverAnOptionalOne) {
  Policy policy;
  policy.paths = {{"/a", 1, true, {{"x", 1}, "first"}}, {"/a", 2, false, {{"y", 2}, "second"}}};
  remove_duplicates(policy);
  ASSERT_EQ(policy.paths.size(), 1U);
  EXPECT_EQ(policy.paths[0].access, 3U);
  EXPECT_FALSE(policy.paths[0].optional);
}

TEST(PolicyDuplicates, WhoAddsRightsIsNamed) {
  Policy policy;
  policy.paths = {{"/a", 1, true, {{"x", 1}, "first"}},
                  {"/a", 2, false, {{"y", 2}, "second"}},
                  {"/a", 3, false, {{"z", 3}, "third"}}};
  remove_duplicates(policy);
  ASSERT_EQ(policy.paths.size(), 1U);
  EXPECT_EQ(policy.paths[0].from.said_by, "first, second (y:2)");
  EXPECT_EQ(policy.paths[0].from.where.file, "x");
}

TEST(PolicyDuplicates, WhatWasWrittenIsKept) {
  Policy policy;
  policy.paths = {{"/a", 1, true, {{"x", 1}, "first"}}, {"/a", 3, true, {{"y", 2}, "second"}}};
  policy.ports = {{80, 80, false, 1, {{"x", 3}, "bind"}},
                  {80, 80, false, 2, {{"x", 4}, "connect"}}};
  const Policy before = policy;
  remove_duplicates(policy);
  EXPECT_EQ(policy.ports.size(), 1U);
  EXPECT_EQ(as_written(policy), before);
  policy.paths.push_back({"/a", 7, true, {{"z", 5}, "third"}});
  remove_duplicates(policy);
  ASSERT_EQ(as_written(policy).paths.size(), 3U);
  EXPECT_EQ(as_written(policy).paths[2].from.said_by, "third");
}

TEST(PolicyDuplicates, WhatAddsNothingIsNot) {
  Policy policy;
  policy.paths = {{"/a", 3, true, {{"x", 1}, "first"}}, {"/a", 1, true, {{"y", 2}, "second"}}};
  remove_duplicates(policy);
  ASSERT_EQ(as_written(policy).paths.size(), 1U);
  EXPECT_EQ(as_written(policy).paths[0].from.said_by, "first");
}

TEST(PolicyRestricted, EverythingUpToThePinUnlessSaidOtherwise) {
  EXPECT_EQ(restricted_by(Policy{}), landlock::known_to(landlock::kPinnedAbi));
}

TEST(Vocabulary, ReadWriteHasNoExecutionAndNoDevices) {
  EXPECT_EQ(kReadWrite & mask_of("fs.execute"), 0U);
  EXPECT_EQ(kReadWrite & mask_of("fs.make_block"), 0U);
  EXPECT_EQ(kReadWrite & mask_of("fs.ioctl_dev"), 0U);
  EXPECT_NE(kReadWrite & mask_of("fs.refer"), 0U);
  EXPECT_NE(kReadWrite & mask_of("fs.truncate"), 0U);
}

} // namespace
} // namespace unitlock
