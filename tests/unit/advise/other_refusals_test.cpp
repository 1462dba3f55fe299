// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/other_refusals.hpp"

#include <sys/stat.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock::advise {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Node node(mode_t mode, uid_t uid = 0, gid_t gid = 0) {
  Node made;
  made.state = Node::State::There;
  made.mode = mode;
  made.uid = uid;
  made.gid = gid;
  return made;
}

constexpr mode_t kDirectory = S_IFDIR | 0755;

class OtherRefusalsTest : public testing::Test {
protected:
  void service(const std::string& lines) {
    unit_ = Unit();
    unit_.name = "a.service";
    unit_.add(parse_unit_file("/a", "[Service]\n" + lines));
    way_.clear();
    target_.reset();
    is_running_view_ = false;
  }
  /// Of a path below two directories that anybody may go through.
  void at(const std::string& path, const Node& last) {
    way_ = {{"/", node(kDirectory)}, {"/srv", node(kDirectory)}, {path, last}};
  }
  /// "ProtectSystem=strict refuses", "the permissions of /x may"
  std::vector<std::string> refusals(const char* right, std::uint16_t port = 0) {
    Question question;
    question.name = right;
    question.right = landlock::find_right(right);
    question.path = way_.empty() ? "" : way_.back().first;
    question.port = port;
    std::vector<std::string> found;
    for (const OtherRefusal& other : other_refusals(
             question, {unit_, RuntimeScope::System, identity_, way_, target_, is_running_view_}))
      found.push_back(fmt::format("{} {}", other.by, other.certain ? "refuses" : "may"));
    return found;
  }

  static Identity user(uid_t uid, gid_t gid) { return {uid, gid, {}, 0, "User=web", {}}; }
  static Identity root() { return {0, 0, {}, ~std::uint64_t{0}, "root", {}}; }

  Unit unit_;
  std::optional<Identity> identity_;
  std::vector<PathNode> way_;
  std::optional<Node> target_;
  bool is_running_view_ = false;
};

TEST_F(OtherRefusalsTest, Permissions) {
  identity_ = user(33, 33);
  service("");
  at("/srv/f", node(S_IFREG | 0600));
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("the permissions of /srv/f refuses"));
  at("/srv/f", node(S_IFREG | 0640, 0, 33));
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("the permissions of /srv/f refuses"));
  at("/srv/f", node(S_IFREG | 0077, 33, 33));
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("the permissions of /srv/f refuses"))
      << "the owner's bits count for the owner";
  at("/srv/f", node(S_IFREG | 0644));
  way_[1].second = node(S_IFDIR | 0750);
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("the permissions of /srv refuses"));
  Node listed = node(S_IFREG | 0600);
  listed.has_acl = true;
  at("/srv/f", listed);
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("the permissions of /srv/f may"));
}

TEST_F(OtherRefusalsTest, DirectoriesThatSystemdGivesToTheUser) {
  identity_ = user(33, 33);
  service("StateDirectory=web web/%p\nLogsDirectory=weblogs:alias\n");
  at("/var/lib/web", node(S_IFDIR | 0755));
  EXPECT_THAT(refusals("fs.make_reg"), ElementsAre("the permissions of /var/lib/web may"));
  at("/var/log/weblogs", node(S_IFDIR | 0755));
  EXPECT_THAT(refusals("fs.make_reg"), ElementsAre("the permissions of /var/log/weblogs may"));
  at("/var/lib/website", node(S_IFDIR | 0755));
  EXPECT_THAT(refusals("fs.make_reg"), ElementsAre("the permissions of /var/lib/website refuses"));
  is_running_view_ = true;
  at("/var/lib/web", node(S_IFDIR | 0755));
  EXPECT_THAT(refusals("fs.make_reg"), ElementsAre("the permissions of /var/lib/web refuses"));
}

TEST_F(OtherRefusalsTest, Capabilities) {
  identity_ = root();
  service("");
  at("/srv/f", node(S_IFREG | 0000, 33, 33));
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  EXPECT_THAT(refusals("fs.execute"), ElementsAre("the permissions of /srv/f refuses"))
      << "nobody may execute what nobody may execute";
  identity_->capabilities = 0;
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("the permissions of /srv/f refuses"));
  identity_->capabilities = std::uint64_t{1} << kCapDacReadSearch;
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("the permissions of /srv/f refuses"));
  at("/srv", node(kDirectory));
  EXPECT_THAT(refusals("fs.make_char"), ElementsAre("CAP_MKNOD refuses"));
}

TEST_F(OtherRefusalsTest, StickyBit) {
  identity_ = user(33, 33);
  service("");
  at("/srv/tmp", node(S_IFDIR | 01777));
  target_ = node(S_IFREG | 0666);
  EXPECT_THAT(refusals("fs.remove_file"), ElementsAre("the sticky bit of /srv/tmp refuses"));
  target_ = node(S_IFREG | 0666, 33, 33);
  EXPECT_THAT(refusals("fs.remove_file"), IsEmpty());
}

TEST_F(OtherRefusalsTest, ReadOnlySettings) {
  service("ProtectSystem=strict\nStateDirectory=a\nReadWritePaths=/srv/rw\n");
  at("/srv/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("ProtectSystem=strict refuses"));
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  at("/srv/rw/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.write_file"), IsEmpty());
  at("/var/lib/a/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.write_file"), IsEmpty());
  at("/dev/null", node(S_IFCHR | 0666));
  EXPECT_THAT(refusals("fs.write_file"), IsEmpty());
  service("ProtectSystem=full\n");
  at("/etc/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("ProtectSystem=full refuses"));
  service("ProtectSystem=yes\n");
  at("/etc/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.write_file"), IsEmpty());
  service("ReadWritePaths=/srv\nReadOnlyPaths=/srv/f\n");
  at("/srv/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.truncate"), ElementsAre("ReadOnlyPaths=/srv/f refuses"));
}

