// SPDX-License-Identifier: LGPL-2.1-or-later
// What Landlock does not restrict, by what the unit's other settings close of it.
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

class BeyondTest : public CheckTest {
protected:
  /// What is left open, as it is said.
  std::vector<std::string> said(const std::string& lines, const std::string& declaration = "") {
    beyond_.clear();
    service(lines, declaration);
    findings();
    std::vector<std::string> items;
    std::string_view rest = beyond_, begin = "Landlock does not restrict ";
    rest.remove_prefix(rest.starts_with(begin) ? begin.size() : 0);
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find("; "), rest.size());
      items.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return items;
  }
  /// In short, with the places where it is not true of all: "attributes looks: /etc protocols".
  std::string open(const std::string& lines, const std::string& declaration = "") {
    const std::pair<std::string_view, const char*> kinds[] = {
        {"changing modes", "attributes"},
        {"seeing which files", "looks"},
        {"MPTCP", "protocols"},
        {"sockets that are neither", "families"},
        {"sockets of ", "listed"},
        {"TCP on", "tcp"},
        {"UDP on", "udp"},
        {"connecting to UNIX", "unix"},
        {"what is open already", "inherits"}};
    std::string words;
    for (const std::string& item : said(lines, declaration))
      for (const auto& [text, word] : kinds)
        if (item.starts_with(text)) {
          words += std::string(words.empty() ? "" : " ") + word;
          if (std::size_t place = item.find(" in /"); place != std::string::npos)
            words += ":" + item.substr(place + 3);
        }
    return words;
  }
};

const std::string kNoNetwork = "RestrictAddressFamilies=AF_UNIX\n";
const std::string kNoSharedMemory =
    "TemporaryFileSystem=/dev/shm\nInaccessiblePaths=/dev/hugepages /dev/mqueue /dev/pts\n";

TEST_F(BeyondTest, AttributesOfWhatIsNotReadOnly) {
  EXPECT_EQ(open(kNoNetwork), "attributes looks");
  EXPECT_EQ(open(kNoNetwork + "ProtectSystem=strict\n"),
            "attributes: /dev, /home, /root, /run/user, /sys looks");
  EXPECT_EQ(open(kNoNetwork + "ProtectSystem=full\n"),
            "attributes: /dev, /home, /mnt, /opt, /root, /run, /srv, /sys, /tmp, /var looks");
  EXPECT_EQ(open(kNoNetwork + "ProtectSystem=strict\nReadWritePaths=/var /srv\n",
                 "DeriveFromUnit=no\nExecPaths=/usr/sbin/a\n"),
            "attributes: /dev, /home, /root, /run/user, /srv, /sys, /var looks");
  EXPECT_EQ(open(kNoNetwork + "ReadOnlyPaths=/usr -/\n"), "looks");
  const std::string strict =
      kNoNetwork + "ProtectSystem=strict\nProtectHome=read-only\nProtectKernelTunables=yes\n";
  EXPECT_EQ(open(strict + "PrivateDevices=yes\n"),
            "attributes: /dev/hugepages, /dev/mqueue, /dev/pts, /dev/shm, /run, /sys/fs/cgroup "
            "looks");
  EXPECT_EQ(open(strict + "PrivateDevices=yes\nProtectControlGroups=yes\nReadOnlyPaths=/run\n" +
                 kNoSharedMemory),
            "looks: /etc, /home, /mnt, /opt, /root, /run, /srv, /tmp, /var");
  EXPECT_EQ(open(kNoNetwork + "DynamicUser=yes\n"),
            "attributes: /dev, /sys looks: /dev/shm, /etc, /home, /mnt, /opt, /root, /run, /srv, "
            "/var");
}

TEST_F(BeyondTest, ANetworkOfItsOwnBringsTheKernelsFiles) {
  EXPECT_EQ(open(kNoNetwork + "ReadOnlyPaths=/\nPrivateNetwork=yes\n"), "attributes: /sys looks");
  EXPECT_EQ(open(kNoNetwork + "TemporaryFileSystem=/:ro\n"), "");
  EXPECT_EQ(open(kNoNetwork + "TemporaryFileSystem=/:ro\nPrivateNetwork=yes\n"),
            "attributes: /sys");
  EXPECT_EQ(open(kNoNetwork + "TemporaryFileSystem=/:ro\nPrivateNetwork=yes\n"
                              "ProtectKernelTunables=yes\nProtectControlGroups=yes\n"),
            "");
  EXPECT_EQ(open(kNoNetwork + "TemporaryFileSystem=/:ro\nMountAPIVFS=yes\n"),
            "attributes: /dev, /sys looks: /dev/shm");
}

TEST_F(BeyondTest, WhatMayBeWrittenMayBeChanged) {
  EXPECT_EQ(open(kNoNetwork + "ProtectSystem=strict\nReadWritePaths=/srv\n"),
            "attributes: /dev, /home, /root, /run/user, /sys looks: /dev/shm, /etc, /home, /mnt, "
            "/opt, /root, /run, /tmp, /var");
}

