// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/lost_records.hpp"

#include <initializer_list>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/denial_report.hpp"
#include "journal_file.hpp"

namespace unitlock::journal {
namespace {

constexpr bool kFromBoot = true, kLater = false;

std::string total(unsigned number) {
  return fmt::format("audit: audit_lost={} audit_rate_limit=0 audit_backlog_limit=64", number);
}

std::uint64_t lost(std::initializer_list<std::string> lines, bool from_boot) {
  LostRecords records;
  for (const std::string& line : lines)
    records.add_line(line, from_boot);
  return records.lost();
}

TEST(LostRecords, TheTotalCountsFromTheBoot) {
  EXPECT_EQ(lost({}, kFromBoot), 0U);
  EXPECT_EQ(lost({total(1), "audit: backlog limit exceeded", total(17)}, kFromBoot), 17U);
  EXPECT_EQ(lost({total(1), "audit: rate limit exceeded"}, kFromBoot), 1U);
  EXPECT_EQ(lost({total(3), "audit: out of memory in audit_log_start"}, kFromBoot), 3U);
}

TEST(LostRecords, OfAWindowOnlyWhatCameInIt) {
  EXPECT_EQ(lost({total(1000)}, kLater), 1U);
  EXPECT_EQ(lost({total(1000), total(1020)}, kLater), 21U);
}

TEST(LostRecords, ATotalThatFallsWasReset) {
  EXPECT_EQ(lost({total(1000), total(3)}, kFromBoot), 1003U);
  EXPECT_EQ(lost({total(1000), total(3)}, kLater), 4U);
  EXPECT_EQ(lost({total(1000), total(0)}, kFromBoot), 1000U);
}

// With audit=1 and no audit daemon the kernel keeps the first records for one that may come. That
// the others are not kept concerns nobody who reads the journal.
TEST(LostRecords, WhatOnlyAnAuditDaemonMissesIsNotLost) {
  EXPECT_EQ(lost({total(5), "audit: kauditd hold queue overflow", total(9),
                  "audit: kauditd hold queue overflow"},
                 kFromBoot),
            0U);
  EXPECT_EQ(
      lost({total(5), "audit: kauditd hold queue overflow", total(9),
            "audit: backlog limit exceeded", total(10), "audit: kauditd retry queue overflow"},
           kFromBoot),
      4U);
  EXPECT_EQ(lost({"audit: kauditd hold queue overflow"}, kFromBoot), 0U);
}

TEST(LostRecords, OtherLinesSayNothing) {
  EXPECT_EQ(lost({"audit: audit_lost=", "audit: audit_lost=x", "audit: audit_lost=-1",
                  "audit: audit_lost=99999999999999999999 audit_rate_limit=0",
                  "usb: audit: audit_lost=7", "audit: audit_backlog=65 > audit_backlog_limit=64"},
                 kFromBoot),
            0U);
}

TEST(LostRecords, LeftOutOfTheLogMattersWhereTheLogIsAllThereIs) {
  LostRecords records;
  records.add_line("kauditd_printk_skb: 25 callbacks suppressed", kFromBoot);
  records.add_line("kauditd_printk_skb: 699 callbacks suppressed", kFromBoot);
  records.add_line("other_function: 8 callbacks suppressed", kFromBoot);
  EXPECT_EQ(records.left_out(), 724U);
  EXPECT_EQ(records.lost(), 0U);
  records.add_audit_entry();
  EXPECT_EQ(records.left_out(), 0U);
}

TEST(LostRecords, WhatWasReadBeforeTheWindowOnlySaysWhereItBegins) {
  LostRecords records;
  records.add_line(total(1000), kLater);
  records.add_line("kauditd_printk_skb: 25 callbacks suppressed", kLater);
  records.begin_window();
  EXPECT_EQ(records.lost(), 0U);
  EXPECT_EQ(records.left_out(), 0U);
  records.add_line(total(1020), kLater);
  EXPECT_EQ(records.lost(), 20U);
}

// In a report: said, never left out.
class Gaps : public testing::Test {
protected:
  void SetUp() override {
    if (access(kRemote, X_OK) != 0)
      GTEST_SKIP() << "systemd-journal-remote is not installed";
    query.wrapper = "/usr/libexec/unitlock-exec";
  }
  void denied(unsigned serial, const std::string& path) {
    file.audit(1423, serial,
               fmt::format("domain=a1 blockers=fs.read_file path=\"{}\" dev=\"sda\" ino=2", path));
  }
  DenialReport read() {
    auto journal = Journal::open({{}, {}, {file.write()}});
    EXPECT_TRUE(journal) << to_string(journal.error());
    auto report = read_denials(*journal, query);
    EXPECT_TRUE(report) << to_string(report.error());
    return std::move(*report);
  }

  JournalFile file;
  DenialQuery query;
};

TEST_F(Gaps, AWindowHasOnlyItsOwnLosses) {
  file.kernel(total(1000));
  query.since_usec = file.now() + 1;
  denied(1, "/x");
  EXPECT_THAT(read().gaps, testing::IsEmpty());
  file.kernel(total(1010));
  file.kernel(total(1012));
  EXPECT_THAT(read().gaps, testing::ElementsAre(testing::HasSubstr("lost 3 audit records")));
}

// Its start record, and the record that names its process, are lost: it is shown and counted, of
// nobody.
TEST_F(Gaps, ADenialWithoutTheRecordOfItsDomainIsShown) {
  denied(1, "/x");
  denied(2, "/x");
  DenialReport report = read();
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.denials, 2U);
  EXPECT_EQ(report.groups[0].count, 2U);
  EXPECT_EQ(report.groups[0].attribution.certainty, Certainty::Unknown);
  EXPECT_EQ(report.groups[0].object.path, "/x");
}

// A program cannot say so in the kernel's name.
TEST_F(Gaps, LossesThatAProgramMadeUp) {
  denied(1, "/x");
  for (const char* facility : {"1", "3"})
    file.add({{"_TRANSPORT", "kernel"}, {"SYSLOG_FACILITY", facility}, {"MESSAGE", total(9)}});
  file.trusted("evil.service", "22222222222241de9821f757842a734d", 200, "journal",
               {{"SYSLOG_FACILITY", "0"}, {"SYSLOG_IDENTIFIER", "kernel"}, {"MESSAGE", total(9)}});
  EXPECT_THAT(read().gaps, testing::IsEmpty());
}

} // namespace
} // namespace unitlock::journal
