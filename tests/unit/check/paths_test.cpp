// SPDX-License-Identifier: LGPL-2.1-or-later
// Missing and hidden paths, rules that are lost, links that lead out.
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

TEST_F(CheckTest, ACleanDeclarationFindsNothing) {
  tree_.write("/srv/www/index.html", "");
  EXPECT_THAT(found_with("StateDirectory=a\n",
                         "ReadOnlyPaths=/srv/www\nReadWritePaths=%S/a\nConnectTCP=5432\n"),
              IsEmpty());
}

TEST_F(CheckTest, MissingPaths) {
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/srv/www\n"), ElementsAre("error missing-path 100"));
  EXPECT_THAT(message(), HasSubstr("/srv/www does not exist"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/var/lib/other\n"),
              ElementsAre("warning missing-path 100"))
      << "something may make it";
  EXPECT_THAT(found_with("ExecStartPre=/bin/mkdir /srv/www\n", "ReadOnlyPaths=/srv/www\n"),
              ElementsAre("warning missing-path 100"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=-/srv/www\n"), ElementsAre("note missing-path 100"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=%E/%p.conf\n"), ElementsAre("error missing-path 100"));
  EXPECT_THAT(message(), HasSubstr("/etc/a.conf (%E/%p.conf)"));
}

TEST_F(CheckTest, WhatIsMadeAtTheStartIsNotMissing) {
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/run/a /tmp/a /proc/self/x /sys/x /dev/x\n"),
              Not(Contains(HasSubstr("missing-path"))));
  EXPECT_THAT(found_with("StateDirectory=x/%p:link\nConfigurationDirectory=y\n",
                         "ReadOnlyPaths=%S/x %S/x/a /etc/y\n"),
              Not(Contains(HasSubstr("missing-path"))));
  EXPECT_THAT(found_with("BindReadOnlyPaths=/usr:/srv/x\n", "ReadOnlyPaths=/srv/x/y /srv\n"),
              Not(Contains(HasSubstr("missing-path"))));
}

TEST_F(CheckTest, WhatOnlyTheStartTellsIsSaid) {
  tree_.write("/etc/systemd/system/t@.service",
              "[Service]\nExecStart=/usr/sbin/a\n[X-Landlock]\nReadOnlyPaths=/srv/%i\n");
  EXPECT_THAT(found("t@.service"), ElementsAre("note unchecked 4"));
  EXPECT_THAT(found("t@x.service"), ElementsAre("error missing-path 4"));
  EXPECT_THAT(found_with("RootDirectory=/srv\n", "ReadOnlyPaths=/x\n"),
              ElementsAre("note unchecked 3"));
}

TEST_F(CheckTest, UnrestrictedFilesNeedNoPath) {
  EXPECT_THAT(found_with("", "Restrict=network\nReadOnlyPaths=/srv/www\n"),
              ElementsAre("warning without-effect 101"));
}

TEST_F(CheckTest, PathsThatTheSandboxHides) {
  tree_.make_directory("/home/u");
  tree_.make_directory("/tmp/x");
  tree_.make_directory("/srv/x");
  tree_.make_directory("/dev/snd");
  EXPECT_THAT(found_with("ProtectHome=yes\n", "ReadOnlyPaths=/home/u\n"),
              ElementsAre("error hidden-path 100"));
  EXPECT_THAT(message(), HasSubstr("ProtectHome= (/etc/systemd/system/a.service:3)"));
  EXPECT_THAT(found_with("ProtectHome=tmpfs\n", "ReadOnlyPaths=-/home/u\n"),
              ElementsAre("warning hidden-path 100"));
  EXPECT_THAT(found_with("ProtectHome=read-only\n", "ReadOnlyPaths=/home/u\n"), IsEmpty());
  EXPECT_THAT(found_with("ProtectHome=yes\nBindPaths=/home/u\n", "ReadOnlyPaths=/home/u\n"),
              Not(Contains(HasSubstr("hidden-path"))));
  EXPECT_THAT(found_with("PrivateTmp=yes\n", "ReadOnlyPaths=/tmp/x\n"),
              Contains("error hidden-path 100"));
  EXPECT_THAT(found_with("PrivateDevices=yes\n", "DevicePaths=/dev/snd /dev/null\n"),
              ElementsAre("error hidden-path 100"));
  EXPECT_THAT(found_with("TemporaryFileSystem=/srv:ro\n", "ReadOnlyPaths=/srv/x\n"),
              ElementsAre("error hidden-path 100"));
  EXPECT_THAT(found_with("InaccessiblePaths=-/srv\n", "ReadOnlyPaths=/srv/x\n"),
              ElementsAre("error hidden-path 100"));
}

