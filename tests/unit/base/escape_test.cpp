// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/escape.hpp"

#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace unitlock {
namespace {

TEST(Escape, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(escape("/srv/www/index.html"), "/srv/www/index.html");
  EXPECT_EQ(escape("/home/uné/日本"), "/home/uné/日本");
  EXPECT_EQ(escape(""), "");
}

TEST(Escape, ControlCharacters) {
  EXPECT_EQ(escape("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(escape("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(escape(std::string_view("\0outer", 6)), "\\x00outer");
  EXPECT_EQ(escape("\xc2\x9b"), "\\u009b"); // CSI in one character
}

TEST(Escape, BackslashIsDoubledUnlessKept) {
  EXPECT_EQ(escape("a\\nb"), "a\\\\nb");
  EXPECT_EQ(escape("a\\x2db\n", Backslash::Keep), "a\\x2db\\n");
}

TEST(Escape, InvalidUtf8ByteByByte) {
  EXPECT_EQ(escape("a\xff"), "a\\xff");
  EXPECT_EQ(escape("\xc3"), "\\xc3");                   // cut short
  EXPECT_EQ(escape("\xc0\xaf"), "\\xc0\\xaf");          // overlong
  EXPECT_EQ(escape("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // surrogate
  EXPECT_EQ(escape("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Escape, InvisibleAndTurningCharacters) {
  EXPECT_EQ(escape("a\u202etxt"), "a\\u202etxt");
  EXPECT_EQ(escape("a\u2066b\u200bc\ufeff"), "a\\u2066b\\u200bc\\ufeff");
  EXPECT_EQ(escape("a\u00a0b\u2028"), "a\\u00a0b\\u2028");
  EXPECT_EQ(escape("\U000e0041"), "\\U000e0041");
}

// Two different names must never look the same.
TEST(Escape, IsInjective) {
  const std::string pieces[] = {"\\",   "n",    "\n", "x",     "1b",
                                "\x1b", "\xff", "ff", "u202e", "\u202e"};
  std::set<std::string> inputs, outputs;
  for (const auto& a : pieces)
    for (const auto& b : pieces)
      for (const auto& c : pieces) {
        inputs.insert(a + b + c);
        outputs.insert(escape(a + b + c));
      }
  EXPECT_EQ(inputs.size(), outputs.size());
}

TEST(Utf8, Valid) {
  EXPECT_TRUE(is_valid_utf8("uné\U0001f600"));
  EXPECT_FALSE(is_valid_utf8("\xff"));
  EXPECT_FALSE(is_valid_utf8("a\xc3"));
  EXPECT_FALSE(is_valid_utf8(std::string_view("a\0b", 3)));
}

} // namespace
} // namespace unitlock
