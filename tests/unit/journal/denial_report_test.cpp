// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal_file.hpp"
#include "nginx_records.hpp"

namespace unitlock::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kOtherInvocation = "0123456789abcdef0123456789abcdef";

class Report : public testing::Test {
protected:
  void SetUp() override {
    if (access(kRemote, X_OK) != 0)
      GTEST_SKIP() << "systemd-journal-remote is not installed";
    query.wrapper = kWrapper;
  }

  /// One denial of one domain.
  void denial(unsigned serial, const std::string& domain, const std::string& path, int pid = 100,
              const std::string& exe = kWrapper) {
    file.audit(1423, serial, read_denied(domain, path));
    if (seen.insert(domain).second)
      file.audit(1424, serial, allocated(domain, pid, kTag, exe));
    file.audit(1300, serial, kByNginx);
  }

  DenialReport read() {
    std::string path = file.write();
    auto journal = Journal::open({{}, {}, {path}});
    EXPECT_TRUE(journal) << to_string(journal.error());
    auto report = read_denials(*journal, query);
    EXPECT_TRUE(report) << to_string(report.error());
    return report ? std::move(*report) : DenialReport();
  }
  /// "unit certainty count" of each group.
  std::vector<std::string> owners() {
    std::vector<std::string> list;
    for (const DenialGroup& group : read().groups)
      list.push_back(fmt::format("{} {} {}", group.attribution.unit.name,
                                 to_string(group.attribution.certainty), group.count));
    return list;
  }

  JournalFile file;
  DenialQuery query;
  std::set<std::string> seen;
};

TEST_F(Report, OnAHostThePidMakesItCertain) {
  file.kernel("Linux version 6.18");
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(1, "a1", "/etc/shadow");
  denial(2, "a1", "/etc/shadow");
  DenialReport report = read();
  ASSERT_EQ(report.groups.size(), 1U);
  const DenialGroup& group = report.groups[0];
  EXPECT_EQ(group.attribution.certainty, Certainty::Certain);
  EXPECT_EQ(group.attribution.unit.name, "nginx.service");
  EXPECT_EQ(group.attribution.invocation, kInvocation);
  EXPECT_EQ(group.count, 2U);
  EXPECT_EQ(group.process.exe, "/usr/sbin/nginx");
  EXPECT_EQ(report.boots.at(group.domain.boot), kBoot);
  EXPECT_LT(group.first_usec, group.last_usec);
  EXPECT_THAT(report.gaps, IsEmpty());
}

TEST_F(Report, ADomainOfBeforeTheWindowKeepsItsUnit) {
  file.kernel("Linux version 6.18");
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(1, "a1", "/early");
  query.since_usec = file.now() + 1;
  denial(2, "a1", "/late");
  query.until_usec = file.now();
  denial(3, "a1", "/too/late");
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1"));
}

TEST_F(Report, CountsByInvocation) {
  const std::string other_tag = "ul-0123456789ab";
  file.kernel("Linux version 6.18");
  file.start("nginx.service", kOtherInvocation, other_tag, 90);
  file.audit(1423, 1, read_denied("a1", "/x"));
  file.audit(1424, 1, allocated("a1", 90, other_tag));
  // ExecStartPre= is a domain of its own, and its denial is older than the last start record.
  file.start("nginx.service", kInvocation, kTag, 99);
  denial(2, "a2", "/x", 99);
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(3, "a3", "/x", 100);
  denial(4, "a3", "/y", 100);
  denial(5, "a4", "/x", 101, "/usr/bin/chromium");
  std::string path = file.write();
  auto journal = Journal::open({{}, {}, {path}});
  ASSERT_TRUE(journal);
  auto counts = count_denials(*journal, query);
  ASSERT_TRUE(counts);
  const UnitName nginx{"nginx.service", std::nullopt};
  using testing::Pair;
  EXPECT_THAT(counts->by_start, ElementsAre(Pair(Pair(nginx, kOtherInvocation), 1U),
                                            Pair(Pair(nginx, kInvocation), 3U)));
  EXPECT_EQ(counts->left_out, 0U);
  // Of the rest it is known that there is one, and only what was counted is claimed.
  query.domain_limit = 2;
  counts = count_denials(*journal, query);
  ASSERT_TRUE(counts);
  EXPECT_THAT(counts->by_start, ElementsAre(Pair(Pair(nginx, kOtherInvocation), 1U),
                                            Pair(Pair(nginx, kInvocation), 1U)));
  EXPECT_EQ(counts->left_out, 3U);
}

