// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/words.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace unitlock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> split(std::string_view value) {
  auto words = split_words(value);
  EXPECT_TRUE(words) << value;
  return words.value_or(std::vector<std::string>{"(error)"});
}

TEST(Words, SplitAtWhiteSpaceOutsideOfQuotes) {
  EXPECT_THAT(split(" a\tb  'c d' \"e f\" g'h i'j "), ElementsAre("a", "b", "c d", "e f", "gh ij"));
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_THAT(split(" \t"), IsEmpty());
  EXPECT_THAT(split("'' \"\""), ElementsAre("", ""));
  EXPECT_THAT(split(R"("it's" '"')"), ElementsAre("it's", "\""));
}

TEST(Words, ResolveEscapesAsSystemdDoes) {
  EXPECT_THAT(split(R"(\a\b\f\n\r\t\v\\\"\'\s)"), ElementsAre("\a\b\f\n\r\t\v\\\"' "));
  EXPECT_THAT(split(R"(\x41 \102 \u00e9 \U0001f600 \xff)"),
              ElementsAre("A", "B", "é", "\U0001f600", "\xff"));
  EXPECT_THAT(split(R"('\x41' "\'")"), ElementsAre("A", "'"));
}

TEST(Words, KeepWhatIsNoEscape) {
  for (const char* raw :
       {R"(\d)", R"(\x4)", R"(\xzz)", R"(\x00)", R"(\000)", R"(\400)", R"(\08)", R"(\u0000)",
        R"(\u12)", R"(\U00110000)", R"(\U0000d800)", R"(\U0000fffe)"})
    EXPECT_THAT(split(raw), ElementsAre(raw));
  EXPECT_THAT(split(R"(a\ b)"), ElementsAre(R"(a\ b)")) << "but the space is part of the word";
}

TEST(Words, AreRefusedWithAnOpenQuote) {
  for (const char* value : {"'", "\"a", "a 'b", R"("a\")"})
    EXPECT_FALSE(split_words(value)) << value;
}

TEST(RawWords, KeepQuotesAndEscapes) {
  std::string_view rest = R"( a"b c"\x20d  'e' )";
  EXPECT_EQ(next_raw_word(rest).value(), R"(a"b c"\x20d)");
  EXPECT_EQ(next_raw_word(rest).value(), "'e'");
  EXPECT_EQ(next_raw_word(rest).value(), "");
}

TEST(QuoteWord, LeavesPlainWordsAlone) {
  for (const char* word : {"--read-only=-/srv/a_b+c@d:e,f%i$g", "a"})
    EXPECT_EQ(quote_word(word), word);
  EXPECT_EQ(quote_word(""), "\"\"");
  EXPECT_EQ(quote_word(";"), "\";\"");
  EXPECT_EQ(quote_word("#a"), "\"#a\"");
}

/// Whatever the bytes, systemd reads back one word of the same bytes, on one line.
TEST(QuoteWord, IsUndoneBySplitting) {
  std::mt19937 random(20261122);
  const std::string nasty = " \t\n\r\"'\\;#%$x0u\xc3\xa9\xff\x01";
  for (int round = 0; round < 50000; ++round) {
    std::string word;
    for (std::size_t length = random() % 12; word.size() < length;) {
      char c = random() % 2 ? nasty[random() % nasty.size()] : static_cast<char>(random() % 256);
      if (c != '\0')
        word += c;
    }
    std::string quoted = quote_word(word);
    ASSERT_THAT(split(quoted), ElementsAre(word)) << quoted;
    ASSERT_EQ(quoted.find_first_of("\n\r"), std::string::npos);
    ASSERT_THAT(split("a " + quoted + " b"), ElementsAre("a", word, "b"));
  }
}

TEST(EscapeSpecifiers, DoublesThem) {
  EXPECT_EQ(escape_specifiers("a%b%%"), "a%%b%%%%");
  EXPECT_EQ(escape_variables("$a$"), "$$a$$");
}

} // namespace
} // namespace unitlock
