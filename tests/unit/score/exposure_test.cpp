// SPDX-License-Identifier: LGPL-2.1-or-later
#include "score/exposure.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/grants.hpp"
#include "score/items.hpp"

namespace unitlock::score {
namespace {

using testing::HasSubstr;

Policy with(const std::vector<std::string>& allowed) {
  Policy policy;
  unsigned line = 1;
  for (const std::string& word : allowed)
    EXPECT_TRUE(grant_allow(policy, word, {{"a.conf", line++, 0}, "AllowPaths=", Origin::Section}))
        << word;
  return policy;
}

void grant_ports(Policy& policy, const char* right, unsigned first, unsigned last) {
  PortRule rule;
  rule.first = static_cast<std::uint16_t>(first);
  rule.last = static_cast<std::uint16_t>(last);
  rule.access = landlock::find_right(right)->mask();
  rule.from = {{"a.conf", 7, 0}, "BindTCP=", Origin::Section};
  policy.ports.push_back(rule);
}

class Score : public testing::Test {
protected:
  Exposure of(const Policy& policy, int abi = landlock::kNewestAbi) {
    return assess(root_, {policy, abi, "a@.service", RuntimeScope::System, {}});
  }
  static const ItemScore& item(const Exposure& exposure, std::string_view id) {
    auto found = std::find_if(exposure.items.begin(), exposure.items.end(),
                              [&](const ItemScore& item) { return item.id == id; });
    EXPECT_NE(found, exposure.items.end()) << id;
    return *found;
  }
  unsigned percent(const Policy& policy, std::string_view id, int abi = landlock::kNewestAbi) {
    return item(of(policy, abi), id).percent;
  }