TEST_F(Report, WhatTwoClaimIsCountedForBoth) {
  file.kernel("Linux version 6.18");
  file.start("nginx.service", kInvocation, kTag, 100);
  file.start("other.service", kInvocation, kTag, 100);
  denial(1, "a1", "/x", 100);
  std::string path = file.write();
  auto journal = Journal::open({{}, {}, {path}});
  ASSERT_TRUE(journal);
  auto counts = count_denials(*journal, query);
  ASSERT_TRUE(counts);
  EXPECT_THAT(counts->by_start, testing::IsEmpty());
  using testing::Pair;
  EXPECT_THAT(counts->disputed, ElementsAre(Pair(UnitName{"nginx.service", std::nullopt}, 1U),
                                            Pair(UnitName{"other.service", std::nullopt}, 1U)));
}

TEST_F(Report, WhatIsExpectedIsOnlyCounted) {
  file.kernel("Linux version 6.18");
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(1, "a1", "/expected");
  denial(2, "a1", "/expected");
  denial(3, "a1", "/expected/below");
  denial(4, "a2", "/expected", 101, "/usr/bin/chromium");
  query.filter.paths = {"/expected"};
  const std::vector<ExpectedRule> rules = {{"/expected", landlock::mask_of("fs.read_file"), {}}};
  query.expectations = [&](const UnitName&) -> const std::vector<ExpectedRule>& { return rules; };
  EXPECT_EQ(read().expected, 2U);
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1", " foreign 1"));
  query.filter.units = {"other"};
  EXPECT_EQ(read().expected, 0U) << "what is not wanted anyway";
  auto journal = Journal::open({{}, {}, {file.write()}});
  ASSERT_TRUE(journal);
  auto counts = count_denials(*journal, query);
  ASSERT_TRUE(counts);
  using testing::Pair;
  const UnitName nginx{"nginx.service", std::nullopt};
  EXPECT_THAT(counts->by_start, ElementsAre(Pair(Pair(nginx, kInvocation), 1U)));
}

TEST_F(Report, ADomainWhoseRecordIsGoneIsShownAsUnknown) {
  file.start("nginx.service", kInvocation, kTag, 100);
  seen.insert("a1");
  denial(1, "a1", "/x");
  EXPECT_THAT(owners(), ElementsAre(" unknown 1"));
}

TEST_F(Report, ForgedTagsOnAHostAndInAContainer) {
  file.start("nginx.service", kInvocation, kTag, 100);
  file.start("evil.service", kOtherInvocation, kTag, 200);
  denial(1, "a1", "/nginx", 100);
  denial(2, "a2", "/evil", 300);
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1", " disputed 1"));
  file.kernel("audit: enabled");
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1", " unclaimed 1"));
}

TEST_F(Report, ForeignDomains) {
  denial(1, "a1", "/x", 100, "/usr/bin/chromium");
  denial(2, "a2", "/x", 101, "/usr/bin/chromium");
  EXPECT_THAT(owners(), ElementsAre(" foreign 2"));
}

TEST_F(Report, StartRecordOnStandardError) {
  file.trusted("nginx.service", kInvocation, 100, "stdout", {{"MESSAGE", "warming up"}});
  file.trusted(
      "nginx.service", kInvocation, 100, "stdout",
      {{"MESSAGE", fmt::format("unitlock-exec: nginx.service: confined MESSAGE_ID={} "
                               "UNITLOCK_UNIT=nginx.service UNITLOCK_TAG={} UNITLOCK_ABI=7",
                               start_record::kConfined, kTag)}});
  denial(1, "a1", "/x");
  EXPECT_THAT(owners(), ElementsAre("nginx.service likely 1"));
}

