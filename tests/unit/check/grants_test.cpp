// SPDX-License-Identifier: LGPL-2.1-or-later
// Grants that overlap, and grants that are powerful.
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

TEST_F(CheckTest, RedundantPaths) {
  tree_.make_directory("/usr/lib/a");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/usr/lib/a\n"),
              ElementsAre("note redundant-grant 100"));
  EXPECT_THAT(message(), HasSubstr("/usr/lib (preset runtime "));
  EXPECT_THAT(found_with("", "Preset=nothing\nReadOnlyPaths=/usr/lib/a\n"), IsEmpty());
}

TEST_F(CheckTest, ReadOnlyProtectsNothing) {
  tree_.make_directory("/var/lib/b/keep");
  EXPECT_THAT(found_with("", "ReadWritePaths=/var/lib/b\nReadOnlyPaths=/var/lib/b/keep\n"),
              ElementsAre("warning takes-nothing-away 101"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/var/lib/b\nReadWritePaths=/var/lib/b/keep\n"),
              IsEmpty());
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/var/lib/b\nReadWritePaths=/var/lib/b\n"),
              ElementsAre("warning takes-nothing-away 100"));
}

TEST_F(CheckTest, OfADirectiveThatGrantsIsTold) {
  tree_.make_directory("/opt/a");
  EXPECT_THAT(found_with("", "AllowPaths=read_dir:/opt/a\nAllowPaths=write_file:/opt/a\n"
                             "ExecPaths=/opt/a\n"),
              ElementsAre("note redundant-grant 100", "warning writable-program 101"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/opt/b\nReadWritePaths=/opt/b\n"),
              Contains("error missing-path 100"))
      << "and a path that is missing, once";
}

TEST_F(CheckTest, ExpectationsThatNoDenialMeets) {
  tree_.make_directory("/srv/a");
  tree_.write("/srv/a/file", "");
  tree_.link("/srv/link", "a");
  EXPECT_THAT(found_with("", "QuietPaths=remove_file,make_reg:/srv/a read_file:/srv/a/file\n"),
              IsEmpty());
  EXPECT_THAT(found_with("", "QuietPaths=remove_file:/run/comes\n"), IsEmpty());
  EXPECT_THAT(found_with("", "QuietPaths=remove_file:/srv/a\nReadWritePaths=/srv/a\n"),
              ElementsAre("note without-effect 100"));
  EXPECT_THAT(found_with("", "QuietPaths=remove_file:/srv/a/file\n"),
              ElementsAre("warning without-effect 100"));
  EXPECT_THAT(message(), HasSubstr("a denial of remove_file names the directory"));
  EXPECT_THAT(found_with("", "QuietPaths=read_file,make_reg:/srv/a\n"),
              ElementsAre("warning without-effect 100"));
  EXPECT_THAT(message(), HasSubstr("a denial of read_file names the file"));
  EXPECT_THAT(found_with("", "QuietPaths=make_reg:/srv/link\n"),
              ElementsAre("warning without-effect 100"));
}

TEST_F(CheckTest, RedundantPorts) {
  EXPECT_THAT(found_with("", "ConnectTCP=8000-8080\nConnectTCP=8010\n"),
              ElementsAre("note redundant-grant 101"));
  EXPECT_THAT(found_with("", "ConnectTCP=any\nConnectTCP=80\n"),
              Contains("note redundant-grant 101"));
  EXPECT_THAT(found_with("", "ConnectTCP=8000-8080\nBindTCP=8010\n"), IsEmpty());
}

TEST_F(CheckTest, GrantsOfWhatIsNotRestricted) {
  EXPECT_THAT(found_with("", "Restrict=filesystem\nConnectTCP=80\n"),
              ElementsAre("warning without-effect 101"));
  EXPECT_THAT(found_with("", "Restrict=filesystem\nScope=signal\n"),
              ElementsAre("warning without-effect 101"));
  EXPECT_THAT(found_with("", "Restrict=filesystem\nConnectTCP=any\n"), IsEmpty())
      << "all of it is open, as it reads";
  EXPECT_THAT(found_with("", "ABI=6\nScope=signal\n"), IsEmpty());
  EXPECT_THAT(found_with("", "ABI=9\nQuietPaths=/usr\n"), IsEmpty()) << "the kernel's ABI counts";
  kernel_abi_ = 9;
  EXPECT_THAT(found_with("", "QuietPaths=/usr\n"), ElementsAre("note without-effect 100"));
}

TEST_F(CheckTest, GrantsOfWhatAbiLeavesOpen) {
  EXPECT_THAT(found_with("", "ABI=3\nBindTCP=80 443\n"), ElementsAre("warning without-effect 101"));
  EXPECT_EQ(message(), "BindTCP= limits nothing: ABI=3 does not restrict net.bind_tcp, and all of "
                       "it is open; ABI 4 is the first that can");
  EXPECT_EQ(findings().front().hint, "raise ABI= to 4 or newer, or remove it");
  EXPECT_THAT(found_with("", "ABI=4\nBindTCP=80\n"), IsEmpty());
  EXPECT_THAT(found_with("", "ABI=9\nConnectUDP=53\n"), ElementsAre("warning without-effect 101"));
  EXPECT_THAT(message(), HasSubstr("restrict net.connect_send_udp, and all of it is open; ABI 10"));
  tree_.make_directory("/srv/sock");
  EXPECT_THAT(found_with("", "ABI=8\nSocketPaths=/srv/sock\n"),
              ElementsAre("warning without-effect 101"));
  EXPECT_THAT(message(), HasSubstr("restrict fs.resolve_unix, and all of it is open; ABI 9"));
  EXPECT_THAT(found_with("", "ABI=5\nScope=signal\n"), ElementsAre("warning without-effect 101"));
  EXPECT_THAT(message(), HasSubstr("restrict scope.signal, and all of it is open; ABI 6"));
  EXPECT_THAT(found_with("", "ABI=4\nAllowPaths=ioctl_dev,resolve_unix:/srv/sock\n"),
              ElementsAre("warning without-effect 101"));
  EXPECT_THAT(message(), HasSubstr("ABI 9 is the first"));
  EXPECT_THAT(found_with("", "ABI=3\nBindTCP=any\n"), IsEmpty())
      << "all of it is open, as it reads";
  EXPECT_THAT(found_with("", "ABI=5\n"), IsEmpty()) << "nothing is said of scopes";
}

TEST_F(CheckTest, StrictnessThatThisKernelCannotSatisfy) {
  EXPECT_THAT(found_with("", "Compatibility=strict\n"), IsEmpty());
  kernel_abi_ = 7;
  EXPECT_THAT(found_with("", "ABI=7\nCompatibility=strict\n"), IsEmpty());
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/usr\n"), IsEmpty());
  EXPECT_THAT(found_with("", "Restrict=scope\nCompatibility=strict\n"), IsEmpty());
  EXPECT_THAT(found_with("", "Mode=permissive\nCompatibility=strict\n"),
              Not(Contains(HasSubstr("refused"))));
  EXPECT_THAT(found_with("", "ABI=9\nCompatibility=strict\n"), ElementsAre("warning refused 101"));
  kernel_abi_ = 0;
  EXPECT_THAT(found_with("", "ABI=1\nCompatibility=strict\n"), ElementsAre("warning refused 101"));
}

TEST_F(CheckTest, WritablePrograms) {
  tree_.make_directory("/opt/a/lib");
  program("/opt/a/bin/a", "\x7f"
                          "ELF");
  EXPECT_THAT(found_with("", "ReadWritePaths=/opt/a\n", "/opt/a/bin/a"),
              ElementsAre("warning writable-program 100"));
  EXPECT_THAT(message(), HasSubstr("/opt/a/bin/a can be written (ReadWritePaths=) and executed "
                                   "(derived from ExecStart=)"));
  EXPECT_THAT(found_with("", "ReadWritePaths=/opt/a/lib\nExecPaths=/opt/a\n", "/opt/a/bin/a"),
              ElementsAre("warning writable-program 100"));
  EXPECT_THAT(found_with("", "AllowPaths=execute,write_file:/opt/a/lib\n"),
              ElementsAre("warning writable-program 100"));
  EXPECT_THAT(found_with("", "ReadWritePaths=/opt/a/lib\n", "/opt/a/bin/a"), IsEmpty());
  EXPECT_THAT(found_with("ReadWritePaths=/opt/a\n", "", "/opt/a/bin/a"),
              ElementsAre("note writable-program 2"))
      << "the unit says so itself";
  EXPECT_THAT(found_with("", "DevicePaths=-/dev/null\nExecPaths=/dev\n"),
              Not(Contains(HasSubstr("writable-program"))))
      << "nobody can execute a device";
}

TEST_F(CheckTest, WritingWhatOthersObey) {
  for (const char* path : {"/etc", "/etc/systemd/system", "/usr/lib/systemd", "/etc/cron.d", "/"}) {
    tree_.make_directory(path);
    EXPECT_THAT(found_with("", fmt::format("ReadWritePaths={}\n", path)),
                Contains("warning powerful-grant 100"))
        << path;
  }
  tree_.make_directory("/etc/a");
  EXPECT_THAT(found_with("", "ReadWritePaths=/etc/a\n"), IsEmpty());
  EXPECT_THAT(found_with("ReadWritePaths=/etc/cron.d\n", ""), ElementsAre("note powerful-grant 3"));
}

TEST_F(CheckTest, ALinkedUnitThatCanRewriteItself) {
  tree_.write("/opt/a/a2.service",
              "[Service]\nExecStart=/usr/sbin/a\n[X-Landlock]\nReadWritePaths=/opt/a\n");
  tree_.link("/etc/systemd/system/a2.service", "/opt/a/a2.service");
  EXPECT_THAT(found("a2.service"), ElementsAre("warning powerful-grant 4"));
}

TEST_F(CheckTest, PowerfulSockets) {
  tree_.write("/run/docker.sock", "");
  EXPECT_THAT(found_with("", "SocketPaths=/run/docker.sock\n"),
              Contains("warning powerful-grant 100"));
  EXPECT_THAT(found_with("", "SocketPaths=/run\n"), ElementsAre("warning powerful-grant 100"));
  tree_.make_directory("/run/postgresql");
  EXPECT_THAT(found_with("", "SocketPaths=/run/postgresql\n"), IsEmpty());
}

TEST_F(CheckTest, BroadGrants) {
  tree_.make_directory("/var");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/\n"), Contains("warning broad-grant 100"));
  tree_.make_directory("/etc");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/etc\n"), ElementsAre("warning broad-grant 100"));
  EXPECT_THAT(message(), HasSubstr("/etc/shadow"));
  EXPECT_THAT(found_with("User=u\n", "ReadOnlyPaths=/etc\n"), ElementsAre("note broad-grant 100"));
  tree_.make_directory("/home");
  EXPECT_THAT(found_with("", "ReadWritePaths=/home\n"), ElementsAre("warning broad-grant 100"));
}

TEST_F(CheckTest, DevicesThatAreNone) {
  tree_.make_directory("/srv/x");
  tree_.write("/srv/y", "");
  tree_.make_directory("/dev/snd");
  EXPECT_THAT(found_with("", "DevicePaths=/srv/x\n"), ElementsAre("warning wrong-kind 100"));
  EXPECT_THAT(found_with("", "SocketPaths=/srv/y\n"), ElementsAre("warning wrong-kind 100"));
  EXPECT_THAT(found_with("", "DevicePaths=/dev/snd\n"), IsEmpty());
}

} // namespace
} // namespace unitlock::check
