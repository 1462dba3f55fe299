// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/audit_record.hpp"

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

AccessRecord access(std::string_view body) {
  auto record = parse_record(kLandlockAccessType, body);
  EXPECT_TRUE(record) << to_string(record.error());
  return record ? std::get<AccessRecord>(*record) : AccessRecord();
}

std::string described(std::string_view body) {
  return describe(access(body).object);
}

// The bodies below are as Linux 6.18 wrote them.
TEST(AuditRecord, PathDenial) {
  AccessRecord record = access(
      "domain=185a38215 blockers=fs.read_file path=\"/etc/shadow\" dev=\"overlay\" ino=1077791");
  EXPECT_EQ(record.domain, 0x185a38215U);
  EXPECT_EQ(record.blockers, "fs.read_file");
  EXPECT_EQ(record.object.kind, Object::Kind::Path);
  EXPECT_EQ(record.object.path, "/etc/shadow");
  EXPECT_EQ(record.object.device, "overlay");
  EXPECT_EQ(record.object.inode, 1077791U);
}

TEST(AuditRecord, PathInHexadecimal) {
  AccessRecord record = access("domain=185a3821a blockers=fs.read_file "
                               "path=2F7661722F746D702F77650A697264201B5B33316DFF2271 "
                               "dev=\"overlay\" ino=65");
  EXPECT_EQ(record.object.path, "/var/tmp/we\nird \x1b[31m\xff\"q");
  EXPECT_EQ(describe(record.object), "/var/tmp/we\\nird \\x1b[31m\\xff\"q");
}

TEST(AuditRecord, ExecuteHasTwoBlockers) {
  auto blockers = split_blockers("fs.execute,fs.read_file");
  ASSERT_EQ(blockers.size(), 2U);
  EXPECT_EQ(blockers[0].right, landlock::find_right("fs.execute"));
  EXPECT_EQ(blockers[1].name, "fs.read_file");
}

TEST(AuditRecord, UnknownBlockersAreKept) {
  auto blockers = split_blockers("fs.teleport,,ptrace");
  ASSERT_EQ(blockers.size(), 2U);
  EXPECT_EQ(blockers[0].name, "fs.teleport");
  EXPECT_EQ(blockers[0].right, nullptr);
  EXPECT_EQ(blockers[1].right, nullptr);
}

TEST(AuditRecord, Network) {
  EXPECT_EQ(described("domain=1 blockers=net.bind_tcp saddr=127.0.0.1 src=8081"), "127.0.0.1:8081");
  EXPECT_EQ(described("domain=1 blockers=net.connect_tcp daddr=::1 dest=443"), "[::1]:443");
  EXPECT_EQ(described("domain=1 blockers=net.bind_tcp src=80"), "*:80");
  // The kernel leaves zeros out.
  EXPECT_EQ(described("domain=185a38215 blockers=net.bind_tcp"), "*:0");
  AccessRecord record = access(
      "domain=1 blockers=net.connect_send_udp laddr=10.0.0.1 lport=5353 daddr=10.0.0.2 dest=53");
  EXPECT_EQ(describe(record.object), "10.0.0.2:53");
}

TEST(AuditRecord, Scopes) {
  AccessRecord record =
      access("domain=185a38215 blockers=scope.signal opid=27914 ocomm=\"systemd\"");
  EXPECT_EQ(record.object.kind, Object::Kind::Process);
  EXPECT_EQ(record.object.pid, 27914);
  EXPECT_EQ(record.object.comm, "systemd");
  EXPECT_EQ(described("domain=1 blockers=scope.signal opid=7 ocomm=612062"), "a b");
  record = access("domain=185a38215 blockers=scope.abstract_unix_socket path=006F75746572");
  EXPECT_EQ(record.object.kind, Object::Kind::AbstractSocket);
  EXPECT_EQ(record.object.path, "outer");
  EXPECT_EQ(describe(record.object), "@outer");
}

TEST(AuditRecord, IoctlCommand) {
  EXPECT_EQ(described("domain=1 blockers=fs.ioctl_dev path=\"/dev/tty\" dev=\"devtmpfs\" ino=9 "
                      "ioctlcmd=0x5413"),
            "/dev/tty (ioctl 0x5413)");
}

TEST(AuditRecord, PathThatTheKernelCouldNotWrite) {
  for (const char* path : {"\"<no_memory>\"", "\"<too_long>\""}) {
    AccessRecord record =
        access(std::string("domain=1 blockers=fs.read_file path=") + path + " dev=\"sda\" ino=2");
    EXPECT_EQ(record.object.kind, Object::Kind::Path);
    EXPECT_EQ(record.object.path, "");
    EXPECT_EQ(describe(record.object), "(path not logged)");
  }
}