TEST_F(Report, StandardErrorOfAnotherInvocationIsNothing) {
  file.trusted("evil.service", kOtherInvocation, 100, "stdout",
               {{"MESSAGE", fmt::format("unitlock-exec: x MESSAGE_ID={} UNITLOCK_TAG={} ",
                                        start_record::kConfined, kTag)}});
  denial(1, "a1", "/x");
  EXPECT_THAT(owners(), ElementsAre(" unclaimed 1"));
}

TEST_F(Report, UserUnits) {
  file.start("user@1000.service", kInvocation, kTag, 100,
             {{"_SYSTEMD_USER_UNIT", "pipewire.service"}, {"_SYSTEMD_OWNER_UID", "1000"}});
  denial(1, "a1", "/x");
  DenialReport report = read();
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.groups[0].attribution.unit, (UnitName{"pipewire.service", 1000}));
}

/// journald has no invocation of it; systemd's own messages name that of the service.
TEST_F(Report, AUsersManagerInAControlGroupOfItsOwn) {
  auto systemd_says = [&](const std::string& pid, const std::string& invocation) {
    file.add({{"_TRANSPORT", "journal"},
              {"_PID", pid},
              {"UNIT", "user@1000.service"},
              {"INVOCATION_ID", invocation},
              {"MESSAGE", "Starting"}});
  };
  file.start("user@1000.service", "", kTag, 100,
             {{"_SYSTEMD_USER_UNIT", "init.scope"}, {"_SYSTEMD_OWNER_UID", "1000"}});
  denial(1, "a1", "/x");
  systemd_says("1", kOtherInvocation);
  systemd_says("100", kInvocation);
  EXPECT_THAT(owners(), ElementsAre(" unclaimed 1")) << "the word of another process";
  systemd_says("1", kInvocation);
  DenialReport report = read();
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.groups[0].attribution.unit, (UnitName{"user@1000.service", std::nullopt}));
  EXPECT_EQ(report.groups[0].attribution.invocation, kInvocation);
}

TEST_F(Report, CopiesInTheKernelsLogCountOnce) {
  file.kernel("audit: type=1423 audit(1795303307.791:1): " + read_denied("a1", "/x"));
  denial(1, "a1", "/x");
  file.kernel("audit: type=1423 audit(1795303307.791:2): " + read_denied("a1", "/x"));
  file.kernel("audit: type=1300 audit(1795303307.791:2): pid=101 exe=\"/usr/sbin/nginx\"");
  file.start("nginx.service", kInvocation, kTag, 100);
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 2"));
}

TEST_F(Report, KernelLogWrittenByAProgramIsNotBelieved) {
  file.add({{"_TRANSPORT", "kernel"},
            {"SYSLOG_FACILITY", "1"},
            {"MESSAGE", "audit: type=1423 audit(1795303307.791:1): " + read_denied("a1", "/x")}});
  EXPECT_THAT(owners(), IsEmpty());
}

TEST_F(Report, TwoBootsWithTheSameDomainNumber) {
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(1, "a1", "/x");
  const std::string second = "bb1f48e1c7f44b1c934f83ae9cc56032";
  file.start("db.service", kInvocation, kTag, 100, {{"_BOOT_ID", second}});
  file.audit(1423, 1, read_denied("a1", "/x"), {{"_BOOT_ID", second}});
  file.audit(1424, 1, allocated("a1", 100), {{"_BOOT_ID", second}});
  EXPECT_THAT(owners(), ElementsAre("db.service certain 1", "nginx.service certain 1"));
  query.boot = "-1";
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1"));
  query.boot = second;
  EXPECT_THAT(owners(), ElementsAre("db.service certain 1"));
  query.boot = "";
  EXPECT_THAT(owners(), ElementsAre("db.service certain 1"));
  query.boot = "1";
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1"));
}

TEST_F(Report, MoreDomainsThanAreLookedUpOneByOne) {
  for (unsigned i = 0; i < 100; ++i) {
    std::string invocation = fmt::format("{:012x}{:020x}", i, 0);
    std::string tag = "ul-" + invocation.substr(0, 12);
    file.start(fmt::format("s{}.service", i % 2), invocation, tag, static_cast<int>(i + 10));
    file.audit(1424, i, allocated(fmt::format("{:x}", i + 1), static_cast<int>(i + 10), tag));
  }
  query.since_usec = file.now() + 1;
  for (unsigned i = 0; i < 100; ++i)
    file.audit(1423, 200 + i, read_denied(fmt::format("{:x}", i + 1), "/x"));
  EXPECT_THAT(owners(), ElementsAre("s0.service certain 50", "s1.service certain 50"));
}

