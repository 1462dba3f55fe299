// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/specifier.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace unitlock {
namespace {

TEST(Specifier, FindsTheFirstUnknownOne) {
  EXPECT_EQ(unknown_specifier("/a/%i/%%/%S"), std::nullopt);
  EXPECT_EQ(unknown_specifier("/a/%Q/%i"), "%Q");
  EXPECT_EQ(unknown_specifier("%%%"), "%");
  EXPECT_EQ(unknown_specifier("%%Q"), std::nullopt);
}

TEST(Specifier, KnowsThoseThatStandForADirectory) {
  for (const char* text : {"%S", "%t/a", "%d", "%f"})
    EXPECT_TRUE(begins_with_directory_specifier(text)) << text;
  for (const char* text : {"%i", "%%", "%", "", "/%S", "%n"})
    EXPECT_FALSE(begins_with_directory_specifier(text)) << text;
}

TEST(Specifier, AnEscapedPercentSignIsNone) {
  EXPECT_TRUE(has_specifier("a%%%i"));
  EXPECT_FALSE(has_specifier("a%%i"));
  EXPECT_FALSE(has_specifier("a%"));
}

TEST(Text, ParsesBooleansAsSystemdDoes) {
  for (const char* yes : {"1", "yes", "Y", "true", "T", "ON"})
    EXPECT_EQ(parse_boolean(yes), true) << yes;
  for (const char* no : {"0", "No", "n", "FALSE", "f", "off"})
    EXPECT_EQ(parse_boolean(no), false) << no;
  for (const char* neither : {"", "2", "yess", " yes", "disabled"})
    EXPECT_EQ(parse_boolean(neither), std::nullopt) << neither;
}

} // namespace
} // namespace unitlock
