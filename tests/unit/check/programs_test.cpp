// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs that would not start, and settings that do not go with Landlock.
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

TEST_F(CheckTest, AMissingProgram) {
  EXPECT_THAT(found_with("", "", "/usr/sbin/none"), ElementsAre("error missing-program 2"));
  EXPECT_THAT(found_with("", "", "-/usr/sbin/none"), ElementsAre("note missing-program 2"));
  program("/usr/sbin/b", "", 0644);
  EXPECT_THAT(found_with("", "", "/usr/sbin/b"), ElementsAre("error missing-program 2"));
  program("/usr/sbin/b", "#!/usr/bin/none\n");
  EXPECT_THAT(found_with("", "", "/usr/sbin/b"), ElementsAre("error missing-program 2"));
  EXPECT_THAT(message(), HasSubstr("its interpreter /usr/bin/none does not exist"));
}

TEST_F(CheckTest, AProgramThatThePolicyKeepsFromStarting) {
  EXPECT_THAT(found_with("", "Preset=\nDeriveFromUnit=no\n"),
              ElementsAre("error program-not-granted 2"));
  EXPECT_THAT(found_with("", "Preset=\nDeriveFromUnit=no\nExecPaths=/usr/sbin\n"), IsEmpty());
  EXPECT_THAT(found_with("", "Preset=\nDeriveFromUnit=no\nAllowPaths=execute:/usr/sbin/a\n"),
              ElementsAre("error program-not-granted 2"))
      << "the kernel opens it for reading, too";
  EXPECT_THAT(found_with("", "Preset=\nDeriveFromUnit=no\nRestrict=network\n"), IsEmpty());
}

TEST_F(CheckTest, LibrariesThatCannotBeRead) {
  // An ELF file that asks for a loader is more than a test can write by hand: a script does.
  program("/usr/lib/ld-linux.so.2", "\x7f"
                                    "ELF");
  tree_.write("/usr/lib/libc.so.6", "");
  program("/usr/sbin/b", "#!/usr/lib/ld-linux.so.2\n");
  EXPECT_THAT(found_with("", "Preset=nothing\n", "/usr/sbin/b"),
              ElementsAre("error unreadable-libraries 2"));
  EXPECT_THAT(found_with("", "", "/usr/sbin/b"), IsEmpty());
}

TEST_F(CheckTest, ProgramsThatEnvStarts) {
  program("/usr/bin/env", "");
  program("/usr/bin/python3", "");
  program("/usr/sbin/b", "#!/usr/bin/env -S python3 -u\n");
  EXPECT_THAT(found_with("", "", "/usr/sbin/b"), ElementsAre("error program-not-granted 2"));
  EXPECT_THAT(message(), HasSubstr("/usr/bin/python3"));
  EXPECT_THAT(found_with("", "ExecPaths=/usr/bin/python3\n", "/usr/sbin/b"), IsEmpty());
  EXPECT_THAT(found_with("", "", "/usr/bin/env A=b python3 x"),
              ElementsAre("error program-not-granted 2"));
  EXPECT_THAT(found_with("Environment=PATH=/opt\n", "", "/usr/sbin/b"), IsEmpty());
}

TEST_F(CheckTest, ShellsThatCanStartNothing) {
  program("/usr/bin/sh", "");
  program("/usr/sbin/b", "#!/usr/bin/sh\n");
  EXPECT_THAT(found_with("", "", "/usr/sbin/b"), ElementsAre("warning starts-others 2"));
  EXPECT_THAT(found_with("", "", "/usr/bin/sh -c 'exec /usr/sbin/a'"),
              ElementsAre("warning starts-others 2"));
  EXPECT_THAT(found_with("", "ExecPaths=/usr/sbin/a\n", "/usr/sbin/b"), IsEmpty());
}

TEST_F(CheckTest, ServicesThatMount) {
  program("/usr/bin/mount", "");
  program("/usr/bin/sh", "");
  EXPECT_THAT(found_with("", "", "/usr/bin/mount -a"), ElementsAre("warning mounts 2"));
  EXPECT_THAT(
      found_with("", "ExecPaths=/usr/bin/mount\n", "/usr/bin/sh -c 'true && exec mount -a'"),
      ElementsAre("warning mounts 2"));
  EXPECT_THAT(found_with("", "ExecPaths=/usr/bin/mount\n", "/usr/bin/sh -c 'echo mount'"),
              IsEmpty());
  EXPECT_THAT(found_with("SystemCallFilter=@system-service @mount\n", ""),
              ElementsAre("warning mounts 3"));
  EXPECT_THAT(found_with("SystemCallFilter=~@mount\n", ""), IsEmpty());
  EXPECT_THAT(found_with("MountFlags=shared\n", ""), ElementsAre("warning mounts 3"));
  EXPECT_THAT(found_with("CapabilityBoundingSet=CAP_SYS_ADMIN\n", ""),
              ElementsAre("note mounts 3"));
  EXPECT_THAT(found_with("CapabilityBoundingSet=~CAP_SYS_ADMIN\n", ""), IsEmpty());
  EXPECT_THAT(found_with("MountFlags=shared\n", "Restrict=network\n"), IsEmpty());
}