TEST_F(BeyondTest, DirectoriesOfTheAdministratorsOwn) {
  tree_.make_directory("/data");
  tree_.link("/bin", "usr/bin");
  const std::string kept = kNoNetwork +
                           "ProtectSystem=full\nPrivateTmp=yes\n"
                           "ReadOnlyPaths=/dev /home /root /mnt /opt /run /srv /sys /var\n";
  const std::string looks =
      "looks: /dev/shm, /etc, /home, /mnt, /opt, /root, /run, /srv, /var, /data";
  EXPECT_EQ(open(kept), "attributes: /data " + looks);
  EXPECT_EQ(open(kept + "ReadOnlyPaths=/data\n"), looks);
}

TEST_F(BeyondTest, WhatIsItsOwnStaysWritable) {
  const std::string kept = kNoNetwork + "ReadOnlyPaths=/\n";
  EXPECT_EQ(open(kept + "StateDirectory=a\n"), "looks") << "granted";
  EXPECT_EQ(open(kept + "StateDirectory=a\n", "DeriveFromUnit=no\nExecPaths=/usr/sbin/a\n"),
            "attributes: /var/lib/a looks");
}

TEST_F(BeyondTest, ARootOfItsOwn) {
  const std::string root = kNoNetwork + "RootDirectory=/srv/root\n";
  EXPECT_EQ(open(root), "attributes: /dev, /sys, its own root (RootDirectory=) looks: /dev/shm");
  EXPECT_EQ(open(root + "MountAPIVFS=no\nReadOnlyPaths=+/\n"), "");
  EXPECT_EQ(open(root + "MountAPIVFS=no\nProtectSystem=strict\n"), "");
  EXPECT_THAT(said(root + "MountAPIVFS=no\nReadOnlyPaths=/\n"),
              ElementsAre(testing::EndsWith("could not open in its own root (RootDirectory=)")))
      << "that is the host's";
}

TEST_F(BeyondTest, RawSocketsNeedACapability) {
  const std::string closed = "TemporaryFileSystem=/:ro\nRestrictAddressFamilies=AF_INET\n";
  const char* kWithout = "MPTCP and SCTP on any port";
  const char* kWith = "MPTCP, SCTP and raw sockets on any port";
  EXPECT_THAT(said(closed + "CapabilityBoundingSet=~CAP_NET_RAW\n"), ElementsAre(kWithout));
  EXPECT_THAT(said(closed + "CapabilityBoundingSet=\n"), ElementsAre(kWithout));
  EXPECT_THAT(said(closed + "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=CAP_NET_RAW\n"),
              ElementsAre(kWith));
  EXPECT_THAT(said(closed + "User=nobody\n"), ElementsAre(kWithout));
  EXPECT_THAT(said(closed + "User=nobody\nAmbientCapabilities=CAP_NET_RAW\n"), ElementsAre(kWith));
}

TEST_F(BeyondTest, NamesOfWhatIsNotHidden) {
  const std::string strict = kNoNetwork + "ReadOnlyPaths=/\n";
  EXPECT_EQ(open(strict), "looks");
  EXPECT_EQ(open(strict + "ProtectHome=yes\n"),
            "looks: /dev/shm, /etc, /mnt, /opt, /run, /srv, /tmp, /var");
  EXPECT_EQ(open(strict + "ProtectHome=read-only\n"), "looks");
  EXPECT_EQ(open(strict + "InaccessiblePaths=/home/a\nTemporaryFileSystem=/opt/x\n"), "looks");
  EXPECT_EQ(open(strict + "InaccessiblePaths=-/home /root /mnt\nPrivateTmp=yes\n"),
            "looks: /dev/shm, /etc, /opt, /run, /srv, /var");
  EXPECT_EQ(open(strict + "TemporaryFileSystem=/:ro\n"), "");
  EXPECT_EQ(open(strict + "TemporaryFileSystem=/:ro\nBindReadOnlyPaths=/usr /var\n",
                 "DeriveFromUnit=no\nExecPaths=/usr/sbin/a\n"),
            "looks: /var");
  EXPECT_EQ(open(strict + "TemporaryFileSystem=%S\n"), "looks") << "/var/lib is not /var";
  EXPECT_EQ(open(strict + "TemporaryFileSystem=/%H\n"), "looks") << "who knows what that is";
  EXPECT_EQ(open(strict, "ReadOnlyPaths=/srv\n"),
            "looks: /dev/shm, /etc, /home, /mnt, /opt, /root, /run, /tmp, /var");
}