TEST_F(OtherRefusalsTest, TheInnermostMountCountsButNotBelowWhatIsOutOfReach) {
  service("InaccessiblePaths=/srv/x\nReadWritePaths=/srv/x/y\n");
  at("/srv/x/y", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("InaccessiblePaths=/srv/x refuses"));
  service("ProtectHome=yes\n");
  at("/home/a", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("ProtectHome=yes refuses"));
  service("ProtectHome=read-only\n");
  at("/home/a", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("ProtectHome=read-only refuses"));
}

TEST_F(OtherRefusalsTest, Mounts) {
  service("");
  Node mounted = node(S_IFREG | 0777);
  mounted.read_only = mounted.no_exec = true;
  at("/srv/f", mounted);
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("the mount of /srv/f refuses"));
  EXPECT_THAT(refusals("fs.execute"), ElementsAre("the mount of /srv/f refuses"));
  EXPECT_THAT(refusals("fs.read_file"), IsEmpty());
  service("NoExecPaths=/srv\n");
  at("/srv/f", node(S_IFREG | 0777));
  EXPECT_THAT(refusals("fs.execute"), ElementsAre("NoExecPaths=/srv refuses"));
  service("ProtectSystem=strict\n");
  at("/srv/f", node(S_IFREG | 0666));
  is_running_view_ = true;
  EXPECT_THAT(refusals("fs.write_file"), ElementsAre("ProtectSystem=strict may"))
      << "what runs was started without it";
}

TEST_F(OtherRefusalsTest, Network) {
  identity_ = user(33, 33);
  service("");
  EXPECT_THAT(refusals("net.bind_tcp", 80), ElementsAre("CAP_NET_BIND_SERVICE refuses"));
  EXPECT_THAT(refusals("net.bind_tcp", 8080), IsEmpty());
  EXPECT_THAT(refusals("net.connect_tcp", 80), IsEmpty());
  service("RestrictAddressFamilies=AF_UNIX\n");
  EXPECT_THAT(refusals("net.connect_tcp", 80),
              ElementsAre("RestrictAddressFamilies=AF_UNIX refuses"));
  service("RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=AF_INET\n");
  EXPECT_THAT(refusals("net.connect_tcp", 80), IsEmpty());
  service("RestrictAddressFamilies=~AF_INET AF_INET6\n");
  EXPECT_THAT(refusals("net.connect_tcp", 80),
              ElementsAre("RestrictAddressFamilies=~AF_INET AF_INET6 refuses"));
  service("SocketBindDeny=any\nSocketBindAllow=ipv4:tcp:8000-8100\n");
  EXPECT_THAT(refusals("net.bind_tcp", 8080), IsEmpty());
  EXPECT_THAT(refusals("net.bind_udp", 8080), ElementsAre("SocketBindDeny=any refuses"));
  EXPECT_THAT(refusals("net.bind_tcp", 9000), ElementsAre("SocketBindDeny=any refuses"));
  service("IPAddressDeny=any\nPrivateNetwork=yes\n");
  EXPECT_THAT(refusals("net.connect_tcp", 80),
              ElementsAre("PrivateNetwork=yes may", "IPAddressDeny=any may"));
}

TEST_F(OtherRefusalsTest, WhatOnlyOthersKnow) {
  service("AppArmorProfile=web\n");
  at("/srv/f", node(S_IFREG | 0666));
  EXPECT_THAT(refusals("fs.read_file"), ElementsAre("AppArmorProfile=web may"));
}

TEST(Identity, OfAProcess) {
  auto identity = identity_of_process("Name:\tx\nPid:\t7\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"
                                      "Groups:\t9 10 \nCapEff:\t0000000000000402\n");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->uid, 4U);
  EXPECT_EQ(identity->gid, 8U);
  EXPECT_TRUE(identity->is_in(10));
  EXPECT_TRUE(identity->can(kCapDacOverride));
  EXPECT_TRUE(identity->can(kCapNetBindService));
  EXPECT_FALSE(identity->can(kCapMknod));
  EXPECT_FALSE(identity_of_process("Name:\tx\n"));
}

TEST(Identity, OfAUnit) {
  TempTree tree({{"/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:44::/:/bin/false\n"},
                 {"/etc/group", "web:x:44:\nlogs:x:55:web\nmore:x:66:\n"}});
  Root root = tree.root();
  auto of = [&](const std::string& lines) {
    Unit unit;
    unit.add(parse_unit_file("/a", "[Service]\n" + lines));
    return identity_of_unit(unit, root);
  };
  auto web = of("User=web\nSupplementaryGroups=more\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n");
  ASSERT_TRUE(web);
  EXPECT_EQ(web->uid, 33U);
  EXPECT_TRUE(web->is_in(44) && web->is_in(55) && web->is_in(66));
  EXPECT_TRUE(web->can(kCapNetBindService));
  EXPECT_FALSE(web->can(kCapDacOverride));
  EXPECT_EQ(web->where.line, 2U);
  EXPECT_TRUE(of("")->can(kCapDacOverride));
  EXPECT_FALSE(of("CapabilityBoundingSet=~CAP_DAC_OVERRIDE\n")->can(kCapDacOverride));
  EXPECT_FALSE(of("CapabilityBoundingSet=CAP_CHOWN CAP_FOWNER\n")->can(kCapDacOverride));
  EXPECT_FALSE(of("DynamicUser=yes\n"));
  EXPECT_FALSE(of("User=nobody-knows\n"));
}

} // namespace
} // namespace unitlock::advise
