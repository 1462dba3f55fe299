// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_stream.hpp"

#include <unistd.h>

#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/timestamp.hpp"
#include "journal_file.hpp"
#include "nginx_records.hpp"

namespace unitlock::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string denied(const std::string& path) {
  return read_denied("a1", path);
}

class Stream : public testing::Test {
protected:
  void SetUp() override {
    if (access(kRemote, X_OK) != 0)
      GTEST_SKIP() << "systemd-journal-remote is not installed";
    query.wrapper = kWrapper;
    file.kernel("Linux version 6.18");
    file.start("nginx.service", kInvocation, kTag, 100, {{"_HOSTNAME", "web1"}});
    file.audit(1424, 1, allocated("a1", 100));
  }

  void record(unsigned serial, const std::string& path) {
    file.audit(1423, serial, denied(path));
    file.audit(1300, serial, kByNginx);
  }
  void copy(unsigned serial, const std::string& path) {
    file.kernel(fmt::format("audit: type=1423 audit(1795303307.791:{}): {}", serial, denied(path)));
  }

  /// "SERIAL path certainty host" of each; remembers where to go on.
  std::vector<std::string> read() { return read(file.write()); }
  std::vector<std::string> read(const std::string& path) {
    auto journal = Journal::open({{}, {}, {path}});
    EXPECT_TRUE(journal) << to_string(journal.error());
    std::vector<std::string> list;
    DenialStream stream(*journal, query, *window_of(*journal, query));
    auto done = stream.read([&](const DenialEvent& event) {
      list.push_back(fmt::format("{} {} {} {}", event.denial.serial, event.denial.object.path,
                                 to_string(event.attribution.certainty), event.host));
    });
    EXPECT_TRUE(done) << to_string(done.error());
    gaps = stream.gaps();
    unattributed = stream.unattributed();
    expected = stream.expected();
    query.after_cursor = stream.resume_cursor();
    return list;
  }

  JournalFile file;
  DenialQuery query;
  std::vector<std::string> gaps;
  std::uint64_t unattributed = 0;
  std::uint64_t expected = 0;
};

TEST_F(Stream, LeavesOutWhatIsExpected) {
  const std::vector<ExpectedRule> rules = {{"/a", landlock::mask_of("fs.read_file"), {}}};
  query.expectations = [&](const UnitName&) -> const std::vector<ExpectedRule>& { return rules; };
  record(2, "/a");
  record(3, "/b");
  copy(4, "/a");
  EXPECT_THAT(read(), ElementsAre("3 /b certain web1"));
  EXPECT_EQ(expected, 2U);
}

TEST_F(Stream, OneByOneInOrder) {
  record(10, "/b");
  record(11, "/a");
  record(12, "/b");
  EXPECT_THAT(read(),
              ElementsAre("10 /b certain web1", "11 /a certain web1", "12 /b certain web1"));
  EXPECT_THAT(gaps, IsEmpty());
}

TEST_F(Stream, ManyMoreThanAreReadAtOnce) {
  for (unsigned i = 0; i < 10000; ++i)
    file.audit(1423, 100 + i, denied("/x"));
  EXPECT_EQ(read().size(), 10000U);
}

TEST_F(Stream, GoesOnWhereItWas) {
  query.keep_place = true;
  record(10, "/a");
  EXPECT_THAT(read(), ElementsAre("10 /a certain web1"));
  EXPECT_THAT(read(), IsEmpty());
  record(11, "/b");
  EXPECT_THAT(read(), ElementsAre("11 /b certain web1"));
}

TEST_F(Stream, ACopyBehindTheCursorOfWhatWasReadBeforeItIsNoDenialOfItsOwn) {
  query.keep_place = true;
  record(10, "/a");
  EXPECT_EQ(read().size(), 1U);
  copy(10, "/a");
  copy(11, "/b");
  EXPECT_THAT(read(), ElementsAre("11 /b certain web1"));
}

TEST_F(Stream, ARecordBehindTheCursorOfWhatWasToldByItsCopyIsNoDenialOfItsOwn) {
  query.keep_place = true;
  copy(10, "/a");
  copy(11, "/b");
  record(10, "/a");
  EXPECT_EQ(read().size(), 2U);
  record(11, "/b");
  record(12, "/c");
  EXPECT_THAT(read(), ElementsAre("12 /c certain web1"));
}

TEST_F(Stream, CopiesWithoutARecordDoNotKeepItFromGoingOn) {
  query.keep_place = true;
  for (unsigned i = 0; i < 20; ++i) {
    record(100 + i, "/a");
    copy(200 + i, "/b");
  }
  EXPECT_EQ(read().size(), 40U);
  EXPECT_THAT(read(), IsEmpty());
}

TEST_F(Stream, GoesOnWhereTheEntryOfTheCursorIsGone) {
  query.keep_place = true;
  record(10, "/a");
  record(11, "/b");
  read();
  const std::uint64_t end = file.now();
  file.clear();
  for (auto [serial, usec] : {std::pair(20, end - 500000), std::pair(21, end + 500000)})
    file.audit(1423, serial, denied("/c"), {{"__REALTIME_TIMESTAMP", std::to_string(usec)}});
  EXPECT_THAT(read(), ElementsAre("21 /c unknown "));
}

