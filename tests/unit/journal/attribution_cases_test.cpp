// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose denial it was, from whole journals: the cases in which it is easily taken for another's.
// tests/boot/40-forgery.sh and 41-attribution.sh try with a real kernel what can be tried there.
#include "journal/denial_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal_file.hpp"
#include "nginx_records.hpp"

namespace unitlock::journal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kOne = "11111111111141de9821f757842a734d";
const std::string kTwo = "22222222222241de9821f757842a734d";
const std::string kThree = "33333333333341de9821f757842a734d";

std::string tag_of(const std::string& invocation) {
  return "ul-" + invocation.substr(0, 12);
}

class Cases : public testing::Test {
protected:
  void SetUp() override {
    if (access(kRemote, X_OK) != 0)
      GTEST_SKIP() << "systemd-journal-remote is not installed";
    query.wrapper = kWrapper;
  }

  /// On a host journald reads the kernel's log, and PIDs can be compared.
  void on_a_host() { file.kernel("Linux version 6.18"); }

  void start(const std::string& unit, const std::string& invocation, int pid, Fields more = {}) {
    file.start(unit, invocation, tag_of(invocation), pid, std::move(more));
  }
  void denied(const std::string& domain, const std::string& path, Fields more = {}) {
    file.audit(1423, ++serial, read_denied(domain, path), std::move(more));
  }
  /// The record of a domain that a process with this PID made under this tag.
  void domain(const std::string& name, int pid, const std::string& tag, Fields more = {}) {
    file.audit(1424, ++serial, allocated(name, pid, tag), std::move(more));
  }
  /// A domain with one denial.
  void denied_first(const std::string& name, const std::string& path, int pid,
                    const std::string& invocation) {
    denied(name, path);
    domain(name, pid, tag_of(invocation));
  }

  /// "path unit certainty count" of each group.
  std::vector<std::string> owners() {
    auto journal = Journal::open({{}, {}, {file.write()}});
    EXPECT_TRUE(journal) << to_string(journal.error());
    auto report = read_denials(*journal, query);
    EXPECT_TRUE(report) << to_string(report.error());
    std::vector<std::string> list;
    for (const DenialGroup& group : report->groups)
      list.push_back(fmt::format("{} {} {} {}", group.object.path, group.attribution.unit.name,
                                 to_string(group.attribution.certainty), group.count));
    return list;
  }
  /// "unit invocation count" of each start that was denied something.
  std::vector<std::string> counts() {
    auto journal = Journal::open({{}, {}, {file.write()}});
    EXPECT_TRUE(journal) << to_string(journal.error());
    auto counted = count_denials(*journal, query);
    EXPECT_TRUE(counted) << to_string(counted.error());
    std::vector<std::string> list;
    for (const auto& [key, count] : counted->by_start)
      list.push_back(fmt::format("{} {} {}", key.first.name, key.second.substr(0, 4), count));
    return list;
  }

  JournalFile file;
  DenialQuery query;
  unsigned serial = 0;
};

TEST_F(Cases, TwoServicesOfOneProgram) {
  on_a_host();
  start("one.service", kOne, 100);
  start("two.service", kTwo, 101);
  denied_first("a1", "/x", 100, kOne);
  denied_first("a2", "/x", 101, kTwo);
  denied("a1", "/x");
  denied("a2", "/x");
  denied("a2", "/x");
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/x one.service certain 2", "/x two.service certain 3"));
}

// The old process is denied something when the new one runs already, and its records come last.
TEST_F(Cases, ARestartWhileDenialsAreInFlight) {
  on_a_host();
  start("one.service", kOne, 100);
  denied_first("a1", "/x", 100, kOne);
  start("one.service", kTwo, 101);
  denied("a1", "/x");
  denied_first("a2", "/x", 101, kTwo);
  denied("a1", "/x");
  denied("a2", "/x");
  EXPECT_THAT(counts(), UnorderedElementsAre("one.service 1111 3", "one.service 2222 2"));
}

