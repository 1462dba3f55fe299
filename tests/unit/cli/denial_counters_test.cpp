// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/denial_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace unitlock::cli {
namespace {

using journal::Certainty;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

journal::DenialGroup group(const std::string& unit, const std::string& blockers,
                           std::uint64_t count) {
  journal::DenialGroup made;
  made.attribution.certainty = Certainty::Certain;
  made.attribution.unit.name = unit;
  made.blockers = blockers;
  made.count = count;
  return made;
}

DenialSeries series(const std::string& unit, const std::string& right) {
  return {"", unit, "", "certain", right};
}

TEST(DenialCounters, SumsOverObjectsAndCountsEachRight) {
  DenialCounters counters;
  counters.add(group("a.service", "fs.read_file", 2), false);
  counters.add(group("a.service", "fs.execute,fs.read_file", 3), false);
  EXPECT_THAT(counters.counts(), ElementsAre(Pair(series("a.service", "fs.execute"), 3),
                                             Pair(series("a.service", "fs.read_file"), 5)));
}

TEST(DenialCounters, AnInventedRightIsNoNewSeries) {
  DenialCounters counters;
  counters.add(group("a.service", "fs.invented", 1), false);
  counters.add(group("a.service", "\n} 1", 1), false);
  counters.add(group("a.service", "", 1), false);
  counters.add(group("a.service", "ptrace", 1), false);
  EXPECT_THAT(counters.counts(), ElementsAre(Pair(series("a.service", "other"), 3),
                                             Pair(series("a.service", "ptrace"), 1)));
}

TEST(DenialCounters, KeepsServicesOfUsersAndWhatIsNotCertainApart) {
  DenialCounters counters;
  auto of_user = group("a.service", "ptrace", 1);
  of_user.attribution.unit.user = 1000;
  counters.add(of_user, false);
  auto unknown = group("", "ptrace", 1);
  unknown.attribution.certainty = Certainty::Unknown;
  counters.add(unknown, false);
  EXPECT_THAT(counters.counts(),
              ElementsAre(Pair(DenialSeries{"", "", "", "unknown", "ptrace"}, 1),
                          Pair(DenialSeries{"", "a.service", "1000", "certain", "ptrace"}, 1)));
}

TEST(DenialCounters, KeepsHostsApartWhereThereAreSeveral) {
  DenialCounters apart, together;
  for (const char* host : {"alpha", "beta"}) {
    auto denied = group("a.service", "ptrace", 1);
    denied.host = host;
    apart.add(denied, true);
    together.add(denied, false);
  }
  EXPECT_THAT(apart.counts(),
              ElementsAre(Pair(DenialSeries{"alpha", "a.service", "", "certain", "ptrace"}, 1),
                          Pair(DenialSeries{"beta", "a.service", "", "certain", "ptrace"}, 1)));
  EXPECT_THAT(together.counts(), ElementsAre(Pair(series("a.service", "ptrace"), 2)));
}

TEST(DenialCounters, UnitsBeyondTheLimitShareAName) {
  DenialCounters counters(2);
  counters.add(group("a.service", "ptrace", 1), false);
  counters.add(group("b.service", "ptrace", 1), false);
  counters.add(group("c.service", "ptrace", 1), false);
  counters.add(group("d.service", "ptrace", 1), false);
  counters.add(group("a.service", "ptrace", 1), false);
  EXPECT_THAT(counters.counts(), ElementsAre(Pair(series("(others)", "ptrace"), 2),
                                             Pair(series("a.service", "ptrace"), 2),
                                             Pair(series("b.service", "ptrace"), 1)));
}

TEST(DenialCounters, ARunGoesOnFromWhatTheLastOneLeft) {
  CountedSoFar counted;
  counted.cursor = "s=1;i=2";
  counted.counters.add(group("a\\x2db.service", "ptrace", 4), false);
  counted.counters.add(group("bytes\xff\n.service", "ptrace", 1), false);
  auto read = read_counted(to_text(counted));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->cursor, counted.cursor);
  EXPECT_EQ(read->counters.counts(), counted.counters.counts());
}

TEST(DenialCounters, WhatIsNoStateIsRefused) {
  for (
      const char* text :
      {"", "{", "[]", "{}", R"({"version":2,"cursor":"","denials":[]})",
       R"({"version":1,"cursor":1,"denials":[]})", R"({"version":1,"cursor":"","denials":[{}]})",
       R"({"version":1,"cursor":"","denials":[{"unit":[1],"host":"","user":"","certainty":"","right":"","count":1}]})",
       R"({"version":1,"cursor":""})", R"({"version":1,"cursor":"","denials":{}})",
       R"({"version":1,"cursor":"","denials":[{"host":"","unit":"","user":"","certainty":"","right":"","count":-1}]})"})
    EXPECT_FALSE(read_counted(text)) << text;
}

} // namespace
} // namespace unitlock::cli
