// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/sensitive.hpp"

#include <filesystem>

#include "advised_unit.hpp"

namespace unitlock::advise {
namespace {

class SensitiveTest : public AdvisedUnit {
protected:
  /// The reasons that are given for one denial.
  std::vector<std::string> concerns(const std::string& blockers, const std::string& path) {
    groups_.clear();
    denied(blockers, path);
    Advice found = advice();
    EXPECT_EQ(1U, found.suggestions.size());
    return found.suggestions.empty() ? std::vector<std::string>() : found.suggestions[0].concerns;
  }
  void is_sensitive(const std::string& blockers, const std::string& path,
                    const std::string& reason) {
    if (path.find("/dev") != 0 && path.find("/proc") != 0 && path.find("/sys") != 0 &&
        !std::filesystem::exists(tree_.directory() + path))
      tree_.write(path, "x");
    service("InaccessiblePaths=/dev /sys", "");
    EXPECT_THAT(concerns(blockers, path), Contains(HasSubstr(reason))) << blockers << " " << path;
    EXPECT_THAT(ordinary(), IsEmpty());
  }
};

TEST_F(SensitiveTest, KeysAndPasswords) {
  for (const char* path :
       {"/etc/shadow", "/etc/gshadow", "/etc/ssl/private/a.pem", "/srv/tls/server.key",
        "/etc/ssh/ssh_host_ed25519_key", "/srv/x/.ssh/known_hosts", "/srv/backup.kdbx",
        "/srv/id_ed25519", "/etc/wireguard/wg0.conf"})
    is_sensitive("fs.read_file", path, "keys, passwords");
  EXPECT_TRUE(concerns("fs.read_file", "/srv/tls/cert.pem").size() != 0 ||
              !is_secret("/srv/tls/cert.pem"));
  EXPECT_FALSE(is_secret("/srv/id_ed25519.pub"));
  EXPECT_FALSE(is_secret("/etc/hosts"));
}

TEST_F(SensitiveTest, ItsOwnKeysToo) {
  is_sensitive("fs.read_file", "/etc/a/server.key", "keys");
}

TEST_F(SensitiveTest, StateOfOtherServices) {
  tree_.write("/etc/systemd/system/b.service",
              "[Service]\nExecStart=/usr/sbin/a\nRuntimeDirectory=bees\nStateDirectory=hive\n");
  is_sensitive("fs.read_file", "/run/bees/token", "it is of b.service");
  is_sensitive("fs.read_file", "/var/lib/hive/data", "it is of b.service");
  is_sensitive("fs.read_file", "/var/lib/unknown/data", "not known to be this service's own");
  is_sensitive("fs.write_file", "/var/log/syslog", "written by others");
  tree_.write("/var/lib/a/data", "x");
  EXPECT_THAT(concerns("fs.read_file", "/var/lib/a/data"), IsEmpty());
}

TEST_F(SensitiveTest, PeoplesFiles) {
  is_sensitive("fs.read_file", "/home/anna/diary", "people's files");
  is_sensitive("fs.read_file", "/root/notes", "people's files");
}

TEST_F(SensitiveTest, TheKernelsFiles) {
  is_sensitive("fs.read_file", "/proc/sys/kernel/core_pattern", "/proc");
  is_sensitive("fs.read_file", "/sys/class/net/x", "/sys");
}

TEST_F(SensitiveTest, Devices) {
  is_sensitive("fs.read_file", "/dev/sda", "a device");
  is_sensitive("fs.write_file", "/dev/mem", "a device");
  EXPECT_THAT(concerns("fs.write_file", "/dev/null"), IsEmpty());
  tree_.make_directory("/srv/d");
  is_sensitive("fs.make_char", "/srv/d", "device node");
}

TEST_F(SensitiveTest, WhatOthersObey) {
  is_sensitive("fs.write_file", "/etc/ld.so.preload", "decides what others do");
  tree_.make_directory("/etc/cron.d");
  is_sensitive("fs.make_reg", "/etc/cron.d", "decides what others do");
  tree_.make_directory("/etc/systemd/system");
  is_sensitive("fs.make_reg", "/etc/systemd/system", "decides what others do");
}

TEST_F(SensitiveTest, ExecutablesMadeWritable) {
  is_sensitive("fs.write_file", "/usr/share/x", "programs and libraries");
  is_sensitive("fs.write_file", "/usr/sbin/a", "could write what it executes");
  tree_.write("/srv/tool", "x");
  std::filesystem::permissions(tree_.directory() + "/srv/tool", std::filesystem::perms::all);
  is_sensitive("fs.write_file", "/srv/tool", "an executable file");
}

TEST_F(SensitiveTest, WritingWhatIsExecuted) {
  tree_.write("/srv/x/tool", "x");
  service("", "ReadWritePaths=/srv/x");
  EXPECT_THAT(concerns("fs.execute", "/srv/x/tool"), Contains(HasSubstr("could write what")));
  service("", "ExecPaths=/srv/x/tool");
  EXPECT_THAT(concerns("fs.make_reg", "/srv/x"), Contains(HasSubstr("could write what")));
  service("", "");
  EXPECT_THAT(concerns("fs.execute,fs.write_file", "/srv/x/tool"),
              Contains(HasSubstr("could write what")));
}

TEST_F(SensitiveTest, ShellsAndInterpreters) {
  is_sensitive("fs.execute", "/usr/bin/dash", "shell or an interpreter");
  is_sensitive("fs.execute", "/usr/bin/python3.11", "shell or an interpreter");
  EXPECT_FALSE(is_interpreter("/usr/bin/shred"));
  EXPECT_THAT(advice().suggestions[0].evidence, testing::SizeIs(1));
  groups_.clear();
  denied("fs.execute", "/usr/bin/dash");
  EXPECT_THAT(advice().suggestions[0].signs, Contains(HasSubstr("looks like an attack")));
}

TEST_F(SensitiveTest, SocketsOfWhoDoesAnything) {
  is_sensitive("fs.resolve_unix", "/run/docker.sock", "have things done");
  is_sensitive("fs.resolve_unix", "/run/systemd/private", "have things done");
  is_sensitive("fs.resolve_unix", "/run/dbus/system_bus_socket", "root may ask");
  tree_.write("/run/mysqld/mysqld.sock", "x");
  EXPECT_THAT(concerns("fs.resolve_unix", "/run/mysqld/mysqld.sock"), IsEmpty());
}

TEST_F(SensitiveTest, ADirectoryOfManyThings) {
  tree_.make_directory("/run/systemd");
  is_sensitive("fs.read_dir", "/", "far more lies in /");
  is_sensitive("fs.make_reg", "/run", "far more lies in /run");
  tree_.make_directory("/tmp");
  is_sensitive("fs.make_reg", "/tmp", "far more lies in /tmp");
}

} // namespace
} // namespace unitlock::advise