TEST_F(CheckTest, ServicesThatStartOthersOrSignalThem) {
  program("/usr/sbin/cron", "");
  program("/usr/bin/earlyoom", "");
  EXPECT_THAT(found_with("", "", "/usr/sbin/cron -f"), ElementsAre("warning starts-sessions 2"));
  EXPECT_THAT(found_with("", "", "/usr/bin/earlyoom"), ElementsAre("warning signals-others 2"));
  EXPECT_THAT(found_with("", "Scope=abstract-unix-socket\n", "/usr/bin/earlyoom"), IsEmpty());
}

TEST_F(CheckTest, UsersManagersAreMeantToStartOthers) {
  program("/usr/lib/systemd/systemd", "\x7f"
                                      "ELF");
  const std::string lines = "[Service]\nExecStart=/usr/lib/systemd/systemd --user\nUser=%i\n"
                            "[X-Landlock]\nAllowPaths=write_file:/proc\n";
  tree_.write("/etc/systemd/system/user@.service", lines);
  EXPECT_THAT(found("user@1000.service"), ElementsAre("note starts-sessions 2"));
  EXPECT_THAT(found("user@0.service"),
              ElementsAre("note starts-sessions 2", "warning powerful-grant 5"));
  tree_.write("/etc/systemd/system/other@.service", lines);
  EXPECT_THAT(found("other@1000.service"), ElementsAre("warning starts-sessions 2"));
}

TEST_F(CheckTest, ACommandThatCannotSignalTheServiceIsSaidOnce) {
  program("/usr/bin/kill", "");
  const std::string reload = "ExecReload=-/usr/bin/true\nExecReload=/usr/bin/kill $MAINPID\n";
  program("/usr/bin/true", "");
  EXPECT_THAT(found_with(reload, "Commands=reload\n"), ElementsAre("warning declaration 3"));
  EXPECT_THAT(found_with("ExecStartPre=/usr/bin/kill 1\n", "Commands=pre\n"),
              ElementsAre("warning signals-others 3"))
      << "which the declaration does not warn of";
}

TEST_F(CheckTest, SetuidGainsNothing) {
  program("/usr/bin/ping", "", 04755);
  EXPECT_THAT(found_with("User=u\n", "ExecPaths=/usr/bin/ping\n"),
              ElementsAre("warning no-new-privileges 100"));
  EXPECT_THAT(found_with("", "ExecPaths=/usr/bin/ping\n"), IsEmpty());
  EXPECT_THAT(found_with("User=root\n", "ExecPaths=/usr/bin/ping\n"), IsEmpty());
  EXPECT_THAT(found_with("User=u\nNoNewPrivileges=yes\n", "ExecPaths=/usr/bin/ping\n"), IsEmpty())
      << "it never gained anything";
  EXPECT_THAT(found_with("CapabilityBoundingSet=CAP_KILL\n", "ExecPaths=/usr/bin/ping\n"),
              ElementsAre("warning no-new-privileges 100"));
}

TEST_F(CheckTest, PidFilesThatCannotBeMade) {
  EXPECT_THAT(found_with("Type=forking\nPIDFile=/run/a.pid\n", ""),
              ElementsAre("warning pid-file 4"));
  EXPECT_THAT(found_with("Type=forking\nPIDFile=a/a.pid\nRuntimeDirectory=a\n", ""), IsEmpty());
  EXPECT_THAT(found_with("Type=forking\nPIDFile=%t/a.pid\n", "AllowPaths=write_file:-/run/a.pid\n"),
              IsEmpty());
  EXPECT_THAT(found_with("Type=simple\nPIDFile=/run/a.pid\n", ""), IsEmpty());
}

TEST_F(CheckTest, TheBusThatCannotBeReached) {
  EXPECT_THAT(found_with("Type=dbus\nBusName=org.x\n", ""), ElementsAre("warning bus-socket 4"));
  EXPECT_THAT(found_with("BusName=org.x\n", "SocketPaths=-/run/dbus\n"),
              Not(Contains(HasSubstr("bus-socket"))));
  EXPECT_THAT(found_with("BusName=org.x\n", "ABI=8\n"), IsEmpty()) << "not restricted";
}

} // namespace
} // namespace unitlock::check
