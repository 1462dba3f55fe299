// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/text.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "exec/tag.hpp"

namespace unitlock::exec {
namespace {

std::string escaped(std::string_view text) {
  FixedText<256> out;
  return std::string(out.add(text).view());
}

TEST(ExecText, PassesPrintableText) {
  EXPECT_EQ(escaped("a b=\\ ~"), "a b=\\ ~");
  EXPECT_EQ(escaped("é € 😀"), "é € 😀");
}

TEST(ExecText, EscapesWhatCouldForgeALine) {
  EXPECT_EQ(escaped("a\nPRIORITY=0"), "a\\x0aPRIORITY=0");
  EXPECT_EQ(escaped("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(escaped(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(escaped("\xc2\x9b"), "\\xc2\\x9b") << "a C1 control character";
}

TEST(ExecText, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(escaped("\xff"), "\\xff");
  EXPECT_EQ(escaped("\xc3"), "\\xc3") << "cut short";
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(escaped("\xe0\x80\xaf"), "\\xe0\\x80\\xaf") << "overlong";
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
}

TEST(ExecText, CutsWhatDoesNotFit) {
  FixedText<8> text;
  text.add("12345");
  EXPECT_FALSE(text.cut());
  text.add("6");
  EXPECT_TRUE(text.cut());
  EXPECT_EQ(text.view(), "12345...");
  text.add("7");
  EXPECT_EQ(text.view(), "12345...");
  text.shrink(2);
  text.add("x");
  EXPECT_EQ(text.view(), "12x");
}

TEST(ExecText, WritesNumbers) {
  FixedText<64> text;
  text.add_number(0).add_raw(" ").add_number(std::numeric_limits<std::uint64_t>::max());
  text.add_raw(" ").add_hex(0, 1).add_raw(" ").add_hex(0xab, 4);
  EXPECT_EQ(text.view(), "0 18446744073709551615 0 00ab");
}

TEST(ExecTag, IsTheStartOfTheInvocationId) {
  EXPECT_EQ(Tag("3f9c2a1b7d0411112222333344445555").view(), "ul-3f9c2a1b7d04");
}

TEST(ExecTag, BelievesNothingElse) {
  for (const char* bad :
       {"", "3f9c2a1b7d04", "3F9C2A1B7D0411112222333344445555", "3f9c2a1b7d041111222233334444555g",
        "3f9c2a1b7d04111122223333444455556", "3f9c2a1b-7d04-1111-2222-333344445555"})
    EXPECT_EQ(Tag(bad).view(), "ul-unknown") << bad;
}

TEST(ExecTag, FindsAVariableByItsWholeName) {
  const char* const environment[] = {"XINVOCATION_ID=no", "INVOCATION_IDX=no", "INVOCATION_ID",
                                     "INVOCATION_ID=yes=1", nullptr};
  EXPECT_EQ(environment_value(environment, "INVOCATION_ID"), "yes=1");
  EXPECT_EQ(environment_value(environment, "OTHER"), "");
}

} // namespace
} // namespace unitlock::exec
