// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/declaration_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using State = Declaration::State;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class DeclarationTest : public testing::Test {
protected:
  DeclarationTest() {
    tree_.write(
        "/usr/lib/unitlock/conf.d/10-runtime.yaml",
        "presets:\n  runtime: {read-only: [/runtime]}\n  tight: {restrict: [filesystem]}\n");
  }
  void service(const std::string& lines) {
    tree_.write("/usr/lib/systemd/system/a.service", "[Service]\nExecStart=/bin/a\n" + lines);
  }
  Declaration declaration(const std::string& name = "a.service") {
    Root root = tree_.root();
    return DeclarationIndex(root, {}).find(name).declaration;
  }
  std::vector<std::string> paths(const std::string& lines) {
    service(lines + "[X-Landlock]\nPreset=\n");
    std::vector<std::string> all;
    for (const PathRule& rule : declaration().policy.paths)
      all.push_back(rule.path);
    return all;
  }
  TempTree tree_;
};

TEST_F(DeclarationTest, ComesFromTheSectionThePresetsAndTheUnit) {
  service("StateDirectory=a\n[X-Landlock]\nReadWritePaths=/own\n");
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Confined);
  std::vector<std::string> said;
  for (const PathRule& rule : d.policy.paths)
    said.push_back(rule.path + " " + rule.from.said_by);
  EXPECT_THAT(said,
              ElementsAre("/own ReadWritePaths=", "/runtime preset runtime",
                          "/bin/a derived from ExecStart=", "%S/a derived from StateDirectory="));
  EXPECT_EQ(d.policy.families, std::nullopt) << "all of them";
}

TEST_F(DeclarationTest, AnImageWithoutPresetsIsSuspected) {
  tree_.write("/usr/lib/unitlock/conf.d/10-runtime.yaml", "presets: {}\n");
  service("[X-Landlock]\n");
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Invalid);
  ASSERT_FALSE(d.diagnostics.empty());
  EXPECT_EQ(d.diagnostics.back().message, "there is no preset 'runtime', the default; are "
                                          "unitlock's presets installed here?");
}

TEST_F(DeclarationTest, ExpectsWhatTheSectionAndThePresetsDo) {
  tree_.write("/usr/lib/unitlock/conf.d/20-web.yaml",
              "presets: {web: {extends: [base]}, base: {quiet: ['make_reg:/run', /q]}}\n");
  service("[X-Landlock]\nPreset=web\nQuietPaths=remove_file:/run remove_dir:/srv\n");
  Policy policy = declaration().policy;
  ASSERT_EQ(policy.expected.size(), 2u);
  EXPECT_EQ(policy.expected[0].access,
            landlock::mask_of("fs.remove_file") | landlock::mask_of("fs.make_reg"));
  EXPECT_EQ(policy.expected[0].from.said_by,
            "QuietPaths=, preset web → base (/usr/lib/unitlock/conf.d/20-web.yaml:1:50)");
  EXPECT_EQ(policy.quiet.size(), 1u);
  for (const PathRule& rule : policy.paths)
    EXPECT_NE(rule.path, "/run") << "nothing is granted";
}

TEST_F(DeclarationTest, PortRangesHaveALimit) {
  service("[X-Landlock]\nConnectTCP=1-65535\nBindTCP=1-65535\nBindUDP=any\n");
  EXPECT_EQ(declaration().state, State::Confined);
  service("[X-Landlock]\nConnectTCP=1-65535\nBindTCP=1-65535\nBindUDP=1-3\n");
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Invalid);
  ASSERT_FALSE(d.diagnostics.empty());
  EXPECT_EQ(d.diagnostics.back().where.line, 6U);
  EXPECT_THAT(d.diagnostics.back().message,
              testing::AllOf(testing::HasSubstr("BindUDP="), testing::HasSubstr("131072")));
}

TEST_F(DeclarationTest, APortOfSeveralRangesCountsOnce) {
  const std::string full = "[X-Landlock]\nConnectTCP=1-65535\nBindTCP=1-65535\n";
  service(full + "ConnectTCP=1-60000\nConnectTCP=443 1000-65535\nBindTCP=0\nConnectTCP=0\n");
  EXPECT_EQ(declaration().state, State::Confined) << "131072: each port of both rights";
  service(full + "BindTCP=0-9\nConnectTCP=0-9\nBindUDP=7\n");
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Invalid) << "another right has rules of its own";
  EXPECT_EQ(d.diagnostics.back().where.line, 8U);
}