TEST_F(CheckTest, PlacesThatTheSandboxCloses) {
  for (const char* place : {"/root", "/home/u", "/tmp", "/srv/x"})
    tree_.make_directory(place);
  EXPECT_THAT(found_with("ProtectHome=yes\n", "ReadOnlyPaths=/root\n"),
              ElementsAre("warning hidden-path 100"));
  EXPECT_THAT(message(), HasSubstr("the rule is on an empty directory"));
  EXPECT_THAT(found_with("InaccessiblePaths=/srv/x\n", "ReadOnlyPaths=/srv/x\n"),
              ElementsAre("warning hidden-path 100"));
  EXPECT_THAT(found_with("ProtectHome=tmpfs\nBindPaths=/home/u\n", "ReadOnlyPaths=/home\n"),
              Not(Contains(HasSubstr("hidden-path"))));
  // Those are the service's own.
  EXPECT_THAT(
      found_with("PrivateTmp=yes\nTemporaryFileSystem=/srv/x\n", "ReadOnlyPaths=/tmp /srv/x\n"),
      Not(Contains(HasSubstr("hidden-path"))));
}

TEST_F(CheckTest, FilesThatAreReplaced) {
  tree_.write("/etc/a.conf", "");
  tree_.write("/usr/share/a/data", "");
  tree_.write("/var/log/a.log", "");
  tree_.write("/var/lib/b/data", "");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/etc/a.conf\n"),
              ElementsAre("warning replaced-file 100"));
  EXPECT_EQ(findings().front().hint, "restart the service when the file was replaced; if that will "
                                     "do, write AllowPaths=read_file:/etc/a.conf")
      << "and not to grant all of /etc";
  tree_.write("/etc/a/a.conf", "");
  found_with("", "ReadOnlyPaths=/etc/a/a.conf\n");
  EXPECT_EQ(findings().front().hint, "grant the directory /etc/a, or, if a restart will do, write "
                                     "AllowPaths=read_file:/etc/a/a.conf");
  EXPECT_THAT(found_with("", "AllowPaths=read_file:/etc/a.conf\n"), IsEmpty()) << "said on purpose";
  EXPECT_THAT(found_with("", "ReadWritePaths=/var/log/a.log\n"),
              ElementsAre("warning replaced-file 100"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/usr/share/a/data /var/lib/b/data\n"), IsEmpty());
  EXPECT_THAT(found_with("", "ReadOnlyPaths=-/etc/resolv.conf\n"),
              Contains("warning replaced-file 100"))
      << "not there yet";
  found_with("", "ReadWritePaths=/var/log/a.log\n");
  EXPECT_THAT(findings().front().hint, Not(HasSubstr("directory")));
}

TEST_F(CheckTest, FilesInProc) {
  tree_.write("/proc/meminfo", "");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/proc/meminfo\n"),
              ElementsAre("warning proc-file 100"));
  EXPECT_THAT(found_with("", "AllowPaths=read_file:/proc/meminfo\n"), IsEmpty());
}

TEST_F(CheckTest, TheServicesOwnProcess) {
  tree_.link("/etc/mtab", "../proc/self/mounts");
  for (const char* path :
       {"/proc/self", "/proc/thread-self/fd", "/dev/stdin", "/dev/fd", "/etc/mtab"})
    EXPECT_THAT(found_with("", fmt::format("ReadOnlyPaths=-{}\n", path)),
                Contains("warning own-process 100"))
        << path;
  EXPECT_THAT(found_with("", "AllowPaths=read_file:-/proc/self/maps\n"), IsEmpty());
  EXPECT_THAT(found_with("Type=forking\n", "AllowPaths=read_file:-/proc/self/maps\n"),
              ElementsAre("warning own-process 100"));
  EXPECT_THAT(found_with("", "AllowPaths=read_file:-/proc/1/cmdline\n"), IsEmpty());
  EXPECT_THAT(found_with("", "AllowPaths=read_file:-/proc/4711/maps\n"),
              ElementsAre("warning own-process 100"));
}

TEST_F(CheckTest, LinksThatLeadOut) {
  tree_.write("/srv/private/payroll", "");
  tree_.write("/srv/www/page", "");
  tree_.link("/srv/www/inside", "page");
  tree_.link("/srv/www/nowhere", "/srv/nothing");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/srv/www\n"), IsEmpty());
  tree_.link("/srv/www/deep/er/payroll", "/srv/private/payroll");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/srv/www\n"),
              ElementsAre("warning linked-outside 100"));
  EXPECT_THAT(message(), HasSubstr("/srv/www/deep/er/payroll → /srv/private/payroll"));
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/srv/www /srv/private\n"), IsEmpty());
  EXPECT_THAT(found_with("", "AllowPaths=write_file:/srv/www\n"), IsEmpty());
}

TEST_F(CheckTest, ManyLinksAreNotAllLookedAt) {
  for (int i = 0; i < 5001; ++i)
    tree_.write(fmt::format("/srv/www/{}", i), "");
  EXPECT_THAT(found_with("", "ReadOnlyPaths=/srv/www\n"), ElementsAre("note unchecked 100"));
}

} // namespace
} // namespace unitlock::check
