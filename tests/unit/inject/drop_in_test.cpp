// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inject/drop_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/words.hpp"

namespace unitlock {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Unit unit_of(const std::string& service) {
  Unit unit;
  unit.name = "a.service";
  unit.fragment = "a.service";
  unit.assignments = parse_unit_file("a.service", "[Service]\n" + service).assignments;
  return unit;
}

Declaration confined(const Unit& unit) {
  Declaration declaration;
  declaration.state = Declaration::State::Confined;
  const auto commands = exec_commands(unit, "ExecStart").value();
  for (const ExecCommand& command : commands)
    declaration.commands.push_back({ExecLine::Start, command, command.path});
  return declaration;
}

std::string drop_in(const std::string& service, Policy policy = {}) {
  Unit unit = unit_of("ExecStart=/bin/a x\n" + service);
  Declaration declaration = confined(unit);
  declaration.policy = std::move(policy);
  return render_drop_in(unit, declaration, "/w");
}

/// What systemd takes out of the drop-in: the words of its last ExecStart=.
std::vector<std::string> words(const std::string& text) {
  UnitFile file = parse_unit_file("d", text);
  EXPECT_FALSE(file.broken);
  EXPECT_TRUE(file.bad_lines.empty());
  std::string value;
  for (const Assignment& assignment : file.assignments)
    if (assignment.key == "ExecStart")
      value = assignment.value;
  return split_words(value).value();
}

TEST(DropIn, ResetsBeforeItSets) {
  EXPECT_THAT(drop_in(""), HasSubstr("[Service]\nExecStart=\nExecStart=/w "));
  EXPECT_THAT(words(drop_in("")), testing::ElementsAre("/w", "--unit=%n", "--abi=10",
                                                       "--program=/bin/a", "--", "/bin/a", "x"));
}

TEST(DropIn, IsReadableUpToSystemdsLongestLine) {
  Policy policy;
  for (int i = 0; i < 5000; ++i)
    policy.paths.push_back({"/srv/" + std::to_string(i) + std::string(100, 'x'),
                            landlock::mask_of("fs.read_file"),
                            false,
                            {}});
  EXPECT_EQ(unreadable(drop_in("", policy)), std::nullopt);
  for (int i = 0; i < 5000; ++i)
    policy.paths.push_back({"/var/" + std::to_string(i) + std::string(100, 'x'),
                            landlock::mask_of("fs.read_file"),
                            false,
                            {}});
  EXPECT_THAT(unreadable(drop_in("", policy)).value_or(""), HasSubstr("longer than 1 MiB"));
}

TEST(DropIn, SystemdReadsEveryPathBack) {
  for (const char* path : {"/a b", "/a\"b", "/a'b", "/a\\b", "/a\\\\", "/#a", "/;a", "/a;", "/ü",
                           "/a\tb", "/a\nb", "/\xff", "/%%", "/a\\x20b", "/a \\"}) {
    Policy policy;
    policy.paths.push_back({path, landlock::mask_of("fs.execute"), false, {}});
    auto got = words(drop_in("", policy));
    EXPECT_EQ(got[3], std::string("--allow=execute:") + path);
    EXPECT_EQ(got.size(), 8u) << path;
  }
}

TEST(DropIn, DoublesDollarsWhereSystemdExpandsThem) {
  Policy policy;
  policy.quiet.push_back({"/a$b", false, {}});
  EXPECT_THAT(drop_in("", policy), HasSubstr("--quiet=/a$$b "));
  EXPECT_THAT(drop_in("ExecStart=\nExecStart=:/bin/a\n", policy), HasSubstr("--quiet=/a$b "));
}

TEST(DropIn, PutsBackWhatTheWrapperChanges) {
  EXPECT_THAT(drop_in(""), HasSubstr("\nSyslogIdentifier=a\n"));
  EXPECT_THAT(drop_in("SyslogIdentifier=b\n"), Not(HasSubstr("SyslogIdentifier")));
  // Any byte may come out of an escape.
  EXPECT_THAT(words(drop_in("ExecStart=\nExecStart=/bin/\\xff\n")),
              Contains("--program=/bin/\xff"));
  EXPECT_THAT(drop_in(""), Not(HasSubstr("SystemCallFilter")));
  EXPECT_THAT(drop_in("SystemCallFilter=@basic-io\n"), HasSubstr("SystemCallFilter=landlock_"));
  EXPECT_THAT(drop_in("SystemCallFilter=a\nSystemCallFilter=\n"),
              Not(HasSubstr("SystemCallFilter")));
  EXPECT_THAT(drop_in("RootDirectory=/x\n"), HasSubstr("\nBindReadOnlyPaths=/w\n"));
  EXPECT_THAT(drop_in("TemporaryFileSystem=/var\n"), Not(HasSubstr("BindReadOnlyPaths=")));
  EXPECT_THAT(drop_in("NoExecPaths=/\n"), HasSubstr("\nExecPaths=/w\n"));
  EXPECT_THAT(drop_in("NoExecPaths=/srv\n"), Not(HasSubstr("ExecPaths=")));
}

TEST(DropIn, AddsNoMountNamespaceForPathsThatSystemdIgnores) {
  for (const char* line : {"TemporaryFileSystem=x\n", "NoExecPaths=x -y\n", "RootDirectory=.\n"})
    EXPECT_THAT(drop_in(line), Not(HasSubstr("Paths=/w"))) << line;
  EXPECT_THAT(drop_in("NoExecPaths=x -+/\n"), HasSubstr("\nExecPaths=/w\n"));
  EXPECT_THAT(drop_in("TemporaryFileSystem=%t/x:ro\n"), HasSubstr("BindReadOnlyPaths=/w\n"));
}

TEST(DropIn, BeginsNoFilterOfSystemCalls) {
  Unit unit = unit_of("ExecStart=/bin/a\n");
  unit.assignments.push_back({"Service",
                              "SystemCallFilter",
                              "~@clock",
                              {"/etc/systemd/system/a.service.d/zzz.conf", 2, 0}});
  EXPECT_THAT(render_drop_in(unit, confined(unit), "/w"), Not(HasSubstr("SystemCallFilter")));
}

TEST(DropIn, ARefusalSaysWhyAndCannotSucceed) {
  Unit unit = unit_of("ExecStart=-/bin/a\nSuccessExitStatus=78\nRootDirectory=/x\n");
  Declaration declaration;
  declaration.state = Declaration::State::Invalid;
  declaration.diagnostics = {{Severity::Note, {"n", 1, 0}, "not this"},
                             {Severity::Error, {"a.service", 4, 0}, "it's 100% \"$bad\"\n\xff"}};
  std::string text = render_drop_in(unit, declaration, "/w");
  EXPECT_THAT(text, HasSubstr("\nExecStart=\n"));
  EXPECT_THAT(text, HasSubstr("\nSuccessExitStatus=\n"));
  EXPECT_THAT(text, HasSubstr("\nRootDirectory=\n"));
  EXPECT_THAT(text, Not(HasSubstr("[Unit]")));
  EXPECT_THAT(words(text),
              testing::ElementsAre("/w", "--unit=%n",
                                   "--refuse=a.service:4: it's 100%% \"$$bad\"\\n\\xff"));
}

TEST(DropIn, ARefusalStaysBelowTheLimits) {
  Declaration declaration;
  declaration.state = Declaration::State::Invalid;
  for (int i = 0; i < 1000; ++i)
    declaration.diagnostics.push_back({Severity::Error, {"a", 1, 0}, std::string(100000, 'x')});
  EXPECT_LT(render_drop_in(unit_of(""), declaration, "/w").size(), 64u * 1024);
}

TEST(DropIn, ARefusalHoldsWhereALaterDropInSetsExecStart) {
  Unit unit = unit_of("ExecStart=/bin/a\n");
  unit.assignments.push_back({"Service", "ExecStart", "/b", {"/etc/a.service.d/zzz.conf", 2, 0}});
  Declaration declaration;
  declaration.state = Declaration::State::Invalid;
  EXPECT_THAT(render_drop_in(unit, declaration, "/w"), HasSubstr("[Unit]\n"));
  EXPECT_THAT(render_drop_in(unit, declaration, "/w"), HasSubstr("\nAssertPathExists=!/\n"));
}

TEST(DropIn, IsEmptyWhereNothingIsToBeDone) {
  Declaration declaration;
  for (auto state : {Declaration::State::None, Declaration::State::Off,
                     Declaration::State::NothingToConfine, Declaration::State::Unwrappable}) {
    declaration.state = state;
    EXPECT_EQ(render_drop_in(unit_of(""), declaration, "/w"), "");
  }
}

TEST(FilterMayRefuseSockets, Table) {
  struct Row {
    const char* settings;
    bool refuses;
  };
  for (const Row& row : {
           Row{"", false},
           {"SystemCallFilter=@system-service\n", false},
           {"SystemCallFilter=@process @network-io\n", false},
           {"SystemCallFilter=@basic-io @network-io\n", true}, // kill(2) is in @process
           {"SystemCallFilter=@process\n", true},
           {"SystemCallFilter=@process\nSystemCallFilter=@network-io\n", false},
           {"SystemCallFilter=@process socket connect\n", true},
           {"SystemCallFilter=@process @network-io socket\n", false},
           {"SystemCallFilter=~kill\n", true},
           {"SystemCallFilter=~getppid\n", true},
           {"SystemCallFilter=~@process\n", true},
           {"SystemCallFilter=@system-service\nSystemCallFilter=~@network-io\n", true},
           {"SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n", false},
           {"SystemCallFilter=~@clock\n", false},
           {"SystemCallFilter=~@network-io\n", true},
           {"SystemCallFilter=~@network-io:EPERM\n", true},
           {"SystemCallFilter=~socket\n", true},
           {"SystemCallFilter=~sendmsg:EACCES\n", true},
           {"SystemCallFilter=~@network-io\nSystemCallFilter=@network-io\n", false},
           {"SystemCallFilter=~@network-io\nSystemCallFilter=\n", false},
           {"SystemCallFilter=~\n", false},
       })
    EXPECT_EQ(filter_may_refuse_sockets(unit_of(row.settings)), row.refuses) << row.settings;
}

} // namespace
} // namespace unitlock