TEST(AuditRecord, NameOfAMountPoint) {
  AccessRecord record =
      access("domain=1 blockers=fs.change_topology name=\"/\" dev=\"tmpfs\" ino=1");
  EXPECT_EQ(record.object.kind, Object::Kind::Name);
  EXPECT_EQ(record.object.path, "/");
}

TEST(AuditRecord, Domain) {
  auto record = parse_record(kLandlockDomainType,
                             "domain=185a38215 status=allocated mode=enforcing pid=28948 uid=0 "
                             "exe=\"/usr/libexec/unitlock-exec\" comm=\"ul-7e58517c73c1\"");
  ASSERT_TRUE(record);
  DomainRecord expected{0x185a38215,       true, 28948, "/usr/libexec/unitlock-exec",
                        "ul-7e58517c73c1", 0};
  EXPECT_EQ(std::get<DomainRecord>(*record), expected);
  record = parse_record(kLandlockDomainType, "domain=185a38226 status=deallocated denials=8");
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<DomainRecord>(*record), (DomainRecord{0x185a38226, false, 0, "", "", 8}));
}

TEST(AuditRecord, SyscallOfAHostileName) {
  // A program named `a pid=1 exe=x` is written in hexadecimal: it cannot add words of its own.
  auto record = parse_record(
      kSyscallType, "arch=c000003e syscall=257 success=no exit=-13 ppid=1 pid=42 tty=(none) "
                    "comm=61207069643D31206578653D78 exe=\"/usr/bin/again\" key=(null)");
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<SyscallRecord>(*record),
            (SyscallRecord{42, "/usr/bin/again", "a pid=1 exe=x"}));
}

TEST(AuditRecord, OtherTypesAreOfNoInterest) {
  auto record = parse_record(1130, "pid=1 uid=0 msg='unit=x'");
  ASSERT_TRUE(record);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*record));
}

TEST(AuditRecord, MalformedOnesAreErrors) {
  for (const char* body :
       {"", "domain=1", "blockers=fs.read_file", "domain=xyz blockers=fs.read_file",
        "domain= blockers=fs.read_file", "domain=1ffffffffffffffff blockers=fs.read_file",
        "domain=1 blockers=net.bind_tcp src=70000",
        "domain=1 blockers=fs.read_file path=\"/a\" ino=-1"})
    EXPECT_FALSE(parse_record(kLandlockAccessType, body)) << body;
  EXPECT_FALSE(parse_record(kLandlockDomainType, "status=allocated pid=1"));
  EXPECT_FALSE(parse_record(kSyscallType, "pid=x"));
}

// Every prefix of a record is met when a journal is cut: none may crash.
TEST(AuditRecord, AnyPrefixIsSafe) {
  std::string body =
      "domain=185a38215 blockers=fs.read_file path=\"/etc/sha dow\" dev=2F ino=1077791 "
      "ioctlcmd=0x5413 opid=1 ocomm=\"x\" saddr=1 src=2";
  for (std::size_t i = 0; i <= body.size(); ++i)
    for (int type : {kLandlockAccessType, kLandlockDomainType, kSyscallType})
      (void)parse_record(type, std::string_view(body).substr(0, i));
}

TEST(AuditMessage, BodyBehindTheTypesName) {
  EXPECT_EQ(body_of_message("AUDIT1423 domain=1 blockers=x"), "domain=1 blockers=x");
  EXPECT_EQ(body_of_message("LANDLOCK_ACCESS domain=1"), "domain=1");
  EXPECT_EQ(body_of_message("SYSCALL"), "");
}

TEST(KernelCopy, Parses) {
  auto copy = parse_kernel_copy("audit: type=1423 audit(1795303307.791:249): domain=185a38215 "
                                "blockers=fs.read_file path=\"/etc/shadow\"");
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->type, 1423);
  EXPECT_EQ(copy->serial, 249U);
  EXPECT_EQ(copy->body, "domain=185a38215 blockers=fs.read_file path=\"/etc/shadow\"");
}

TEST(KernelCopy, OtherLinesAreNone) {
  for (const char* line : {"", "audit: type=", "audit: type=1423", "audit: type=x audit(1.2:3): a",
                           "audit: type=1423 audit(1.2): a", "audit: type=1423 audit(1.2:x): a",
                           "audit: type=1423 foo(1.2:3): a", "audit: backlog limit exceeded",
                           "usb 1-1: audit: type=1423 audit(1.2:3): domain=1"})
    EXPECT_FALSE(parse_kernel_copy(line)) << line;
}

} // namespace
} // namespace unitlock::journal