TEST_F(Report, ChosenUnits) {
  file.start("nginx.service", kInvocation, kTag, 100);
  file.start("evil.service", kOtherInvocation, kTag, 200);
  denial(1, "a1", "/nginx", 100);
  denial(2, "a2", "/evil", 300);
  query.filter.units = {"nginx"};
  EXPECT_THAT(owners(), ElementsAre("nginx.service certain 1", " disputed 1")); // perhaps
  query.filter.units = {"other"};
  EXPECT_THAT(owners(), IsEmpty());
}

TEST_F(Report, SaysWhatTheKernelCountedAndTheJournalHasNot) {
  file.start("nginx.service", kInvocation, kTag, 100);
  denial(1, "a1", "/x");
  file.audit(1424, 2, "domain=a1 status=deallocated denials=500");
  EXPECT_THAT(read().gaps, ElementsAre(HasSubstr("499")));
}

TEST_F(Report, MalformedRecordsAreSaid) {
  file.audit(1423, 1, "domain=zz");
  EXPECT_THAT(read().gaps, ElementsAre(HasSubstr("1 audit records could not be understood")));
}

// What systemd 252, 257 and 262 deliver of one service whose two commands confine themselves (the
// second by another program than the "wrapper") and are then refused eighteen accesses; recorded in
// containers, on Linux 6.18.
class Recorded : public Report, public testing::WithParamInterface<const char*> {};

TEST_P(Recorded, AllDenialsWithTheirObjects) {
  file.add({{"_TRANSPORT", "journal"},
            {"__REALTIME_TIMESTAMP", "1795303300000000"},
            {"MESSAGE", "earlier"}});
  file.add_recorded(std::string(UNITLOCK_RECORDS) + "/" + GetParam() + ".json");
  query.wrapper = "/usr/bin/deny";
  DenialReport report = read();
  EXPECT_EQ(report.denials, 18U);
  EXPECT_THAT(report.gaps, IsEmpty());
  std::vector<std::string> lines;
  for (const DenialGroup& group : report.groups)
    lines.push_back(fmt::format("{} {} {} {}", to_string(group.attribution.certainty),
                                group.process.exe, group.blockers, describe(group.object)));
  EXPECT_THAT(lines, testing::UnorderedElementsAre(
                         "unclaimed /usr/bin/again fs.read_file /etc/shadow",
                         "unclaimed /usr/bin/again fs.make_reg /etc",
                         "unclaimed /usr/bin/again fs.make_dir /var/lib",
                         "unclaimed /usr/bin/again net.bind_tcp 127.0.0.1:8081",
                         "unclaimed /usr/bin/again net.connect_tcp 127.0.0.1:8081",
                         "unclaimed /usr/bin/again net.bind_tcp *:0",
                         "unclaimed /usr/bin/again scope.signal systemd",
                         "unclaimed /usr/bin/again scope.abstract_unix_socket @outer",
                         "foreign /usr/bin/again2 fs.read_file /etc/shadow",
                         "foreign /usr/bin/again2 fs.read_file /var/tmp/we\\nird \\x1b[31m\\xff\"q",
                         "foreign /usr/bin/again2 fs.remove_file,fs.refer /etc",
                         "foreign /usr/bin/again2 fs.make_reg,fs.refer /var",
                         "foreign /usr/bin/again2 fs.execute,fs.read_file /var/tmp/prog",
                         "foreign /usr/bin/again2 fs.truncate /etc/passwd",
                         "foreign /usr/bin/again2 fs.make_fifo /var/tmp",
                         "foreign /usr/bin/again2 fs.remove_file /etc",
                         "foreign /usr/bin/again2 fs.write_file,fs.read_file /var/tmp/uné",
                         "foreign /usr/bin/again2 scope.abstract_unix_socket @outer"));
}

