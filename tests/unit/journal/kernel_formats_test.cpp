// SPDX-License-Identifier: LGPL-2.1-or-later
// The forms that the kernel's own Landlock selftests expect of its records, ABI 7 to 11, as a
// table; and what no kernel writes.
//
// Source: tools/testing/selftests/landlock (audit.h, and the audit tests of audit_test.c,
// fs_test.c, net_test.c, ptrace_test.c, scoped_abstract_unix_test.c), security/lsm_audit.c.
#include "journal/audit_record.hpp"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

using Kind = Object::Kind;

constexpr std::string_view kDomain = "domain=1b3f5a1c7 blockers=";

struct Form {
  std::string_view blockers;
  std::string_view object; ///< the words behind the blockers
  Kind kind;
  std::string_view shown;
};

constexpr Form kForms[] = {
    // Files: the file itself. An execution is refused for reading too.
    {"fs.execute", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path, "/t/s1/f1"},
    {"fs.execute,fs.read_file", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path, "/t/s1/f1"},
    {"fs.write_file", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path, "/t/s1/f1"},
    {"fs.read_file", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path, "/t/s1/f1"},
    {"fs.write_file,fs.read_file", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path,
     "/t/s1/f1"},
    {"fs.read_dir", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.truncate", R"( path="/t/s1/f1" dev="tmpfs" ino=16)", Kind::Path, "/t/s1/f1"},
    {"fs.ioctl_dev", R"( path="/dev/null" dev="devtmpfs" ino=4 ioctlcmd=0x541b)", Kind::Path,
     "/dev/null (ioctl 0x541b)"},
    // The number is of 16 bits, without leading zeros.
    {"fs.ioctl_dev", R"( path="/dev/null" dev="devtmpfs" ino=4 ioctlcmd=0x1)", Kind::Path,
     "/dev/null (ioctl 0x1)"},
    {"fs.ioctl_dev", R"( path="/dev/null" dev="devtmpfs" ino=4 ioctlcmd=0x0)", Kind::Path,
     "/dev/null (ioctl 0x0)"},
    // Since ABI 9.
    {"fs.resolve_unix", R"( path="/t/s1/sock" dev="tmpfs" ino=21)", Kind::Path, "/t/s1/sock"},

    // Directories: that in which it was tried.
    {"fs.remove_dir", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.remove_file", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_char", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_dir", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_reg", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_sock", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_fifo", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_block", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_sym", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.refer", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.make_reg,fs.refer", R"( path="/t/s2" dev="tmpfs" ino=4)", Kind::Path, "/t/s2"},
    {"fs.remove_file,fs.refer", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path, "/t/s1"},
    {"fs.remove_file,fs.make_dir,fs.refer", R"( path="/t/s1" dev="tmpfs" ino=3)", Kind::Path,
     "/t/s1"},
    {"fs.remove_dir,fs.make_reg,fs.refer", R"( path="/t/s2" dev="tmpfs" ino=4)", Kind::Path,
     "/t/s2"},

    // Mounts: a place, or the root of what is mounted, of which only the name is known.
    {"fs.change_topology", R"( path="/t/s3" dev="tmpfs" ino=3)", Kind::Path, "/t/s3"},
    {"fs.change_topology", R"( name="/" dev="tmpfs" ino=1)", Kind::Name, "/"},

    // Sockets: zeros are left out; a socket that is bound, or connected, is said in front.
    {"net.bind_tcp", " saddr=127.0.0.1 src=1024", Kind::Network, "127.0.0.1:1024"},
    {"net.bind_tcp", " saddr=::1 src=1024", Kind::Network, "[::1]:1024"},
    {"net.bind_tcp", " src=1024", Kind::Network, "*:1024"},
    {"net.bind_tcp", " saddr=127.0.0.1", Kind::Network, "127.0.0.1:0"},
    {"net.bind_tcp", "", Kind::Network, "*:0"},
    {"net.connect_tcp", " daddr=127.0.0.1 dest=1024", Kind::Network, "127.0.0.1:1024"},
    {"net.connect_tcp", " daddr=::1 dest=1024", Kind::Network, "[::1]:1024"},
    {"net.connect_tcp", " daddr=::ffff:10.0.0.1 dest=1024", Kind::Network,
     "[::ffff:10.0.0.1]:1024"},
    {"net.connect_tcp", " laddr=127.0.0.1 lport=40000 daddr=10.0.0.1 dest=443", Kind::Network,
     "10.0.0.1:443"},
    {"net.connect_tcp",
     " laddr=::1 lport=40000 faddr=2001:db8::1 fport=53 daddr=2001:db8::2 dest=443", Kind::Network,
     "[2001:db8::2]:443"},
    // Since ABI 10.
    {"net.bind_udp", " saddr=127.0.0.1 src=53", Kind::Network, "127.0.0.1:53"},
    {"net.bind_udp", "", Kind::Network, "*:0"},
    {"net.connect_send_udp", " daddr=127.0.0.1 dest=53", Kind::Network, "127.0.0.1:53"},
    {"net.connect_send_udp", " laddr=127.0.0.1 lport=5353 daddr=127.0.0.1 dest=53", Kind::Network,
     "127.0.0.1:53"},
    {"net.connect_send_udp", " laddr=::1 lport=5353 faddr=::1 fport=54 daddr=::1 dest=53",
     Kind::Network, "[::1]:53"},

    // Scopes. An abstract name is always in hexadecimal: it begins with a NUL.
    {"scope.abstract_unix_socket", " path=0073656C6674657374732D31", Kind::AbstractSocket,
     "@selftests-1"},
    {"scope.abstract_unix_socket", " path=00", Kind::AbstractSocket, "@"},
    {"scope.abstract_unix_socket", " path=0000610A1B", Kind::AbstractSocket, "@\\x00a\\n\\x1b"},
    {"scope.signal", R"( opid=1 ocomm="systemd")", Kind::Process, "systemd"},
    {"scope.signal", " opid=4194304 ocomm=612062", Kind::Process, "a b"},
    {"ptrace", R"( opid=42 ocomm="ptrace_test")", Kind::Process, "ptrace_test"},
    {"ptrace", R"( opid=42 ocomm="")", Kind::Process, "process 42"},

    // Strings that are not plain ASCII, and those that the kernel could not write.
    {"fs.read_file", R"( path=2F742F6E65770A6C696E65 dev="tmpfs" ino=1)", Kind::Path,
     "/t/new\\nline"},
    {"fs.read_file", R"( path=2F742F1B5B33316D dev="tmpfs" ino=1)", Kind::Path, "/t/\\x1b[31m"},
    {"fs.read_file", R"( path=2F742F2271 dev="tmpfs" ino=1)", Kind::Path, "/t/\"q"},
    {"fs.read_file", R"( path=2F742FFF dev="tmpfs" ino=1)", Kind::Path, "/t/\\xff"},
    {"fs.read_file", R"( path=2F742FC3A9 dev="tmpfs" ino=1)", Kind::Path, "/t/é"},
    {"fs.read_file", R"( path=2F742F612062 dev="tmpfs" ino=1)", Kind::Path, "/t/a b"},
    {"fs.read_file", R"( path="/t/100%$x" dev="tmpfs" ino=1)", Kind::Path, "/t/100%$x"},
    {"fs.read_file", R"( path="/t/a=b" dev="tmpfs" ino=1)", Kind::Path, "/t/a=b"},
    // A name that looks like hexadecimal is quoted, and stays what it is.
    {"fs.read_file", R"( path="2F61" dev="tmpfs" ino=1)", Kind::Path, "2F61"},
    {"fs.read_file", R"( path="<too_long>" dev="tmpfs" ino=1)", Kind::Path, "(path not logged)"},
    {"fs.read_file", R"( path="<no_memory>" dev="tmpfs" ino=1)", Kind::Path, "(path not logged)"},

    // What a newer kernel may add.
    {"fs.teleport", R"( path="/t/s1" dev="tmpfs" ino=3 colour=blue)", Kind::Path, "/t/s1"},
    {"net.bind_sctp", " saddr=127.0.0.1 src=1024", Kind::Network, "127.0.0.1:1024"},
    {"unknown", "", Kind::None, "-"},
};

AccessRecord access(std::string_view body) {
  auto record = parse_record(kLandlockAccessType, body);
  EXPECT_TRUE(record) << to_string(record.error()) << " of " << body;
  return record ? std::get<AccessRecord>(*record) : AccessRecord();
}

TEST(KernelFormats, EachOfTheSelftests) {
  for (const Form& form : kForms) {
    std::string body = fmt::format("{}{}{}", kDomain, form.blockers, form.object);
    AccessRecord record = access(body);
    EXPECT_EQ(record.domain, 0x1b3f5a1c7U) << body;
    EXPECT_EQ(record.blockers, form.blockers) << body;
    EXPECT_EQ(record.object.kind, form.kind) << body;
    EXPECT_EQ(describe(record.object), form.shown) << body;
  }
}

// The kernel's log has the same, behind the type and the serial number.
TEST(KernelFormats, EachOfThemInTheKernelsLog) {
  for (const Form& form : kForms) {
    std::string body = fmt::format("{}{}{}", kDomain, form.blockers, form.object);
    std::string line = "audit: type=1423 audit(1795303307.791:249): " + body;
    auto copy = parse_kernel_copy(line);
    ASSERT_TRUE(copy) << line;
    EXPECT_EQ(copy->type, kLandlockAccessType);
    EXPECT_EQ(copy->serial, 249U);
    EXPECT_EQ(access(copy->body), access(body));
  }
}

TEST(KernelFormats, NoRightIsWithoutOne) {
  std::set<std::string_view> formed;
  for (const Form& form : kForms)
    for (const Blocker& blocker : split_blockers(form.blockers)) {
      formed.insert(blocker.name);
      const landlock::Right* right = landlock::find_right(blocker.name);
      EXPECT_EQ(blocker.right, right);
      if (right && right->family == landlock::Family::Network) {
        EXPECT_EQ(form.kind, Kind::Network) << blocker.name;
      }
    }
  for (const landlock::Right& right : landlock::kRights)
    EXPECT_TRUE(formed.contains(right.name)) << right.name;
  EXPECT_TRUE(formed.contains("ptrace"));
  EXPECT_TRUE(formed.contains("fs.change_topology"));
}

TEST(KernelFormats, Domains) {
  struct {
    std::string_view body;
    DomainRecord record;
  } const forms[] = {
      {"domain=1 status=allocated mode=enforcing pid=7 uid=0 exe=\"/usr/bin/x\" comm=\"tests\"",
       {1, true, 7, "/usr/bin/x", "tests", 0}},
      {"domain=ffffffffffffffff status=allocated mode=enforcing pid=4194304 uid=4294967295 "
       "exe=2F7573722F6220696E2F78 comm=612062",
       {0xffffffffffffffff, true, 4194304, "/usr/b in/x", "a b", 0}},
      // A process without a program.
      {R"(domain=1 status=allocated mode=enforcing pid=7 uid=0 exe=(null) comm="x")",
       {1, true, 7, "", "x", 0}},
      {R"(domain=1 status=allocated mode=permissive pid=7 uid=0 exe="/x" comm="x" colour=blue)",
       {1, true, 7, "/x", "x", 0}},
      {"domain=1 status=deallocated denials=0", {1, false, 0, "", "", 0}},
      {"domain=1 status=deallocated denials=18446744073709551615",
       {1, false, 0, "", "", 18446744073709551615U}},
      // A status that no kernel has yet is not the beginning.
      {"domain=1 status=frozen", {1, false, 0, "", "", 0}},
  };
  for (const auto& form : forms) {
    auto record = parse_record(kLandlockDomainType, form.body);
    ASSERT_TRUE(record) << form.body;
    EXPECT_EQ(std::get<DomainRecord>(*record), form.record) << form.body;
  }
}

TEST(KernelFormats, NumbersThatAreTooBig) {
  for (const char* body : {
           "domain=10000000000000000 blockers=fs.read_file",
           "domain=1 blockers=fs.read_file path=\"/x\" dev=\"a\" ino=18446744073709551616",
           "domain=1 blockers=fs.ioctl_dev path=\"/x\" dev=\"a\" ino=1 ioctlcmd=0x100000000",
           "domain=1 blockers=net.bind_tcp src=65536",
           "domain=1 blockers=net.connect_tcp dest=-1",
           "domain=1 blockers=scope.signal opid=9223372036854775808 ocomm=\"x\"",
       })
    EXPECT_FALSE(parse_record(kLandlockAccessType, body)) << body;
  EXPECT_FALSE(parse_record(kLandlockDomainType,
                            "domain=1 status=deallocated denials=18446744073709551616"));
  EXPECT_FALSE(parse_record(kLandlockDomainType, "domain=1 status=allocated pid=9e9"));
  EXPECT_FALSE(parse_kernel_copy("audit: type=99999999999 audit(1.2:3): domain=1"));
  EXPECT_FALSE(parse_kernel_copy("audit: type=1423 audit(1.2:18446744073709551616): domain=1"));
}

// No kernel writes a word twice. The later one counts, whole: never half of each.
TEST(KernelFormats, TheSameWordTwice) {
  AccessRecord record = access("domain=1 domain=2 blockers=fs.read_file blockers=fs.execute "
                               "path=\"/a\" dev=\"x\" ino=1 path=\"/b\" dev=\"y\" ino=2");
  EXPECT_EQ(record.domain, 2U);
  EXPECT_EQ(record.blockers, "fs.execute");
  EXPECT_EQ(record.object.path, "/b");
  EXPECT_EQ(record.object.inode, 2U);
  record = access("domain=1 blockers=net.bind_tcp path=0061 path=\"/b\" dev=\"y\" ino=2");
  EXPECT_EQ(record.object.kind, Kind::Path);
  EXPECT_EQ(record.object.path, "/b");
}

TEST(KernelFormats, WordsThatAreNone) {
  AccessRecord record =
      access("  domain=1   nonsense blockers=fs.read_file = ==x path=\"/a\" dev=\"x\" ino=1 \"");
  EXPECT_EQ(record.blockers, "fs.read_file");
  EXPECT_EQ(record.object.path, "/a");
}

// Only in the kernel's log, whose lines end after 1024 bytes: half a path is none.
TEST(KernelFormats, ALineThatIsCutHasNoPath) {
  std::string long_path = "/t/" + std::string(2000, 'a');
  for (const std::string& path : {"\"" + long_path, std::string(2000, '4'), std::string(2001, '4'),
                                  std::string("2F61"), std::string("\"/a\"")}) {
    AccessRecord record = access(fmt::format("{}fs.read_file path={}", kDomain, path));
    EXPECT_EQ(record.object.kind, Kind::Path);
    EXPECT_EQ(describe(record.object), "(path not logged)") << path;
  }
}

// Nothing that a record holds may crash, or grow beyond the record.
TEST(KernelFormats, AnyCutOfAnyFormIsSafe) {
  for (const Form& form : kForms) {
    std::string body = fmt::format("{}{}{}", kDomain, form.blockers, form.object);
    for (std::size_t size = 0; size < body.size(); ++size)
      for (std::size_t from : {std::size_t{0}, size / 2}) {
        auto cut = parse_record(kLandlockAccessType, std::string_view(body).substr(from, size));
        if (cut) {
          EXPECT_LE(std::get<AccessRecord>(*cut).object.path.size(), body.size());
        }
      }
  }
}

} // namespace
} // namespace unitlock::journal
