// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/timestamp.hpp"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace unitlock {
namespace {

constexpr std::uint64_t kSecond = 1000000;
constexpr std::uint64_t kNow = 1795303307 * kSecond; // 2026-11-21 23:21:47 UTC

class Timestamp : public testing::Test {
protected:
  void SetUp() override { zone("UTC"); }
  void TearDown() override { zone("UTC"); }
  static void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  static std::uint64_t seconds(const char* text) {
    auto parsed = parse_timestamp(text, kNow);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed / kSecond : 0;
  }
};

TEST_F(Timestamp, Words) {
  EXPECT_EQ(seconds("now"), 1795303307U);
  EXPECT_EQ(seconds("today"), 1795219200U);
  EXPECT_EQ(seconds("yesterday"), 1795219200U - 86400);
  EXPECT_EQ(seconds("tomorrow"), 1795219200U + 86400);
}

TEST_F(Timestamp, Calendar) {
  EXPECT_EQ(seconds("2026-11-21"), 1795219200U);
  EXPECT_EQ(seconds("2026-11-21 10:00"), 1795219200U + 36000);
  EXPECT_EQ(seconds(" 2026-11-21 10:00:07 "), 1795219200U + 36007);
  EXPECT_EQ(seconds("2026-11-21T10:00:07Z"), 1795219200U + 36007);
  EXPECT_EQ(seconds("10:00"), 1795219200U + 36000);
  EXPECT_EQ(*parse_timestamp("2026-11-21 10:00:07.25", kNow),
            (1795219200U + 36007) * kSecond + 250000);
  EXPECT_EQ(seconds("2024-02-29"), 1709164800U);
}

TEST_F(Timestamp, LocalTimeUnlessItSaysUtc) {
  zone("UTC-2");
  EXPECT_EQ(seconds("2026-11-21 10:00"), 1795219200U + 28800);
  EXPECT_EQ(seconds("2026-11-21 10:00 UTC"), 1795219200U + 36000);
  EXPECT_EQ(seconds("today"), 1795298400U); // it is the 22nd there
}

TEST_F(Timestamp, Relative) {
  EXPECT_EQ(seconds("-1h"), 1795303307U - 3600);
  EXPECT_EQ(seconds("-1h 30min"), 1795303307U - 5400);
  EXPECT_EQ(seconds("-1h30min"), 1795303307U - 5400);
  EXPECT_EQ(seconds("2 days ago"), 1795303307U - 172800);
  EXPECT_EQ(seconds("+5s"), 1795303312U);
  EXPECT_EQ(seconds("-90"), 1795303307U - 90);
  EXPECT_EQ(seconds("-1.5h"), 1795303307U - 5400);
  EXPECT_EQ(seconds("-1M"), 1795303307U - 2629800);
  EXPECT_EQ(seconds("-100 years"), 0U); // before 1970 is the beginning
}

TEST_F(Timestamp, Epoch) {
  EXPECT_EQ(seconds("@1795303307"), 1795303307U);
  EXPECT_EQ(*parse_timestamp("@1.5", kNow), 1500000U);
}

TEST_F(Timestamp, NonsenseIsAnError) {
  for (const char* text : {"",
                           " ",
                           "nonsense",
                           "-",
                           "+",
                           " ago",
                           "-1 fortnight",
                           "-1h x",
                           "2026-11-31",
                           "2026-02-30",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-11-21 24:00",
                           "2026-11-21 10",
                           "2026-11-21 10:00:61",
                           "2026-11-21 10:00 CET",
                           "10:00:00.",
                           "@",
                           "@x",
                           "@1x",
                           "@99999999999999999999",
                           "1969-12-31",
                           "-99999999999999999999s",
                           "2026-11-21x",
                           "--1h",
                           "12345678901234567890-01-01"})
    EXPECT_FALSE(parse_timestamp(text, kNow)) << text;
}

} // namespace
} // namespace unitlock