// The first denial of the old process comes when its unit has another invocation, and the record
// of the domain with it.
TEST_F(Cases, ADomainWhoseFirstDenialComesAfterTheRestart) {
  on_a_host();
  start("one.service", kOne, 100);
  start("one.service", kTwo, 101);
  denied_first("a2", "/x", 101, kTwo);
  denied_first("a1", "/x", 100, kOne);
  EXPECT_THAT(counts(), UnorderedElementsAre("one.service 1111 1", "one.service 2222 1"));
}

TEST_F(Cases, APidThatIsUsedAgainByAnotherService) {
  on_a_host();
  start("one.service", kOne, 100);
  denied_first("a1", "/one", 100, kOne);
  start("two.service", kTwo, 100);
  denied_first("a2", "/two", 100, kTwo);
  denied("a1", "/late"); // of a child of the first, which is still there
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/one one.service certain 1", "/two two.service certain 1",
                                   "/late one.service certain 1"));
}

TEST_F(Cases, APidThatIsUsedAgainByTheSameService) {
  on_a_host();
  start("one.service", kOne, 100);
  start("one.service", kTwo, 100);
  denied_first("a2", "/x", 100, kTwo);
  denied_first("a1", "/x", 100, kOne);
  EXPECT_THAT(counts(), UnorderedElementsAre("one.service 1111 1", "one.service 2222 1"));
}

// journald knows a PID for a second without looking again: the second's start record has the
// first's unit and invocation. Better nobody's than the wrong one's.
TEST_F(Cases, APidThatIsUsedAgainBeforeJournaldLooksAgain) {
  on_a_host();
  start("one.service", kOne, 100);
  denied_first("a1", "/one", 100, kOne);
  file.start("one.service", kOne, tag_of(kTwo), 100);
  denied_first("a2", "/two", 100, kTwo);
  EXPECT_THAT(owners(), UnorderedElementsAre("/one one.service certain 1", "/two  unclaimed 1"));
}

// Somebody waits for the PID of an ended service, runs the wrapper under its invocation, and the
// wrapper says so.
TEST_F(Cases, APidThatIsUsedAgainUnderAForgedTag) {
  on_a_host();
  start("one.service", kOne, 100);
  file.start("evil.service", kTwo, tag_of(kOne), 100);
  denied_first("a1", "/x", 100, kOne);
  EXPECT_THAT(owners(), ElementsAre("/x  disputed 1"));
}

// The host's kernel tells everybody of the denials of all containers. A service in one of them has
// the name, the wrapper and the PID of ours; its start record is in a journal that is not here.
TEST_F(Cases, AContainerInBetween) {
  on_a_host();
  start("one.service", kOne, 100);
  denied_first("a1", "/ours", 100, kOne);
  denied_first("a2", "/theirs", 100, kThree);
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/ours one.service certain 1", "/theirs  unclaimed 1"));
}

// And the container sees ours.
TEST_F(Cases, AHostFromWithinAContainer) {
  start("one.service", kThree, 7);
  denied_first("a2", "/ours", 4711, kThree);
  denied_first("a1", "/theirs", 7, kOne);
  EXPECT_THAT(owners(), UnorderedElementsAre("/ours one.service likely 1", "/theirs  unclaimed 1"));
}

// Both journals in one directory: what both have seen is counted for each boot, as what each of
// them could know.
TEST_F(Cases, AContainerWhoseJournalIsBesideOurs) {
  const Fields inside = {{"_BOOT_ID", "cc1f48e1c7f44b1c934f83ae9cc56031"},
                         {"_MACHINE_ID", "80cff2e0993644838f541cea0a2ee86c"}};
  on_a_host();
  start("one.service", kOne, 100);
  denied_first("a1", "/x", 100, kOne);
  start("one.service", kThree, 100, inside);
  denied("a1", "/x", inside);
  domain("a1", 100, tag_of(kOne), inside);
  EXPECT_THAT(owners(), UnorderedElementsAre("/x one.service certain 1", "/x  unclaimed 1"));
}