TEST_P(Recorded, AStartRecordMakesThemTheUnits) {
  const std::string release = GetParam();
  const std::string digits = release == "bookworm" ? "7e58517c73c1"
                             : release == "trixie" ? "5cf30533f0f3"
                                                   : "b255674b2e79";
  file.start("deny.service", digits + "46de9821f757842a734d", "ul-" + digits, 55,
             {{"__REALTIME_TIMESTAMP", "1795303300000000"}});
  file.add_recorded(std::string(UNITLOCK_RECORDS) + "/" + release + ".json");
  query.wrapper = "/usr/bin/deny";
  query.filter.units = {"deny"};
  DenialReport report = read();
  EXPECT_EQ(report.groups.size(), 8U);
  for (const DenialGroup& group : report.groups)
    EXPECT_EQ(group.attribution.certainty, Certainty::Likely);
}

INSTANTIATE_TEST_SUITE_P(Releases, Recorded, testing::Values("bookworm", "trixie", "sid"),
                         [](const auto& release) { return std::string(release.param); });

// A journal that cannot be read is never an empty one.
class Unreadable : public Report {
protected:
  static std::string why(const Location& location) {
    auto journal = Journal::open(location);
    return journal ? "" : to_string(journal.error());
  }
  /// Runs as nobody, where the tests run as root.
  template <class Function>
  void as_nobody(Function function) {
    bool root = geteuid() == 0;
    ASSERT_TRUE(!root || seteuid(65534) == 0);
    function();
    ASSERT_TRUE(!root || seteuid(0) == 0);
  }
};

TEST_F(Unreadable, NothingThere) {
  TempTree tree;
  EXPECT_THAT(why({{}, tree.directory(), {}}), HasSubstr("there is no journal in"));
  EXPECT_THAT(why({tree.directory(), {}, {}}), HasSubstr("/var/log/journal"));
  EXPECT_THAT(why({{}, "/nonexistent", {}}), HasSubstr("there is no journal in"));
  EXPECT_THAT(why({{}, {}, {"/nonexistent.journal"}}), HasSubstr("No such file"));
}

TEST_F(Unreadable, NoJournal) {
  TempTree tree({{"/system.journal", "this is no journal, but long enough to look like one"}});
  EXPECT_THAT(why({{}, tree.directory(), {}}), HasSubstr("damaged, or no journal file"));
  EXPECT_THAT(why({{}, {}, {tree.directory() + "/system.journal"}}), HasSubstr("damaged"));
}

TEST_F(Unreadable, NoPermission) {
  denial(1, "a1", "/x");
  std::string path = file.write();
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  ASSERT_EQ(chmod((file.directory() + "/..").c_str(), 0755), 0); // nobody gets as far as the file
  as_nobody([&] {
    EXPECT_THAT(why({{}, file.directory(), {}}), HasSubstr("Permission denied"));
    EXPECT_THAT(why({{}, file.directory(), {}}), HasSubstr("be root, or in the group"));
    EXPECT_THAT(why({{}, {}, {path}}), HasSubstr("Permission denied"));
  });
}

TEST_F(Unreadable, ADamagedFileBesideAGoodOneIsSaid) {
  denial(1, "a1", "/x");
  std::string good = file.write();
  std::ofstream(file.directory() + "/bad.journal") << "this is no journal at all, is it not?";
  auto journal = Journal::open({{}, file.directory(), {}});
  ASSERT_TRUE(journal) << to_string(journal.error());
  EXPECT_THAT(journal->warnings(), ElementsAre(HasSubstr("bad.journal")));
  auto report = read_denials(*journal, query);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->denials, 1U);
  EXPECT_THAT(report->gaps, ElementsAre(HasSubstr("denials in it are missing")));
}

TEST_F(Unreadable, NoSuchBoot) {
  denial(1, "a1", "/x");
  auto journal = Journal::open({{}, {}, {file.write()}});
  ASSERT_TRUE(journal);
  for (const char* boot : {"-1", "2", "x", "99999999999999999999", "-"})
    EXPECT_FALSE(journal->find_boot(boot)) << boot;
  EXPECT_EQ(*journal->find_boot("0"), kBoot);
  EXPECT_EQ(*journal->find_boot("1"), kBoot);
}

} // namespace
} // namespace unitlock::journal
