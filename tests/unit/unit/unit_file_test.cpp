// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_file.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace unitlock {
namespace {

using namespace std::string_literals;

UnitFile parse(const std::string& text) {
  return parse_unit_file("x.service", text);
}

/// "section.key=value@line", one a line: what a test says in one string.
std::string summary(const UnitFile& file) {
  std::string text;
  for (const Assignment& a : file.assignments)
    text += a.section + "." + a.key + "=" + a.value + "@" + std::to_string(a.where.line) + "\n";
  return text;
}

TEST(UnitFile, KeepsSectionKeyValueAndLine) {
  EXPECT_EQ(summary(parse("[Unit]\n\n# c\n; c\n  Key =  a b  \n[Service]\nA=\n")),
            "Unit.Key=a b@5\nService.A=@7\n");
}

TEST(UnitFile, JoinsContinuationsWithASpace) {
  EXPECT_EQ(summary(parse("[S]\nA=1\\\n2 \\\n 3\nB=4\n")), "S.A=1 2   3@2\nS.B=4@5\n");
}

TEST(UnitFile, SkipsCommentsInsideOfAContinuation) {
  EXPECT_EQ(summary(parse("[S]\nA=1 \\\n# not this \\\n;nor this\n2\nB=3\n")),
            "S.A=1  2@2\nS.B=3@6\n");
}

TEST(UnitFile, EndsAContinuationAtAnEmptyLineAndAtTheEnd) {
  EXPECT_EQ(summary(parse("[S]\nA=1 \\\n\nB=2\nC=3\\")), "S.A=1@2\nS.B=2@4\nS.C=3@5\n");
}

TEST(UnitFile, AnEscapedBackslashContinuesNothing) {
  EXPECT_EQ(summary(parse("[S]\nA=1\\\\\nB=2\\\\\\\n3\n")), "S.A=1\\\\@2\nS.B=2\\\\ 3@3\n");
}

TEST(UnitFile, CountsLinesAsSystemdEndsThem) {
  EXPECT_EQ(summary(parse("[S]\r\nA=1\r\nB=2\n\rC=3\rD=4\n\nE=5")),
            "S.A=1@2\nS.B=2@3\nS.C=3@4\nS.D=4@5\nS.E=5@7\n");
}

TEST(UnitFile, ANulEndsALineAndJoinsNothingBehindIt) {
  EXPECT_EQ(summary(parse("[S]\n\0A=1\0\nB=2\0\0C=3"s)), "S.A=1@2\nS.B=2@4\nS.C=3@6\n");
  EXPECT_EQ(summary(parse("[S]\nA=1 \\\0\nB=2\n"s)), "S.A=1@2\nS.B=2@4\n");
}

TEST(UnitFile, TakesOneByteOrderMarkOffWhicheverLineHasItFirst) {
  EXPECT_EQ(summary(parse("\xef\xbb\xbf[S]\nA=1\n")), "S.A=1@2\n");
  EXPECT_EQ(summary(parse("# c\n[S]\n\xef\xbb\xbf[T]\nA=1\n\xef\xbb\xbf[U]\n")), "T.A=1@4\n");
}

TEST(UnitFile, RepeatsSectionsAndKeepsEmptyOnes) {
  UnitFile file = parse("[A]\n[B]\n[A]\nK=1\n");
  ASSERT_EQ(file.headers.size(), 3u);
  EXPECT_EQ(file.headers[1].section, "B");
  EXPECT_EQ(file.headers[1].where, (SourceRef{"x.service", 2, 0}));
  EXPECT_EQ(summary(file), "A.K=1@4\n");
}

TEST(UnitFile, PassesOverBadLinesAndSaysWhich) {
  UnitFile file = parse("A=outside\n[S]\nno equals\n=no name\nA=1\n");
  EXPECT_FALSE(file.broken);
  ASSERT_EQ(file.bad_lines.size(), 3u);
  EXPECT_EQ(file.bad_lines[0].where.line, 1u);
  EXPECT_EQ(file.bad_lines[0].section, "");
  EXPECT_EQ(file.bad_lines[1].section, "S");
  EXPECT_EQ(file.bad_lines[2].where.line, 4u);
  EXPECT_EQ(summary(file), "S.A=1@5\n");
}

TEST(UnitFile, GivesUpWhereSystemdDoes) {
  for (const char* bad : {"[X-Landlock", "[X-\"Landlock\"]", "[X-'a']", "[X-a\\b]", "[X-a\x01]",
                          "[X-a\x7f]", "B=\xff", "B=\xed\xa0\x80"}) {
    UnitFile file = parse("[S]\nA=1\n"s + bad + "\nC=2\n");
    ASSERT_TRUE(file.broken) << bad;
    EXPECT_EQ(file.broken->error.where, (SourceRef{"x.service", 3, 0})) << bad;
    EXPECT_EQ(file.broken->unread, bad + "\nC=2\n"s);
    EXPECT_EQ(summary(file), "S.A=1@2\n") << bad;
  }
}

TEST(UnitFile, TakesLinesUpToOneMebibyte) {
  const std::size_t limit = 1024 * 1024;
  EXPECT_FALSE(parse("[S]\nA=" + std::string(limit - 3, 'x') + "\n").broken);
  EXPECT_TRUE(parse("[S]\nA=" + std::string(limit - 2, 'x') + "\n").broken);
  EXPECT_TRUE(parse("[S]\n#" + std::string(limit - 1, 'x') + "\n").broken) << "a comment too";
  EXPECT_FALSE(parse("[S]\nA=\\\n" + std::string(limit - 3, 'x') + "\n").broken);
  EXPECT_TRUE(parse("[S]\nA=\\\n" + std::string(limit - 2, 'x') + "\n").broken);
}

TEST(UnitFile, ReadsManyContinuationsInLinearTime) {
  std::string text = "[S]\nA=";
  for (int i = 0; i < 300000; ++i)
    text += "\\\n";
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(parse(text + "1\n").broken);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

} // namespace
} // namespace unitlock
