// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/event_joiner.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

struct Joined {
  std::vector<Denial> denials;
  std::vector<DomainRecord> domains;
  EventJoiner joiner{
      [this](const Denial& denial) { denials.push_back(denial); },
      [this](std::uint32_t, const DomainRecord& record) { domains.push_back(record); }};

  void add(int type, std::uint64_t serial, std::string_view body, bool copy = false,
           std::uint64_t usec = 1, std::uint32_t boot = 0) {
    joiner.add({boot, serial, usec, type, body, copy});
  }
};

constexpr const char* kRead = "domain=1 blockers=fs.read_file path=\"/a\"";
constexpr const char* kOther = "domain=1 blockers=fs.make_reg path=\"/b\"";
constexpr const char* kDomain = "domain=1 status=allocated pid=5 exe=\"/w\" comm=\"ul\"";
constexpr const char* kCall = "pid=5 comm=\"nginx\" exe=\"/usr/sbin/nginx\"";

TEST(EventJoiner, FirstDenialOfADomain) {
  Joined all;
  all.add(1423, 249, kRead);
  all.add(1424, 249, kDomain);
  all.add(1300, 249, kCall);
  ASSERT_EQ(all.denials.size(), 1U); // without waiting for the end
  EXPECT_EQ(all.denials[0].process.exe, "/usr/sbin/nginx");
  EXPECT_EQ(all.domains.size(), 1U);
}

TEST(EventJoiner, TwoDenialsInOneEvent) {
  Joined all;
  all.add(1423, 259, kRead);
  all.add(1423, 259, kOther);
  all.add(1300, 259, kCall);
  ASSERT_EQ(all.denials.size(), 2U);
  EXPECT_EQ(all.denials[1].process.pid, 5);
}

TEST(EventJoiner, EventsOfTwoProcessorsInterleave) {
  Joined all;
  all.add(1423, 1, kRead);
  all.add(1423, 2, kOther);
  all.add(1300, 2, "pid=7 comm=\"b\" exe=\"/b\"");
  all.add(1300, 1, kCall);
  ASSERT_EQ(all.denials.size(), 2U);
  EXPECT_EQ(all.denials[0].process.pid, 5);
  EXPECT_EQ(all.denials[1].process.pid, 7);
}

TEST(EventJoiner, WithoutSyscallRecordNothingIsLost) {
  Joined all;
  for (std::uint64_t serial = 0; serial < 1000; ++serial)
    all.add(1423, serial, kRead);
  all.joiner.finish();
  EXPECT_EQ(all.denials.size(), 1000U);
  EXPECT_EQ(all.denials[0].process.exe, "");
}

TEST(EventJoiner, SerialsOfTwoBootsDoNotMix) {
  Joined all;
  all.add(1423, 1, kRead, false, 1, 0);
  all.add(1300, 1, kCall, false, 1, 1);
  all.joiner.finish();
  ASSERT_EQ(all.denials.size(), 1U);
  EXPECT_EQ(all.denials[0].process.pid, 0);
}

TEST(EventJoiner, KernelCopyIsDroppedInWhicheverOrder) {
  Joined all;
  all.add(1423, 1, kRead, true);
  all.add(1423, 1, kRead);
  all.add(1300, 1, kCall);
  all.add(1423, 2, kRead);
  all.add(1300, 2, kCall);
  all.add(1423, 2, kRead, true);
  all.joiner.finish();
  EXPECT_EQ(all.denials.size(), 2U);
}

TEST(EventJoiner, KernelCopyAloneCounts) {
  Joined all;
  all.add(1423, 1, kRead, true);
  all.add(1300, 1, kCall, true);
  all.add(1423, 1, kOther, true); // the second of the event
  all.add(1423, 2, kRead, true);
  all.add(1423, 2, kRead, true); // the same line twice
  all.joiner.finish();
  ASSERT_EQ(all.denials.size(), 3U);
  EXPECT_EQ(all.denials[0].process.pid, 5);
}

TEST(EventJoiner, OldKernelCopiesDoNotWaitForTheEnd) {
  Joined all;
  all.add(1423, 1, kRead, true, 1000000);
  all.add(1423, 2, kRead, true, 200000000);
  EXPECT_EQ(all.denials.size(), 1U);
}

TEST(EventJoiner, MalformedRecordsAreCounted) {
  Joined all;
  all.add(1423, 1, "domain=1");
  all.add(1424, 2, "");
  EXPECT_EQ(all.joiner.malformed(), 2U);
}

} // namespace
} // namespace unitlock::journal