TEST_F(DeclarationTest, APresetLeavesOutWhatTheUnitSaysUnlessItIsAskedFor) {
  tree_.write("/usr/lib/unitlock/conf.d/20-own.yaml",
              "presets:\n  own: {not-derived: [ReadWritePaths, PrivateTmp]}\n"
              "  more: {extends: own, not-derived: StateDirectory}\n");
  auto derived = [&](const std::string& section) {
    service("StateDirectory=a\nReadWritePaths=/run\nPrivateTmp=yes\n[X-Landlock]\n" + section);
    std::vector<std::string> all;
    for (const PathRule& rule : declaration().policy.paths)
      all.push_back(rule.path);
    return all;
  };
  EXPECT_THAT(derived("Preset=own\n"), ElementsAre("/bin/a", "%S/a"));
  EXPECT_THAT(derived("Preset=more\n"), ElementsAre("/bin/a"));
  EXPECT_THAT(derived("Preset=more\nDeriveFromUnit=yes\n"),
              ElementsAre("/bin/a", "%S/a", "/run", "/tmp", "/var/tmp"));
  EXPECT_THAT(derived("Preset=more\nDeriveFromUnit=\n"), ElementsAre("/bin/a"));
  EXPECT_THAT(derived("Preset=own\nDeriveFromUnit=no\n"), IsEmpty());
}

TEST_F(DeclarationTest, APresetsRestrictionOutlivesTheUnits) {
  service("[X-Landlock]\nPreset=tight\nRestrict=network\n");
  EXPECT_EQ(declaration().policy.families,
            family_bit(landlock::Family::Filesystem) | family_bit(landlock::Family::Network));
}

TEST_F(DeclarationTest, StatesAreToldApart) {
  service("");
  EXPECT_EQ(declaration().state, State::None);
  service("[X-Landlock]\nMode=off\n");
  EXPECT_EQ(declaration().state, State::Off);
  service("[X-Landlock]\nPreset=nosuch\n");
  EXPECT_EQ(declaration().state, State::Invalid);
  service("[X-Landlock]\nRestrict=network\nBindTCP=any\nConnectTCP=any\nBindUDP=any\n"
          "ConnectUDP=any\n");
  EXPECT_EQ(declaration().state, State::Invalid) << "it restricts nothing";
  for (const char* line :
       {"ExecStart=", "ExecStart=+/bin/b", "ExecStart=|/bin/b", "ExecStart=nosuch",
        "ExecStart=\"/bin/b", "AppArmorProfile=x", "SELinuxContext=x", "SmackProcessLabel=x"}) {
    service(std::string(line) + "\n[X-Landlock]\n");
    EXPECT_EQ(declaration().state, State::Unwrappable) << line;
  }
}

TEST_F(DeclarationTest, WhoMaySendUdpMayHaveAPort) {
  constexpr std::uint64_t kBind = landlock::mask_of("net.bind_udp");
  auto ephemeral = [&](const std::string& lines) {
    service("[X-Landlock]\n" + lines);
    int found = 0;
    Declaration declared = declaration();
    for (const PortRule& rule : declared.policy.ports)
      found += rule.first == 0 && rule.last == 0 && (rule.access & kBind) != 0;
    return found;
  };
  EXPECT_EQ(ephemeral("ConnectUDP=53\n"), 1);
  EXPECT_EQ(ephemeral("ConnectUDP=any\n"), 1) << "sending is not restricted, but having a port is";
  EXPECT_EQ(ephemeral("ConnectUDP=53\nDeriveFromUnit=no\n"), 1);
  EXPECT_EQ(ephemeral("ConnectUDP=53 123\nBindUDP=0\n"), 1) << "not twice";
  EXPECT_EQ(ephemeral("ConnectUDP=53\nBindUDP=any\n"), 0);
  EXPECT_EQ(ephemeral("ConnectUDP=53\nABI=9\n"), 0) << "UDP is not restricted";
  EXPECT_EQ(ephemeral("ConnectUDP=53\nRestrict=filesystem\n"), 0);
  EXPECT_EQ(ephemeral("ConnectTCP=53\nBindUDP=53\n"), 0);
  service("[X-Landlock]\nConnectUDP=53\n");
  const Provenance from = declaration().policy.ports.back().from;
  EXPECT_EQ(from.said_by, "ConnectUDP=");
  EXPECT_EQ(from.where.line, 4U);
}