TEST_F(Stream, GoesOnAfterTheClockWasSetBack) {
  query.keep_place = true;
  record(10, "/a");
  file.audit(1423, 11, denied("/b"), {{"__REALTIME_TIMESTAMP", std::to_string(kStart + 500000)}});
  EXPECT_EQ(read().size(), 2U);
  record(12, "/c");
  EXPECT_THAT(read(), ElementsAre("12 /c certain web1"));
}

/// Denials of this moment, of a start whose record journald has not written yet.
class JustNow : public Stream {
protected:
  void SetUp() override {
    Stream::SetUp();
    if (IsSkipped())
      return;
    query.keep_place = true;
    query.filter.units = {"web"};
    record(10, "/earlier"); // of nginx.service
    file.audit(1423, 20, read_denied("b1", "/now"), at(realtime_now_usec()));
    file.audit(1424, 20, allocated("b1", 200, kWebTag), at(file.now() + 1));
    file.audit(1300, 20, kByNginx, at(file.now() + 1));
  }
  static Fields at(std::uint64_t usec) { return {{"__REALTIME_TIMESTAMP", std::to_string(usec)}}; }
  void start() { file.start("web.service", kWebInvocation, kWebTag, 200, at(file.now() + 1)); }

  const std::string kWebInvocation = "0123456789abcdef0123456789abcdef";
  const std::string kWebTag = "ul-0123456789ab";
};

TEST_F(JustNow, AStartRecordBehindTheEndOfTheRunIsWaitedFor) {
  file.write();
  std::thread journald([&] {
    usleep(300000);
    start();
    file.write();
  });
  auto found = read(file.path());
  journald.join();
  EXPECT_THAT(found, ElementsAre("20 /now certain web1"));
  EXPECT_THAT(read(file.path()), IsEmpty());
}

TEST_F(JustNow, ATableWaitsForItToo) {
  auto journal = Journal::open({{}, {}, {file.write()}});
  ASSERT_TRUE(journal);
  std::thread journald([&] {
    usleep(300000);
    start();
    file.write();
  });
  auto report = read_denials(*journal, query);
  journald.join();
  ASSERT_TRUE(report) << to_string(report.error());
  ASSERT_EQ(report->groups.size(), 1U);
  EXPECT_EQ(report->groups[0].attribution.unit.name, "web.service");
  EXPECT_EQ(report->unattributed, 0U);
}

TEST_F(JustNow, WhatStaysNobodysIsSaidOnce) {
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(unattributed, 1U);
  start();
  record(30, "/later");
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(unattributed, 0U);
}

TEST_F(Stream, WhatIsNoCursorIsAnError) {
  record(10, "/a");
  auto journal = Journal::open({{}, {}, {file.write()}});
  query.after_cursor = "nonsense\x1b";
  DenialStream stream(*journal, query, *window_of(*journal, query));
  auto done = stream.read([](const DenialEvent&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "\"nonsense\\x1b\" is no cursor of a journal");
}

TEST_F(Stream, WhatTheKernelLostIsSaid) {
  record(10, "/a");
  file.kernel("audit: audit_lost=17 audit_rate_limit=0 audit_backlog_limit=64");
  file.kernel("audit: backlog limit exceeded");
  file.kernel("kauditd_printk_skb: 5 callbacks suppressed"); // only copies of journald's records
  read();
  EXPECT_THAT(gaps, ElementsAre(HasSubstr("lost 17 audit records")));
}

TEST_F(Stream, WhatTheKernelDidNotPrintIsSaidWhereThereIsNothingElse) {
  file.clear();
  file.kernel("Linux version 6.18");
  copy(10, "/a");
  file.kernel("kauditd_printk_skb: 5 callbacks suppressed");
  EXPECT_EQ(read().size(), 1U);
  EXPECT_THAT(gaps, ElementsAre(HasSubstr("left out 5 audit records")));
}

TEST_F(Stream, FollowsUntilNobodyReads) {
  record(10, "/a");
  auto journal = Journal::open({{}, {}, {file.write()}});
  DenialStream stream(*journal, query, *window_of(*journal, query));
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  int seen = 0, paused = 0;
  auto pause = [&]() -> Result<void> {
    if (++paused == 1)
      close(pipe[0]);
    return {};
  };
  auto done = stream.follow([&](const DenialEvent&) { ++seen; }, pause, pipe[1]);
  EXPECT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(seen, 1);
  EXPECT_GE(paused, 1);
  close(pipe[1]);
}

TEST_F(Stream, FollowingEndsWithTheErrorOfThePause) {
  auto journal = Journal::open({{}, {}, {file.write()}});
  DenialStream stream(*journal, query, *window_of(*journal, query));
  auto pause = []() -> Result<void> { return fail("the disk is full"); };
  auto done = stream.follow([](const DenialEvent&) {}, pause, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the disk is full");
}

} // namespace
} // namespace unitlock::journal