// What a service writes about itself or others is not journald's word.
TEST_F(Cases, AForgedStartRecord) {
  on_a_host();
  start("one.service", kOne, 100);
  // Another's unit, invocation and PID as fields of its own: journald adds the true ones.
  file.start("evil.service", kTwo, tag_of(kOne), 200,
             {{"UNITLOCK_UNIT", "one.service"},
              {"INVOCATION_ID", kOne},
              {"OBJECT_SYSTEMD_UNIT", "one.service"},
              {"OBJECT_PID", "100"}});
  denied_first("a1", "/one", 100, kOne);
  denied_first("a2", "/evil", 200, kOne);
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/one one.service certain 1", "/evil evil.service likely 1"));
}

// A line that looks like the wrapper's, below the invocation that it steals or its own.
TEST_F(Cases, AForgedLineOnStandardError) {
  on_a_host();
  start("one.service", kOne, 100);
  for (const std::string& invocation : {kOne, kTwo})
    file.trusted("evil.service", kTwo, 200, "stdout",
                 {{"MESSAGE", fmt::format("unitlock-exec: one.service: confined MESSAGE_ID={} "
                                          "UNITLOCK_UNIT=one.service UNITLOCK_TAG={}",
                                          start_record::kConfined, tag_of(invocation))}});
  denied_first("a1", "/one", 100, kOne);
  denied_first("a2", "/evil", 200, kOne);
  denied_first("a3", "/own", 200, kTwo);
  EXPECT_THAT(owners(), UnorderedElementsAre("/one one.service certain 1", "/evil  unclaimed 1",
                                             "/own evil.service likely 1"));
}

// The thread's name is any process's own choice; so is the program's, but not its path.
TEST_F(Cases, AForgedTag) {
  on_a_host();
  start("one.service", kOne, 100);
  denied("a1", "/liar");
  file.audit(1424, ++serial,
             fmt::format("domain=a1 status=allocated mode=enforcing pid=100 uid=0 "
                         "exe=\"/tmp/unitlock-exec\" comm=\"{}\"",
                         tag_of(kOne)));
  EXPECT_THAT(owners(), ElementsAre("/liar  foreign 1"));
}

TEST_F(Cases, ATagThatIsTooShortOrTooLong) {
  start("one.service", kOne, 100);
  int domain_number = 1;
  for (const std::string& tag : {std::string("ul-"), std::string("ul-1111"), tag_of(kOne) + "1",
                                 std::string(), std::string("UL-111111111111")}) {
    std::string name = fmt::format("{:x}", domain_number++);
    denied(name, "/x");
    domain(name, 100, tag);
  }
  EXPECT_THAT(owners(), ElementsAre("/x  unclaimed 5"));
}

// A clock that jumps. The journal keeps the order in which it was told; only the times are odd.
class ClockThatJumps : public Cases {
protected:
  static constexpr std::uint64_t kHour = 3600'000'000;
  /// One denial `second` seconds after the boot, when the clock says `realtime`.
  void denied_at(unsigned second, std::uint64_t realtime, const std::string& path) {
    denied("a1", path,
           {{"__REALTIME_TIMESTAMP", std::to_string(realtime)},
            {"__MONOTONIC_TIMESTAMP", std::to_string(second * 1000000ULL)}});
  }
  void SetUp() override {
    Cases::SetUp();
    on_a_host();
    start("one.service", kOne, 100);
    domain("a1", 100, tag_of(kOne));
  }
};

TEST_F(ClockThatJumps, BackNothingIsLostOrCountedTwice) {
  denied_at(10, kStart + 2 * kHour, "/x");
  denied_at(11, kStart + kHour, "/x");
  denied_at(12, kStart + kHour + 1, "/x");
  EXPECT_THAT(owners(), ElementsAre("/x one.service certain 3"));
}

TEST_F(ClockThatJumps, TheFirstAndTheLastTimeAreTheEarliestAndTheLatest) {
  denied_at(10, kStart + 2 * kHour, "/x");
  denied_at(11, kStart + kHour, "/x");
  auto journal = Journal::open({{}, {}, {file.write()}});
  ASSERT_TRUE(journal);
  auto report = read_denials(*journal, query);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->groups.size(), 1U);
  EXPECT_EQ(report->groups[0].first_usec, kStart + kHour);
  EXPECT_EQ(report->groups[0].last_usec, kStart + 2 * kHour);
}

