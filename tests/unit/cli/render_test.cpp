// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/render.hpp"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace unitlock::cli {
namespace {

std::string printed(const Table& table) {
  std::FILE* file = std::tmpfile();
  table.print(file);
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

Table sample() {
  Table table({{"UNIT"}, {"PATH", false, true}, {"COUNT", true}});
  table.add({"nginx.service", "/srv/www/a/rather/long/path/to/something", "7"});
  table.add({"b", "/", "1234"});
  return table;
}

TEST(Table, NothingIsCutInAFile) {
  unsetenv("COLUMNS");
  EXPECT_EQ(printed(sample()), "UNIT          PATH                                     COUNT\n"
                               "nginx.service /srv/www/a/rather/long/path/to/something     7\n"
                               "b             /                                         1234\n");
}

TEST(Table, ColumnsWrapsWhatMay) {
  setenv("COLUMNS", "45", 1);
  EXPECT_EQ(printed(sample()), "UNIT          PATH                      COUNT\n"
                               "nginx.service /srv/www/a/rather/long/pa     7\n"
                               "              th/to/something           \n"
                               "b             /                          1234\n");
  unsetenv("COLUMNS");
}

TEST(Table, NothingIsCutWhereThereIsNoRoom) {
  setenv("COLUMNS", "30", 1);
  EXPECT_NE(printed(sample()).find("/srv/www/a/rather/long/path/to/something     7"),
            std::string::npos);
  unsetenv("COLUMNS");
}

TEST(Table, EscapesAreNotEscapedAgain) {
  Table table({{"PATH"}});
  table.add({"/a\\x1b\\\\x"});
  EXPECT_EQ(printed(table), "PATH\n/a\\x1b\\\\x\n");
}

TEST(CutInTheMiddle, LeavesTheBeginningAndTheEnd) {
  EXPECT_EQ(cut_in_the_middle("/srv/www/name", 13), "/srv/www/name");
  EXPECT_EQ(cut_in_the_middle("/srv/www/a/b/c/d/name", 20), "/srv/www/…/c/d/name");
  EXPECT_EQ(cut_in_the_middle("/srv/www/a/b/c/d/e/", 12), "/srv/…/d/e/");
  std::string deep;
  for (int i = 0; i < 400; ++i)
    deep += "/directory";
  std::string cut = cut_in_the_middle(deep, 256);
  EXPECT_LT(cut.size(), 260U);
  EXPECT_TRUE(cut.starts_with("/directory/directory/"));
  EXPECT_TRUE(cut.ends_with("/directory"));
}

TEST(CutInTheMiddle, ANameThatIsTooLongItselfIsCutBetweenCharacters) {
  EXPECT_EQ(cut_in_the_middle("/abcdefghijklmnopqrstuvwxyz", 10), "/abcd…vwxyz");
  EXPECT_EQ(cut_in_the_middle("/ääääääääää", 8), "/ä…ää");
  EXPECT_EQ(cut_in_the_middle("@abcdefghijklmnop", 6), "@ab…nop");
  EXPECT_EQ(cut_in_the_middle(std::string(5, '\x80'), 4), "…"); // is no text
}

TEST(Json, BytesThatAreNotUtf8BecomeNumbers) {
  EXPECT_EQ(json_line(json_bytes("/a\n")), "\"/a\\n\"\n");
  EXPECT_EQ(json_line(json_bytes("/a\xff")), "[47,97,255]\n");
}

TEST(Json, IsAsciiOnly) {
  EXPECT_EQ(json_line(json_bytes("é\u202e\x7f")), "\"\\u00e9\\u202e\\u007f\"\n");
}

TEST(Json, KeepsTheOrderOfFields) {
  nlohmann::ordered_json object;
  object["z"] = 1;
  object["a"] = 2;
  EXPECT_EQ(json_line(object), "{\"z\":1,\"a\":2}\n");
}

TEST(Time, ForPrograms) {
  EXPECT_EQ(utc_time(1795303307791000), "2026-11-21T23:21:47.791000Z");
}

TEST(Time, ForPeople) {
  setenv("TZ", "UTC-2", 1);
  tzset();
  EXPECT_EQ(local_time(1795303307791000), "2026-11-22 01:21:47");
  EXPECT_EQ(short_time(1795303307791000, 1795303307791000), "01:21:47");
  EXPECT_EQ(short_time(1795303307791000, 1795403307791000), "2026-11-22 01:21");
}

} // namespace
} // namespace unitlock::cli