  TempTree tree_;
  Root root_ = tree_.root();
};

TEST_F(Score, GrantingNothingIsPerfect) {
  Exposure exposure = of(Policy{});
  EXPECT_EQ(exposure.tenths, 0U);
  EXPECT_EQ(predicate(exposure.tenths), "PERFECT");
  for (const ItemScore& item : exposure.items) {
    EXPECT_EQ(item.percent, 0U) << item.id;
    EXPECT_EQ(item.detail, "") << item.id;
  }
}

TEST_F(Score, ConfiningNothingIsTheWorst) {
  Policy policy;
  policy.families = FamilySet{0};
  for (const Exposure& exposure : {unconfined(), of(policy), of(Policy{}, 0)}) {
    EXPECT_EQ(exposure.tenths, 100U);
    EXPECT_TRUE(std::all_of(exposure.items.begin(), exposure.items.end(),
                            [](const ItemScore& item) { return item.percent == 100; }));
  }
}

TEST_F(Score, Words) {
  std::map<unsigned, std::string_view> words = {
      {0, "PERFECT"},  {1, "SAFE"},    {9, "SAFE"},    {10, "OK"},
      {49, "OK"},      {50, "MEDIUM"}, {74, "MEDIUM"}, {75, "EXPOSED"},
      {89, "EXPOSED"}, {90, "UNSAFE"}, {99, "UNSAFE"}, {100, "DANGEROUS"}};
  for (const auto& [tenths, word] : words)
    EXPECT_EQ(predicate(tenths), word) << tenths;
  EXPECT_EQ(figure(0), "0.0");
  EXPECT_EQ(figure(7), "0.7");
  EXPECT_EQ(figure(100), "10.0");
}

TEST_F(Score, TheItemsAddUpToTheFigure) {
  Exposure exposure = of(with({"read_file:/srv", "execute:/usr/bin", "make_reg:/run/a"}));
  EXPECT_EQ(exposure.raised_by, "");
  double sum = 0;
  for (const ItemScore& item : exposure.items)
    sum += contribution(exposure, item);
  EXPECT_LE(sum, exposure.tenths / 10.0 + 1e-9);
  EXPECT_GT(sum, exposure.tenths / 10.0 - 0.1);
}

TEST_F(Score, WhatIsEnoughByItselfIsNotAveragedAway) {
  for (const auto& [allowed, item, tenths] :
       std::vector<std::tuple<const char*, const char*, unsigned>>{
           {"write_file:/etc", "write-configuration", 75U},
           {"make_reg:/etc/cron.d", "write-levers", 75U},
           {"write_file:/dev/sda", "use-devices", 75U},
           {"resolve_unix:/run/docker.sock", "connect-powerful", 50U},
           {"read_file:/home", "read-homes", 25U},
           {"write_file:/home", "write-homes", 50U}}) {
    Exposure exposure = of(with({allowed}));
    EXPECT_EQ(exposure.tenths, tenths) << allowed;
    EXPECT_EQ(exposure.raised_by, item) << allowed;
  }
  Policy policy = with({"resolve_unix:/run/docker.sock"});
  EXPECT_EQ(of(policy, 8).tenths, 50U) << "granted, and the kernel lets everyone";
  EXPECT_EQ(of(with({}), 8).raised_by, "") << "nobody granted it";
}

TEST_F(Score, OfADirectiveThatGrantsIsTold) {
  Policy policy = with({"read_file:/etc", "write_file:/etc", "execute:/srv"});
  remove_duplicates(policy);
  ASSERT_EQ(policy.paths.size(), 2U);
  EXPECT_EQ(item(of(policy), "read-etc").from.where.line, 1U);
  EXPECT_EQ(item(of(policy), "write-configuration").from.where.line, 2U);
  grant_ports(policy, "net.bind_tcp", 80, 80);
  grant_ports(policy, "net.connect_tcp", 80, 80);
  policy.ports.back().from.where.line = 8;
  remove_duplicates(policy);
  ASSERT_EQ(policy.ports.size(), 1U);
  EXPECT_EQ(item(of(policy), "bind-tcp").from.where.line, 7U);
  EXPECT_EQ(item(of(policy), "connect-tcp").from.where.line, 8U);
}

TEST_F(Score, IdsAreUnique) {
  std::set<std::string_view> ids;
  for (const Item& item : items()) {
    EXPECT_TRUE(ids.insert(item.id).second) << item.id;
    EXPECT_GT(item.weight, 0U) << item.id;
  }
}

struct Case {
  const char* id;
  std::vector<std::string> allowed;
  unsigned percent;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.id << " " << fmt::format("{}", fmt::join(one.allowed, " "));
}

class ItemTest : public Score, public testing::WithParamInterface<Case> {};

TEST_P(ItemTest, Percent) {
  const Case& one = GetParam();
  Exposure exposure = of(with(one.allowed));
  const ItemScore& found = item(exposure, one.id);
  EXPECT_EQ(found.percent, one.percent) << found.detail;
  EXPECT_EQ(found.detail.empty(), one.percent == 0) << found.detail;
  EXPECT_EQ(found.from.where.file, one.percent == 0 ? "" : "a.conf");
}

const Case kCases[] = {
    {"read-everything", {"read_file:/"}, 100},
    {"read-everything", {"read_dir:/", "read_file:/etc", "execute:/"}, 0},
    {"read-etc", {"read_file:/etc"}, 100},
    {"read-etc", {"read_file:/"}, 100},
    {"read-etc", {"read_file:/etc/a", "read_file:/etcetera"}, 0},
    {"read-homes", {"read_file:/home"}, 50},
    {"read-homes", {"read_file:/home", "read_file:/root"}, 100},
    {"read-homes", {"read_file:/home/anna/.config"}, 20},
    {"read-homes", {"read_file:/homely"}, 0},
    {"read-secrets", {"read_file:/etc/shadow"}, 20},
    {"read-secrets", {"read_file:/"}, 100},
    {"read-secrets", {"read_file:/etc"}, 83},
    {"read-secrets", {"read_file:/etc/ssh/ssh_host_rsa_key"}, 20},
    {"read-secrets", {"read_file:/etc/ssh"}, 25},
    {"read-secrets", {"read_file:/etc/ssh/ssh_config"}, 0},
    {"read-secrets", {"read_file:/etc/wireguard/wg0.conf"}, 10},
    {"read-secrets", {"read_file:/etc/ssl/certs", "read_dir:/etc/ssl/private"}, 0},
    {"read-secrets", {"read_file:/etc/ssl/private"}, 20},
    {"read-secrets", {"read_file:/etc/ssl/private/site.key"}, 10},
    {"read-secrets", {"read_file:/etc/shadow", "read_file:/root/.ssh/id_ed25519"}, 20},
    {"read-secrets", {"write_file:/root/.ssh/id_ed25519", "read_file:/root/.sshd"}, 0},
    {"read-state", {"read_file:/var/lib/a"}, 0},
    {"read-state", {"read_file:/var/log"}, 20},
    {"read-state", {"read_file:/var"}, 80},
    {"read-processes", {"read_file:/proc"}, 50},
    {"read-processes", {"read_file:/proc/meminfo"}, 0},
    {"write-programs", {"write_file:/usr/local"}, 50},
    {"write-programs", {"make_reg:/"}, 100},
    {"write-programs", {"write_file:/usr/share/a"}, 20},
    {"write-programs", {"write_file:/opt/a/bin/a"}, 20},
    {"write-programs", {"remove_file:/usr", "read_file:/usr/bin/a", "write_file:/usrc"}, 0},
    {"write-configuration", {"write_file:/etc"}, 100},
    {"write-configuration", {"make_reg:/etc/a"}, 20},
    {"write-configuration", {"read_file:/etc/a"}, 0},
    {"write-levers", {"make_reg:/etc/systemd/system/a.service.d"}, 100},
    {"write-levers", {"make_sym:/etc/cron.d"}, 100},
    {"write-levers", {"write_file:/"}, 100},
    {"write-levers", {"write_file:/etc/a", "write_file:/usr/lib/a", "read_file:/"}, 0},
    {"write-homes", {"write_file:/root"}, 100},
    {"write-homes", {"write_file:/home/anna"}, 100},
    {"write-homes", {"make_reg:/home/anna/.ssh"}, 100},
    {"write-homes", {"write_file:/home/anna/.ssh/authorized_keys"}, 100},
    {"write-homes", {"write_file:/root/mail"}, 30},
    {"write-homes", {"write_file:/home/anna/mail/.sshd"}, 30},
    {"write-homes", {"write_file:/homes", "read_file:/home"}, 0},
    {"write-state", {"write_file:/var/lib"}, 30},
    {"write-state", {"write_file:/var/lib/a"}, 0},
    {"write-runtime", {"make_reg:/run"}, 100},
    {"write-runtime", {"make_reg:/run/a"}, 0},
    {"write-kernel", {"write_file:/proc/sys"}, 100},
    {"write-kernel", {"write_file:/sys/fs/cgroup/a"}, 20},
    {"write-kernel", {"read_file:/sys"}, 0},
    {"use-devices", {"read_file:/dev"}, 100},
    {"use-devices", {"write_file:/dev/sda1"}, 100},
    {"use-devices", {"write_file:/dev/snd"}, 30},
    {"use-devices", {"read_file,write_file,ioctl_dev:/dev/null", "write_file:/dev/pts"}, 0},
    {"make-devices", {"make_block:/var/lib/a"}, 100},
    {"make-devices", {"make_fifo:/"}, 0},
    {"execute-written", {"write_file,execute:/opt/a"}, 100},
    {"execute-written", {"write_file:/opt/a/lib", "execute:/opt/a"}, 100},
    {"execute-written", {"read_file,write_file:/opt/a", "execute:/lib64/ld-linux-x86-64.so.2"}, 30},
    {"execute-written", {"write_file:/opt/a", "execute:/lib64/ld-linux-x86-64.so.2"}, 0},
    {"execute-written", {"write_file:/opt/a", "execute:/opt/b"}, 0},
    {"execute-written", {"read_file,write_file:/dev/null", "execute:/"}, 0},
    {"execute-written", {"read_file,write_file:/dev/shm", "execute:/"}, 100},
    {"execute-written", {"write_file:/srv/%i", "execute:/opt/b"}, 30},
    {"execute-anything", {"execute:/usr/bin"}, 50},
    {"execute-anything", {"execute:/"}, 100},
    {"execute-anything", {"read_file:/", "execute:/lib64/ld-linux-x86-64.so.2"}, 50},
    {"execute-anything", {"read_file:/", "execute:/usr/bin/a"}, 0},
    {"execute-shells", {"execute:/usr/bin/dash"}, 100},
    {"execute-shells", {"execute:/usr/bin/python3"}, 60},
    {"execute-shells", {"execute:/usr/bin/a", "read_file:/usr/bin/dash"}, 0},
    {"execute-setuid", {"execute:/usr/bin/su"}, 100},
    {"execute-setuid", {"execute:/usr/bin/supper"}, 0},
    {"connect-unix", {"resolve_unix:/run"}, 100},
    {"connect-unix", {"resolve_unix:/run/a"}, 10},
    {"connect-powerful", {"resolve_unix:/run/docker.sock"}, 100},
    {"connect-powerful", {"resolve_unix:/run"}, 100},
    {"connect-powerful", {"resolve_unix:/run/dbus"}, 30},
    {"connect-powerful", {"resolve_unix:/run/a", "read_file:/run"}, 0},
};
INSTANTIATE_TEST_SUITE_P(Paths, ItemTest, testing::ValuesIn(kCases));

TEST_F(Score, LinksAreFollowed) {
  tree_.make_directory("/usr/bin");
  tree_.write("/usr/bin/dash", "");
  tree_.link("/usr/bin/sh", "dash");
  tree_.link("/bin", "usr/bin");
  EXPECT_EQ(percent(with({"execute:/bin/sh"}), "execute-shells"), 100U);
}

/// As a rule on a file is written: with the file's own rights, and there.
TEST_F(Score, AFileBelowADirectoryOfSecretsIsAPartOfThem) {
  tree_.write("/etc/ssl/private/site.key", "");
  tree_.make_directory("/srv");
  tree_.link("/srv/key", "/etc/ssl/private/site.key");
  Exposure exposure = of(with({"read_file:/srv/key"}));
  EXPECT_EQ(item(exposure, "read-secrets").percent, 10U);
  EXPECT_EQ(item(exposure, "read-secrets").detail, "in part: /srv/key");
  EXPECT_EQ(item(exposure, "read-secrets").from.where.line, 1U);
}

TEST_F(Score, WhatOnlyTheStartWillTellCountsAsGranted) {
  EXPECT_EQ(percent(with({"read_file:/etc/%i"}), "read-secrets"), 83U);
  EXPECT_EQ(percent(with({"read_file:/etc/ssl/private/%i"}), "read-secrets"), 10U);
  EXPECT_EQ(percent(with({"write_file:/%i"}), "write-levers"), 100U);
}

TEST_F(Score, Ports) {
  struct Row {
    unsigned first, last, percent;
  };
  for (Row row : {Row{80, 80, 10},
                  {0, 0, 10},
                  {80, 83, 10},
                  {80, 84, 20},
                  {1, 1024, 40},
                  {1024, 32768, 70},
                  {1, 65535, 90},
                  {0, 65535, 100}}) {
    Policy policy;
    grant_ports(policy, "net.bind_tcp", row.first, row.last);
    Exposure exposure = of(policy);
    EXPECT_EQ(item(exposure, "bind-tcp").percent, row.percent) << row.first << "-" << row.last;
    EXPECT_EQ(item(exposure, "bind-tcp").from.where.line, 7U);
    EXPECT_EQ(item(exposure, "connect-tcp").percent, 0U);
  }
  Policy overlapping;
  grant_ports(overlapping, "net.connect_send_udp", 1, 4);
  grant_ports(overlapping, "net.connect_send_udp", 3, 4);
  EXPECT_EQ(item(of(overlapping), "connect-udp").detail, "4 ports");
  overlapping.ports[0].any = true;
  EXPECT_EQ(item(of(overlapping), "connect-udp").percent, 100U);
  EXPECT_EQ(item(of(overlapping), "connect-udp").detail, "any port");
}

TEST_F(Score, WhatTheKernelLacksIsOpen) {
  struct Row {
    const char* id;
    int first_abi;
  };
  for (Row row : {Row{"truncate", 3},
                  {"bind-tcp", 4},
                  {"connect-tcp", 4},
                  {"control-devices", 5},
                  {"signal", 6},
                  {"connect-abstract", 6},
                  {"unseen", 7},
                  {"connect-unix", 9},
                  {"connect-powerful", 9},
                  {"bind-udp", 10},
                  {"connect-udp", 10}}) {
    EXPECT_EQ(percent(Policy{}, row.id, row.first_abi - 1), 100U) << row.id;
    EXPECT_EQ(percent(Policy{}, row.id, row.first_abi), 0U) << row.id;
  }
  EXPECT_THAT(item(of(Policy{}, 7), "connect-unix").detail,
              HasSubstr("ABI 7 does not restrict fs.resolve_unix"));
  Policy pinned;
  pinned.abi = 4;
  EXPECT_EQ(item(of(pinned), "signal").detail, "ABI=4 leaves out scope.signal");
  Policy files_only;
  files_only.families = family_bit(landlock::Family::Filesystem);
  EXPECT_EQ(item(of(files_only), "bind-tcp").detail, "net.bind_tcp not restricted");
  Policy network_only;
  network_only.families = family_bit(landlock::Family::Network);
  for (const char* id : {"read-everything", "write-levers", "use-devices", "execute-written",
                         "execute-shells", "connect-powerful", "make-devices"})
    EXPECT_EQ(percent(network_only, id), 100U) << id;
}

TEST_F(Score, ANewerKernelIsNeverWorse) {
  Policy policy = with({"read_file:/etc", "write_file:/var/lib/a", "execute:/usr/bin/dash"});
  for (int abi = 1; abi <= landlock::kNewestAbi; ++abi)
    EXPECT_LE(of(policy, abi).tenths, of(policy, abi - 1).tenths) << abi;
}

TEST_F(Score, BesideThePolicy) {
  Policy silent;
  silent.log_denials = false;
  EXPECT_EQ(percent(silent, "unseen"), 100U);
  Policy quiet;
  quiet.quiet.push_back({"/proc", false, {{"a.conf", 3, 0}, "QuietPaths=", Origin::Section}});
  EXPECT_EQ(item(of(quiet), "unseen").from.where.line, 3U);
  Policy policy;
  Exposure exposure = assess(root_, {policy,
                                     10,
                                     "a.service",
                                     RuntimeScope::System,
                                     {{{{"a.service", 3, 0}, "ExecStop=", Origin::Unit}, false},
                                      {{{"a.service", 4, 0}, "ExecReload=", Origin::Unit}, true}}});
  EXPECT_EQ(item(exposure, "loose-commands").percent, 100U);
  EXPECT_EQ(item(exposure, "loose-commands").from.said_by, "ExecReload=");
}

TEST(LooseCommands, AreThoseOfTheUnitThatAreNotWrapped) {
  TempTree tree{{"/etc/systemd/system/a.service", "[Service]\n"
                                                  "ExecStart=/bin/a\n"
                                                  "ExecStartPre=/bin/a\n"
                                                  "ExecReload=+/bin/a\n"
                                                  "ExecStop=/bin/a\n"
                                                  "[X-Landlock]\n"
                                                  "Preset=\n"
                                                  "Commands=pre reload\n"}};
  tree.write("/bin/a", "\x7f"
                       "ELF");
  std::filesystem::permissions(tree.directory() + "/bin/a", std::filesystem::perms::all);
  Root root = tree.root();
  DeclarationIndex index(root, {});
  auto loose = loose_commands(index.find("a.service"));
  ASSERT_EQ(loose.size(), 2U);
  EXPECT_EQ(loose[0].from.said_by, "ExecReload=");
  EXPECT_TRUE(loose[0].was_asked_for);
  EXPECT_EQ(loose[1].from.said_by, "ExecStop=");
  EXPECT_FALSE(loose[1].was_asked_for);
  EXPECT_EQ(loose[1].from.where.line, 5U);
}

/// Over random policies: what is granted on top of others never lowers an item.
class Growing : public Score, public testing::WithParamInterface<unsigned> {};

TEST_P(Growing, GrantingMoreIsNeverBetter) {
  std::mt19937 random(GetParam());
  auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const std::vector<std::string> paths = {"/",           "/etc",
                                          "/etc/shadow", "/etc/systemd/system",
                                          "/home/a",     "/root",
                                          "/usr",        "/usr/bin",
                                          "/usr/bin/sh", "/usr/bin/perl",
                                          "/usr/bin/su", "/var",
                                          "/var/lib/a",  "/run",
                                          "/run/a",      "/run/docker.sock",
                                          "/proc/sys",   "/sys/fs/a",
                                          "/dev",        "/dev/sda",
                                          "/dev/snd",    "/dev/null",
                                          "/srv/%i",     "%h",
                                          "/opt/a",      "/lib64/ld-linux-x86-64.so.2"};
  Policy policy;
  Exposure before = of(policy);
  for (int step = 0; step < 30; ++step) {
    if (below(4) == 0) {
      PortRule rule;
      rule.first = static_cast<std::uint16_t>(below(65536));
      rule.last = static_cast<std::uint16_t>(rule.first + below(65536U - rule.first));
      rule.any = below(10) == 0;
      rule.access = std::uint64_t{1} << below(4);
      policy.ports.push_back(rule);
    } else {
      policy.paths.push_back({paths[below(paths.size())], random() & kReadWrite, false, {}});
      policy.paths.back().access |= below(3) == 0 ? landlock::mask_of("fs.execute") : 0;
    }
    Exposure after = of(policy);
    EXPECT_LE(before.tenths, after.tenths);
    for (std::size_t i = 0; i < before.items.size(); ++i)
      EXPECT_LE(before.items[i].percent, after.items[i].percent) << before.items[i].id;
    before = std::move(after);
  }
  EXPECT_LE(before.tenths, 100U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, Growing, testing::Range(0U, 40U));

/// What comes with unitlock: better than nothing, and never better than what it extends.
TEST(Presets, AreOrdered) {
  TempTree tree;
  tree.make_directory("/usr/lib/unitlock");
  std::filesystem::copy(UNITLOCK_CONF_D, tree.directory() + "/usr/lib/unitlock/conf.d");
  Root root = tree.root();
  DeclarationIndex index(root, {});
  auto exposure_of = [&](const std::string& name) {
    auto policy = index.presets().resolve(name);
    EXPECT_TRUE(policy) << name;
    policy->families.reset(); // a policy that names the preset restricts everything
    policy->scope.reset();
    return assess(root, {*policy, landlock::kNewestAbi, "a.service", RuntimeScope::System, {}});
  };
  // They say themselves what holes they have, and why.
  const std::set<std::string> with_holes = {
      "lighttpd",         "smartmontools",    "squid", "systemd-daemon", "systemd-networkd",
      "systemd-resolved", "systemd-timesyncd"};
  std::size_t count = 0;
  for (const auto& [name, preset] : index.presets().all()) {
    Exposure exposure = exposure_of(name);
    if (with_holes.contains(name))
      EXPECT_GE(exposure.tenths, 50U) << name;
    else
      EXPECT_LT(exposure.tenths, 50U) << name;
    for (const PresetName& extended : preset.extends)
      EXPECT_LE(exposure_of(extended.name).tenths, exposure.tenths) << name;
    ++count;
  }
  EXPECT_GT(count, 20U);
  EXPECT_GT(exposure_of("nginx").tenths, exposure_of("runtime").tenths);
}

} // namespace
} // namespace unitlock::score
