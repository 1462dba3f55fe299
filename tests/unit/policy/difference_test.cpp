// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "landlock/access.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using landlock::mask_of;
using testing::ElementsAre;

std::vector<std::string> texts(const std::vector<PolicyLine>& lines) {
  std::vector<std::string> all;
  for (const PolicyLine& line : lines)
    all.push_back(line.text);
  return all;
}

TEST(Difference, OfTheSameIsEmpty) {
  Policy policy;
  policy.paths = {{"/a", kReadOnly, true, {}}, {"/b", kReadWrite, false, {}}};
  policy.ports = {{80, 80, false, mask_of("net.bind_tcp"), {}}};
  EXPECT_TRUE(difference(policy, policy).empty());
}

TEST(Difference, OrderAndRepetitionDoNotMatter) {
  Policy first;
  first.paths = {{"/a", kReadOnly, true, {}}, {"/b", kReadOnly, true, {}}};
  Policy second;
  second.paths = {{"/b", mask_of("fs.read_dir"), true, {}},
                  {"/a", kReadOnly, true, {{"f", 3, 0}, "x", {}}},
                  {"/b", mask_of("fs.read_file"), true, {}}};
  EXPECT_TRUE(difference(first, second).empty());
}

TEST(Difference, EachSettingAndEachRuleIsALine) {
  Policy first;
  first.paths = {{"/a", kReadOnly, true, {}}, {"/same", kReadOnly, true, {}}};
  first.ports = {{0, 0, true, mask_of("net.connect_tcp"), {}}};
  Policy second;
  second.families = family_bit(landlock::Family::Network);
  second.scope = mask_of("scope.signal");
  second.abi = 7;
  second.compatibility = Compatibility::Strict;
  second.log_denials = false;
  second.paths = {{"/a", kReadOnly | mask_of("fs.refer"), true, {{"f", 3, 0}, "x", {}}},
                  {"/same", kReadOnly, true, {}}};
  second.ports = {{80, 90, false, mask_of("net.bind_tcp") | mask_of("net.bind_udp"), {}}};
  second.quiet = {{"/q", true, {}}};
  second.expected = {{"/run", mask_of("fs.remove_file"), {}}};
  PolicyDifference found = difference(first, second);
  EXPECT_THAT(texts(found.only_in_first),
              ElementsAre("Restrict=filesystem network scope", "Scope=signal abstract-unix-socket",
                          "ABI=10", "Compatibility=best-effort", "LogDenials=yes",
                          "ReadOnlyPaths=-/a", "ConnectTCP=any"));
  EXPECT_THAT(texts(found.only_in_second),
              ElementsAre("Restrict=network", "Scope=signal", "ABI=7", "Compatibility=strict",
                          "LogDenials=no", "AllowPaths=read_file,read_dir,refer:-/a",
                          "BindTCP=80-90", "BindUDP=80-90", "QuietPaths=-/q",
                          "QuietPaths=remove_file:/run"));
  EXPECT_EQ(found.only_in_second[5].from.where.line, 3U);
}

TEST(Difference, ARequiredPathIsNotAnOptionalOne) {
  Policy first;
  first.paths = {{"/a", kReadOnly, true, {}}};
  Policy second;
  second.paths = {{"/a", kReadOnly, false, {}}};
  EXPECT_FALSE(difference(first, second).empty());
}

} // namespace
} // namespace unitlock