TEST_F(DeclarationTest, CommandsWrapsOtherSettingsWholeOrNotAtAll) {
  service("ExecStartPre=/bin/p1 ; -/bin/p2\nExecStop=/bin/s\nExecStop=+/bin/s\nExecReload=/bin/r\n"
          "[X-Landlock]\nCommands=pre stop post\nScope=abstract-unix-socket\n");
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Confined);
  std::vector<std::string> wrapped;
  for (const WrappedCommand& command : d.commands)
    wrapped.push_back(command.program);
  EXPECT_THAT(wrapped, ElementsAre("/bin/a", "/bin/p1", "/bin/p2"));
  ASSERT_EQ(d.left_out.size(), 1U);
  EXPECT_EQ(to_string(d.left_out[0]),
            "/usr/lib/systemd/system/a.service:5: ExecStop= is not confined: the prefix + asks "
            "systemd to apply no sandboxing to the command");
  EXPECT_EQ(d.diagnostics, d.left_out);
  std::vector<std::string> granted;
  for (const PathRule& rule : d.policy.paths)
    if (rule.from.said_by.starts_with("derived"))
      granted.push_back(rule.path);
  EXPECT_THAT(granted, ElementsAre("/bin/a", "/bin/p1", "/bin/p2")) << "all may execute each other";
}

TEST_F(DeclarationTest, ACommandThatCannotSignalTheServiceIsWarnedOf) {
  const std::string lines = "ExecReload=/bin/kill $MAINPID ; /bin/x\nExecStartPre=/bin/p\n"
                            "[X-Landlock]\nCommands=reload pre\n";
  service(lines);
  Declaration d = declaration();
  EXPECT_EQ(d.state, State::Confined);
  ASSERT_EQ(d.diagnostics.size(), 1U);
  EXPECT_EQ(d.diagnostics[0].severity, Severity::Warning);
  EXPECT_EQ(
      to_string(d.diagnostics[0]),
      "/usr/lib/systemd/system/a.service:3: ExecReload= is confined apart from the service and "
      "cannot signal it: leave reload out of Commands=, or signal out of Scope=");
  for (const char* line : {"Scope=abstract-unix-socket\n", "Restrict=filesystem\n", "ABI=5\n"}) {
    service(lines + line);
    EXPECT_THAT(declaration().diagnostics, IsEmpty()) << line;
  }
}

TEST_F(DeclarationTest, ALaterDropInThatSetsExecStartIsReported) {
  service("[X-Landlock]\n");
  tree_.write("/etc/systemd/system/a.service.d/zz-early.conf",
              "[Service]\nExecStart=\nExecStart=/b\n");
  EXPECT_EQ(declaration().state, State::Confined);
  tree_.write("/etc/systemd/system/a.service.d/zzz.conf", "[Service]\nNice=1\n");
  EXPECT_EQ(declaration().state, State::Confined);
  tree_.write("/etc/systemd/system/a.service.d/zzz.conf", "[Service]\nExecStart=\nExecStart=/b\n");
  EXPECT_EQ(declaration().state, State::Unwrappable);
}

TEST_F(DeclarationTest, ALaterDropInThatBeginsAListOfAllowedCallsIsReported) {
  service("[X-Landlock]\n");
  const char* later = "/etc/systemd/system/a.service.d/zzz.conf";
  tree_.write(later, "[Service]\nSystemCallFilter=~@clock\n");
  EXPECT_EQ(declaration().state, State::Confined);
  tree_.write(later, "[Service]\nSystemCallFilter=@system-service\n");
  EXPECT_EQ(declaration().state, State::Unwrappable);
  service("SystemCallFilter=@basic-io\n[X-Landlock]\n");
  EXPECT_EQ(declaration().state, State::Confined) << "ours is added to the one that was there";
}

TEST_F(DeclarationTest, AnAdministratorsOwnDropInOfOurNameTakesItsPlace) {
  service("[X-Landlock]\n");
  tree_.write("/usr/lib/systemd/system/a.service.d/zz-unitlock.conf", "");
  EXPECT_EQ(declaration().state, State::Confined) << "the generator's directory comes first";
  tree_.link("/etc/systemd/system/a.service.d/zz-unitlock.conf", "/dev/null");
  EXPECT_EQ(declaration().state, State::Off);
}

TEST_F(DeclarationTest, AUnitWithoutUnitFileIsReported) {
  tree_.write("/etc/systemd/system/b.service.d/x.conf", "[X-Landlock]\n");
  EXPECT_EQ(declaration("b.service").state, State::Unwrappable);
}