// For a while the clock was years ahead: what follows the correction is not cut off.
TEST_F(ClockThatJumps, AheadDoesNotEndTheWindow) {
  denied_at(10, kStart + kHour, "/before");
  denied_at(11, kStart + 50000 * kHour, "/ahead");
  denied_at(12, kStart + kHour + 1, "/after");
  query.until_usec = kStart + 2 * kHour;
  EXPECT_THAT(owners(), UnorderedElementsAre("/before one.service certain 1",
                                             "/after one.service certain 1"));
}

// What follows a jump back is not in a window that begins later, though it comes later.
TEST_F(ClockThatJumps, BackIsNotInTheWindow) {
  denied_at(10, kStart + 2 * kHour, "/later");
  denied_at(11, kStart + kHour, "/earlier");
  query.since_usec = kStart + kHour + kHour / 2;
  EXPECT_THAT(owners(), ElementsAre("/later one.service certain 1"));
}

// The record of the start may be younger by the clock than the denials.
TEST_F(ClockThatJumps, AStartRecordFromTheFuture) {
  start("two.service", kTwo, 200,
        {{"__REALTIME_TIMESTAMP", std::to_string(kStart + 50000 * kHour)},
         {"__MONOTONIC_TIMESTAMP", "20000000"}});
  denied("a2", "/x",
         {{"__REALTIME_TIMESTAMP", std::to_string(kStart + kHour)},
          {"__MONOTONIC_TIMESTAMP", "21000000"}});
  domain("a2", 200, tag_of(kTwo));
  query.until_usec = kStart + 2 * kHour;
  EXPECT_THAT(owners(), ElementsAre("/x two.service certain 1"));
}

// --- the kernel's log

class KernelLog : public Cases {
protected:
  void printed(int type, unsigned number, const std::string& body) {
    file.kernel(fmt::format("audit: type={} audit(1795303307.791:{}): {}", type, number, body));
  }
  static std::string read(const std::string& path) {
    return fmt::format("domain=a1 blockers=fs.read_file path=\"{}\" dev=\"sda\" ino=2", path);
  }
  static std::string allocated() {
    return fmt::format("domain=a1 status=allocated mode=enforcing pid=100 uid=0 exe=\"{}\" "
                       "comm=\"{}\"",
                       kWrapper, tag_of(kOne));
  }
};

// journald without audit: the copies are all there is.
TEST_F(KernelLog, IsEnoughWithoutAuditInJournald) {
  start("one.service", kOne, 100);
  printed(1423, 1, read("/x"));
  printed(1424, 1, allocated());
  printed(1300, 1, "pid=100 comm=\"nginx\" exe=\"/usr/sbin/nginx\"");
  printed(1423, 2, read("/x"));
  printed(1300, 2, "pid=100 comm=\"nginx\" exe=\"/usr/sbin/nginx\"");
  printed(1423, 3, read("/y"));
  printed(1424, 4, "domain=a1 status=deallocated denials=3");
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/x one.service certain 2", "/y one.service certain 1"));
}

// Some were not printed (the kernel limits that), the others are not counted twice.
TEST_F(KernelLog, BesideJournaldsOwnAddsNothing) {
  start("one.service", kOne, 100);
  for (unsigned i = 1; i <= 20; ++i) {
    std::string body = read(fmt::format("/x{}", i % 2));
    if (i % 3 == 0)
      printed(1423, i, body);
    file.audit(1423, i, body);
    if (i == 1)
      file.audit(1424, i, allocated());
    if (i % 3 == 1)
      printed(1423, i, body);
  }
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/x0 one.service certain 10", "/x1 one.service certain 10"));
}

// auditd takes the kernel's records from the kernel's log; journald has a socket of its own.
TEST_F(KernelLog, IsEmptyOfThemWhereAuditdRuns) {
  start("one.service", kOne, 100);
  printed(1423, 1, read("/early")); // before auditd ran
  file.audit(1423, 1, read("/early"));
  file.audit(1424, 1, allocated());
  file.audit(1305, 2, "op=set audit_pid=700 old=0 auid=4294967295 ses=4294967295 res=1");
  file.audit(1423, 3, read("/x"));
  file.audit(1423, 4, read("/x"));
  EXPECT_THAT(owners(),
              UnorderedElementsAre("/early one.service certain 1", "/x one.service certain 2"));
}

