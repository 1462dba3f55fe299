// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/spelling.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

TEST(EditDistance, CountsCharacters) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abc", "abbc"), 1U);
  EXPECT_EQ(edit_distance("abc", "adc"), 1U);
  EXPECT_EQ(edit_distance("ngnix", "nginx"), 1U);
  EXPECT_EQ(edit_distance("ba", "ab"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(DidYouMean, NamesTheOneThatIsNear) {
  const std::vector<std::string> known = {
      "ReadOnlyPaths=", "ReadWritePaths=", "BindTCP=", "BindUDP=", "Mode="};
  EXPECT_EQ(did_you_mean("ReadOnlyPath=", known), "; did you mean ReadOnlyPaths=?");
  EXPECT_EQ(did_you_mean("readonlypaths=", known), "; did you mean ReadOnlyPaths=?");
  EXPECT_EQ(did_you_mean("BINDTPC=", known), "; did you mean BindTCP=?");
  EXPECT_EQ(did_you_mean("Modus=", known), "; did you mean Mode=?");
  EXPECT_EQ(did_you_mean("ReadPaths=", known), "") << "too far";
  EXPECT_EQ(did_you_mean("", known), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(DidYouMean, IsSilentWhereTwoAreEquallyNear) {
  EXPECT_EQ(did_you_mean("webc", {"weba", "webb"}), "");
  EXPECT_EQ(did_you_mean("webc", {"weba", "webb", "webcd", "xwebc"}), "");
  EXPECT_EQ(did_you_mean("webc", {"weba", "webb", "WEBC"}), "; did you mean WEBC?");
  EXPECT_EQ(did_you_mean("webc", {"WEBC", "weba"}), "; did you mean WEBC?");
}

TEST(DidYouMean, OfAShortWordLessMayDiffer) {
  EXPECT_EQ(did_you_mean("ab", {"xy"}), "");
  EXPECT_EQ(did_you_mean("ab", {"ax"}), "; did you mean ax?");
  EXPECT_EQ(did_you_mean("a", {"b"}), "");
  EXPECT_EQ(did_you_mean("gone", {"fine"}), "");
  EXPECT_EQ(did_you_mean("ngnix", {"nginx"}), "; did you mean nginx?");
}

TEST(DidYouMean, LongWordsAreNotCompared) {
  const std::string longest(64, 'a');
  EXPECT_NE(did_you_mean(longest, {longest.substr(1)}), "");
  EXPECT_EQ(did_you_mean(longest + "a", {longest}), "");
  EXPECT_EQ(did_you_mean(longest, {longest + "a"}), "");
}

} // namespace
} // namespace unitlock