TEST_F(DeclarationTest, WhatReachesAUnitWithoutCommandAlongWithOthersHasNothingToConfine) {
  auto set_commands = [&](const std::string& lines) {
    tree_.write("/usr/lib/systemd/system/a-b.service", "[Service]\nType=oneshot\n" + lines);
    return declaration("a-b.service").state;
  };
  for (const std::string wide : {"service.d", "a-.service.d"}) {
    std::string path = "/etc/systemd/system/" + wide + "/landlock.conf";
    tree_.write(path, "[X-Landlock]\n");
    EXPECT_EQ(set_commands("ExecStop=/bin/a\n"), State::NothingToConfine) << wide;
    EXPECT_EQ(set_commands("ExecStart=/bin/a\n"), State::Confined) << wide;
    EXPECT_EQ(set_commands("ExecStart=nosuch\n"), State::Unwrappable) << wide;
    EXPECT_EQ(set_commands("ExecStart=\"/bin/a\n"), State::Unwrappable) << wide;
    EXPECT_EQ(set_commands("[X-Landlock]\n"), State::Unwrappable) << "its own word";
    tree_.write(path, "[X-Landlock]\nCommands=stop\n");
    EXPECT_EQ(set_commands("ExecStop=/bin/a\n"), State::Unwrappable) << "there is something";
    tree_.write(path, "[X-Landlock]\nNonsense=1\n");
    EXPECT_EQ(set_commands(""), State::Invalid);
    tree_.write(path, "");
  }
  tree_.write("/etc/systemd/system/a-b.service.d/own.conf", "[X-Landlock]\n");
  EXPECT_EQ(set_commands(""), State::Unwrappable) << "its own drop-in";
}

TEST_F(DeclarationTest, ADropInForManyMakesNoUnitExist) {
  tree_.write("/etc/systemd/system/service.d/landlock.conf", "[X-Landlock]\n");
  tree_.write("/etc/systemd/system/b.service.d/x.conf", "[Unit]\n");
  Root root = tree_.root();
  DeclarationIndex index(root, {});
  EXPECT_FALSE(index.find("nosuch.service").exists());
  EXPECT_TRUE(index.find("b.service").exists());
}

TEST_F(DeclarationTest, ADashAtTheEndWouldReachOthers) {
  tree_.write("/usr/lib/systemd/system/b-.service", "[Service]\nExecStart=/b\n[X-Landlock]\n");
  EXPECT_EQ(declaration("b-.service").state, State::Unwrappable);
}

TEST_F(DeclarationTest, DerivesDirectories) {
  EXPECT_THAT(paths("RuntimeDirectory=a b\nStateDirectory=c:link d/e\nCacheDirectory=f\n"
                    "LogsDirectory=g\nConfigurationDirectory=h\n"),
              ElementsAre("/bin/a", "%t/a", "%t/b", "%S/c", "%S/d/e", "%C/f", "%L/g", "%E/h"));
  EXPECT_THAT(paths("StateDirectory=/abs ../up a/../b ok\nCacheDirectory=x\nCacheDirectory=\n"),
              ElementsAre("/bin/a", "%S/ok"));
}

TEST_F(DeclarationTest, DerivesPaths) {
  EXPECT_THAT(
      paths("ReadWritePaths=/a -/b +/c -+/d\nBindPaths=/e /f:/g -/h:/i:rbind\n"
            "BindReadOnlyPaths=/j\nPrivateTmp=yes\n"),
      ElementsAre("/bin/a", "/a", "/b", "/c", "/d", "/e", "/g", "/i", "/j", "/tmp", "/var/tmp"));
  EXPECT_THAT(paths("PrivateTmp=no\n"), ElementsAre("/bin/a"));
  EXPECT_THAT(paths("PrivateTmp=disconnected\n"), Contains("/tmp"));
}

TEST_F(DeclarationTest, DerivesCredentialsAndTheNotifySocket) {
  for (const char* line : {"LoadCredential=a:b", "SetCredential=a:b", "ImportCredential=a"})
    EXPECT_THAT(paths(line + std::string("\n")), Contains("%d")) << line;
  for (const char* line :
       {"Type=notify", "Type=notify-reload", "NotifyAccess=all", "WatchdogSec=1"})
    EXPECT_THAT(paths(line + std::string("\n")), Contains("%t/systemd/notify")) << line;
  for (const char* line : {"Type=simple", "NotifyAccess=none"})
    EXPECT_THAT(paths(line + std::string("\n")), Not(Contains("%t/systemd/notify"))) << line;
}

TEST_F(DeclarationTest, DerivesTheInterpretersOfAScript) {
  tree_.write("/bin/a", "#! /bin/b -x\n");
  tree_.write("/bin/b", "#!/bin/sh\n");
  EXPECT_THAT(paths(""), ElementsAre("/bin/a", "/bin/b", "/bin/sh"));
  EXPECT_THAT(paths("RootDirectory=/srv\n"), ElementsAre("/bin/a")) << "another file";
  tree_.write("/bin/b", "#!/bin/a\n");
  EXPECT_THAT(paths(""), ElementsAre("/bin/a", "/bin/b")) << "a ring ends";
}

TEST_F(DeclarationTest, DerivesNothingWhenToldSo) {
  service("StateDirectory=a\n[X-Landlock]\nPreset=\nDeriveFromUnit=no\n");
  EXPECT_THAT(declaration().policy.paths, IsEmpty());
}

} // namespace
} // namespace unitlock
