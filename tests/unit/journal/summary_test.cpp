// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/summary.hpp"

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

Denial denial(std::string path, std::uint64_t usec, std::uint64_t domain = 1,
              std::string exe = "/usr/sbin/nginx") {
  Object object;
  object.kind = Object::Kind::Path;
  object.path = std::move(path);
  return {usec, 1, {0, domain}, "fs.read_file", std::move(object), {42, std::move(exe), "nginx"}};
}

Attribution of(std::string unit) {
  return {Certainty::Certain, {std::move(unit), {}}, "7e58517c73c146de9821f757842a734d", {}};
}

std::vector<DenialGroup> finish(Summary& summary,
                                const std::map<DomainKey, Attribution>& attributions) {
  return summary.finish(attributions, {}, [](const DenialGroup&) { return true; });
}

TEST(Summary, CountsAndKeepsFirstAndLast) {
  Summary summary;
  summary.add(denial("/a", 10));
  summary.add(denial("/a", 20));
  summary.add(denial("/b", 15));
  auto groups = finish(summary, {{{0, 1}, of("nginx.service")}});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].object.path, "/a"); // the most frequent first
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_EQ(groups[0].first_usec, 10U);
  EXPECT_EQ(groups[0].last_usec, 20U);
}

TEST(Summary, JoinsTheDomainsOfOneUnit) {
  Summary summary;
  summary.add(denial("/a", 10, 1));
  summary.add(denial("/a", 20, 2));
  summary.add(denial("/a", 30, 3));
  auto groups = finish(
      summary, {{{0, 1}, of("a.service")}, {{0, 2}, of("a.service")}, {{0, 3}, of("b.service")}});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].attribution.unit.name, "a.service");
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_EQ(groups[0].domain.domain, 2U); // the last
  EXPECT_EQ(groups[1].count, 1U);
}

TEST(Summary, ProgramsAndObjectsAreKeptApart) {
  Summary summary;
  summary.add(denial("/a", 1));
  summary.add(denial("/a", 2, 1, "/bin/sh"));
  summary.add(denial(std::string("/a\0x", 4), 3));
  EXPECT_EQ(finish(summary, {}).size(), 3U);
}

TEST(Summary, ADomainWithoutAttributionIsUnknown) {
  Summary summary;
  summary.add(denial("/a", 1));
  EXPECT_EQ(finish(summary, {})[0].attribution.certainty, Certainty::Unknown);
}

TEST(Summary, BeyondTheLimitCountsStayExact) {
  Summary summary(10);
  for (std::uint64_t i = 0; i < 1000; ++i)
    summary.add(denial("/" + std::to_string(i), i, i % 3));
  EXPECT_TRUE(summary.overflowed());
  std::map<DomainKey, Attribution> attributions;
  for (std::uint64_t i = 0; i < 3; ++i)
    attributions[{0, i}] = of("a.service");
  auto groups = finish(summary, attributions);
  EXPECT_EQ(groups.size(), 11U);
  std::uint64_t total = 0;
  for (const DenialGroup& group : groups)
    total += group.count;
  EXPECT_EQ(total, 1000U);
  EXPECT_TRUE(groups[0].other_objects);
  EXPECT_EQ(groups[0].blockers, "fs.read_file");
}

TEST(Summary, EvenDomainsAreBounded) {
  Summary summary(10);
  for (std::uint64_t i = 0; i < 1000; ++i)
    summary.add(denial("/a", i, i));
  auto groups = finish(summary, {});
  std::uint64_t total = 0;
  for (const DenialGroup& group : groups)
    total += group.count;
  EXPECT_EQ(total, 1000U);
}

} // namespace
} // namespace unitlock::journal