TEST_F(BeyondTest, ProtocolsWhereThereIsInternet) {
  const std::string files = "TemporaryFileSystem=/:ro\n";
  EXPECT_EQ(open(files), "protocols families");
  EXPECT_EQ(open(files + "IPAddressDeny=any\nIPAddressAllow=localhost\n"), "families");
  EXPECT_EQ(open(files + "IPAddressDeny=0.0.0.0/0 ::/0\n"), "families");
  EXPECT_EQ(open(files + "IPAddressDeny=10.0.0.0/8\n"), "protocols families");
  EXPECT_EQ(open(files + "IPAddressDeny=any\nIPAddressAllow=any\n"), "protocols families");
  EXPECT_EQ(open(files + "PrivateNetwork=yes\n"), "attributes: /sys families");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=AF_INET AF_UNIX\n"), "protocols");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=AF_UNIX\n"), "");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=none\n"), "");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=~none\n"), "protocols families");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=af_inet AF_UNIX\n"), "protocols");
  EXPECT_EQ(open(files + "RestrictAddressFamilies=none\nRestrictAddressFamilies=~AF_PACKET\n"),
            "protocols families");
}

TEST_F(BeyondTest, FamiliesThatAreListed) {
  const std::string rest = "TemporaryFileSystem=/:ro\nIPAddressDeny=any\n";
  EXPECT_EQ(open(rest + "RestrictAddressFamilies=~AF_PACKET\n"), "families");
  EXPECT_THAT(said(rest + "RestrictAddressFamilies=AF_UNIX AF_PACKET AF_INET AF_NETLINK\n"),
              ElementsAre("sockets of AF_NETLINK, AF_PACKET"));
  EXPECT_EQ(open(rest + "RestrictAddressFamilies=AF_UNIX AF_PACKET\n"
                        "RestrictAddressFamilies=~AF_PACKET\n"),
            "");
}

TEST_F(BeyondTest, WhatTheAbiLacks) {
  const std::string closed = "TemporaryFileSystem=/:ro\nRestrictAddressFamilies=AF_INET AF_UNIX\n";
  EXPECT_THAT(said(closed, "ABI=3\n"),
              ElementsAre("MPTCP, SCTP and raw sockets on any port",
                          "TCP on any port before ABI 4 (the policy has ABI=3)",
                          "UDP on any port before ABI 10 (the policy has ABI=3)"));
  EXPECT_EQ(open(closed, "ABI=9\n"), "protocols udp");
  EXPECT_EQ(open(closed + "IPAddressDeny=any\n", "ABI=3\n"), "");
  EXPECT_EQ(open(closed, "ABI=9\nConnectUDP=any\nBindUDP=any\n"), "protocols");
  const std::string seen = "ReadOnlyPaths=/\n";
  EXPECT_EQ(open(seen, "ABI=9\nRestrict=filesystem\n"), "looks");
  EXPECT_EQ(open(seen, "ABI=8\nRestrict=filesystem\n"), "looks unix");
  EXPECT_EQ(open(seen + "RestrictAddressFamilies=AF_INET\n", "ABI=8\nRestrict=filesystem\n"),
            "looks");
  kernel_abi_ = 7;
  EXPECT_THAT(
      said(seen + kNoNetwork, "ReadOnlyPaths=/\n"),
      ElementsAre("connecting to UNIX sockets by their paths before ABI 9 (this kernel has 7)"));
  EXPECT_EQ(open(closed), "protocols udp");
}

TEST_F(BeyondTest, DescriptorsThatAreGiven) {
  const std::string closed = "TemporaryFileSystem=/:ro\n" + kNoNetwork;
  EXPECT_EQ(open(closed), "");
  EXPECT_EQ(open(closed + "StandardInput=null\nStandardOutput=journal\nFileDescriptorStoreMax=0\n"),
            "");
  EXPECT_THAT(said(closed + "OpenFile=/etc/shadow:shadow:read-only\nStandardError=append:/srv/log\n"
                            "FileDescriptorStoreMax=3\nSockets=b.socket\n"),
              ElementsAre("what is open already when it starts (OpenFile=, "
                          "StandardError=append:/srv/log, FileDescriptorStoreMax=, b.socket)"));
  tree_.write("/usr/lib/systemd/system/a.socket", "[Socket]\nListenStream=80\n");
  EXPECT_THAT(said(closed), ElementsAre("what is open already when it starts (a.socket)"));
  tree_.link("/etc/systemd/system/a.socket", "/dev/null");
  EXPECT_EQ(open(closed), "");
}

TEST_F(BeyondTest, OnlyWhatIsRestrictedIsToBeClosed) {
  EXPECT_EQ(open("", "Restrict=network\n"), "protocols families");
  EXPECT_EQ(open("", "Restrict=filesystem\n"), "attributes looks");
  EXPECT_EQ(open("", "Mode=off\n"), "");
  EXPECT_EQ(open("AppArmorProfile=x\n"), "");
}

} // namespace
} // namespace unitlock::check