// A line of the kernel's log ends after 1024 bytes, in the middle of a long path.
TEST_F(KernelLog, ACopyThatWasCutIsStillACopy) {
  start("one.service", kOne, 100);
  std::string body = read("/" + std::string(2000, 'x'));
  file.audit(1423, 1, body);
  file.audit(1424, 1, allocated());
  printed(1423, 1, body.substr(0, 970));
  EXPECT_THAT(owners(), ElementsAre("/" + std::string(2000, 'x') + " one.service certain 1"));
}

TEST_F(KernelLog, ALongPathIsNotKnownWhereOnlyACutCopyIsLeft) {
  start("one.service", kOne, 100);
  printed(1423, 1, read("/" + std::string(2000, 'x')).substr(0, 970));
  printed(1424, 1, allocated());
  EXPECT_THAT(owners(), ElementsAre(" one.service certain 1"));
}

// Whoever may write to /dev/kmsg can write anything but the kernel's facility.
TEST_F(KernelLog, LinesThatAProgramWrote) {
  start("one.service", kOne, 100);
  for (const char* facility : {"1", "3", ""})
    file.add({{"_TRANSPORT", "kernel"},
              {"SYSLOG_FACILITY", facility},
              {"MESSAGE", "audit: type=1423 audit(1795303307.791:1): " + read("/x")}});
  // And to journald's own socket, anything but where it came from.
  file.trusted("evil.service", kTwo, 200, "journal",
               {{"SYSLOG_FACILITY", "0"},
                {"SYSLOG_IDENTIFIER", "kernel"},
                {"AUDIT_TYPE", "1423"},
                {"MESSAGE", "audit: type=1423 audit(1795303307.791:1): " + read("/x")}});
  EXPECT_THAT(owners(), IsEmpty());
}

// Recorded on Linux 6.18 with systemd 257: one service, and an audit daemon that registered with
// the kernel before its last two denials. audit-daemon.json is what journald got from its own
// socket, kernel-log.json the lines of the kernel's log, of which the kernel left out one.
class AuditDaemon : public Cases {
protected:
  void recorded(const std::string& transport) {
    file.add_recorded(std::string(UNITLOCK_RECORDS) + "/audit-daemon.json", transport);
  }
  void SetUp() override {
    Cases::SetUp();
    file.add({{"__REALTIME_TIMESTAMP", "1795353090000000"},
              {"_TRANSPORT", "kernel"},
              {"SYSLOG_FACILITY", "0"},
              {"MESSAGE", "Linux version 6.18"}});
    start("audited.service", "6d9d6cff84734ab5826f9d058f88aa44", 7003);
  }
};

TEST_F(AuditDaemon, TakesNothingFromTheJournal) {
  recorded("audit");
  EXPECT_THAT(owners(), UnorderedElementsAre("/srv/d/before audited.service certain 1",
                                             "/srv/d/during audited.service certain 3",
                                             "/srv/d/after audited.service certain 1",
                                             "/srv/d audited.service certain 1"));
}

TEST_F(AuditDaemon, AndWhatTheKernelPrintedBeforeIsNotCountedTwice) {
  recorded("");
  EXPECT_THAT(owners(), UnorderedElementsAre("/srv/d/before audited.service certain 1",
                                             "/srv/d/during audited.service certain 3",
                                             "/srv/d/after audited.service certain 1",
                                             "/srv/d audited.service certain 1"));
}

// Where journald has no audit, what was denied while the daemon ran is in the daemon's log alone.
TEST_F(AuditDaemon, TheKernelsLogAloneHasWhatCameBefore) {
  recorded("kernel");
  // The third has no SYSCALL record: it is a group of its own.
  EXPECT_THAT(owners(), UnorderedElementsAre("/srv/d/before audited.service certain 1",
                                             "/srv/d/during audited.service certain 2",
                                             "/srv/d/during audited.service certain 1"));
}

} // namespace
} // namespace unitlock::journal
