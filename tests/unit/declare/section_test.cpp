// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SectionTest : public testing::Test {
protected:
  Section read(const std::string& text) {
    TempTree tree({{"/etc/services", "http 80/tcp\n"}});
    Root root = tree.root();
    Unit unit;
    unit.fragment = "x.service";
    UnitFile file = parse_unit_file("x.service", text);
    unit.assignments = file.assignments;
    unit.headers = file.headers;
    unit.bad_lines = file.bad_lines;
    if (file.broken)
      unit.broken.push_back(*file.broken);
    return read_section(unit, PortNames(root));
  }
  Section declare(const std::string& lines) { return read("[X-Landlock]\n" + lines); }
  Policy policy(const std::string& lines) {
    Section section = declare(lines);
    EXPECT_THAT(section.diagnostics, IsEmpty()) << lines;
    return section.policy;
  }
  std::vector<std::string> errors(const Section& section) {
    std::vector<std::string> all;
    for (const Diagnostic& d : section.diagnostics)
      if (d.severity == Severity::Error)
        all.push_back(to_string(d));
    return all;
  }
};

TEST_F(SectionTest, AnEmptyOneIsPresent) {
  Section section = read("[Service]\n[X-Landlock]\n");
  EXPECT_TRUE(section.present);
  EXPECT_EQ(section.where, (SourceRef{"x.service", 2, 0}));
  EXPECT_FALSE(section.presets);
  EXPECT_EQ(section.policy, Policy());
  EXPECT_FALSE(read("[Service]\nA=X-Landlock\n").present);
}

TEST_F(SectionTest, TheLoudNameIsNoted) {
  Section section = read("[Landlock]\nReadOnlyPaths=/a\n");
  EXPECT_TRUE(section.present);
  EXPECT_THAT(errors(section), IsEmpty());
  ASSERT_EQ(section.diagnostics.size(), 1u);
  EXPECT_EQ(section.diagnostics[0].severity, Severity::Note);
}

TEST_F(SectionTest, AMisspeltNameIsAnError) {
  for (const char* name :
       {"x-landlock", "X-LANDLOCK", "X-Landlock ", " Landlock", "[X-Landlock]"}) {
    Section section = read("[" + std::string(name) + "]\n");
    EXPECT_TRUE(section.present) << name;
    EXPECT_EQ(errors(section).size(), 1u) << name;
  }
  for (const char* name : {"X-Landlocked", "X-Land", "X-My-Landlock"})
    EXPECT_FALSE(read("[" + std::string(name) + "]\n").present) << name;
}

TEST_F(SectionTest, PathDirectivesAccumulateAndReset) {
  for (const PathDirective& row : kPathDirectives) {
    std::string name(row.name);
    Policy p = policy(name + "=/a -/b\n" + name + "=%S/c\n");
    ASSERT_EQ(p.paths.size(), 3u) << name;
    EXPECT_EQ(p.paths[1], (PathRule{"/b", row.access, true, {{"x.service", 2, 0}, name + "="}}));
    EXPECT_EQ(p.paths[2].path, "%S/c");
    EXPECT_EQ(policy(name + "=/a\n" + name + "=\n" + name + "=/b\n").paths.size(), 1u) << name;
  }
  EXPECT_EQ(policy("ReadOnlyPaths=/a\nExecPaths=/b\nReadOnlyPaths=\n").paths.size(), 1u)
      << "a reset is for its own directive";
}

TEST_F(SectionTest, PortDirectivesAccumulateAndReset) {
  for (const PortDirective& row : kPortDirectives) {
    std::string name(row.name);
    Policy p = policy(name + "=80 100-200\n" + name + "=any\n");
    ASSERT_EQ(p.ports.size(), 3u) << name;
    EXPECT_EQ(p.ports[1].first, 100);
    EXPECT_EQ(p.ports[1].last, 200);
    EXPECT_TRUE(p.ports[2].any);
    EXPECT_EQ(p.ports[0].access, row.access);
    EXPECT_THAT(policy(name + "=80\n" + name + "=\n").ports, IsEmpty());
  }
  EXPECT_EQ(policy("BindTCP=http\n").ports[0].first, 80);
}

TEST_F(SectionTest, AllowAndQuietAccumulateAndReset) {
  EXPECT_EQ(policy("AllowPaths=execute,read_file:-/a\n").paths[0].access,
            landlock::mask_of("fs.execute") | landlock::mask_of("fs.read_file"));
  EXPECT_THAT(policy("AllowPaths=execute:/a\nAllowPaths=\n").paths, IsEmpty());
  EXPECT_EQ(policy("QuietPaths=/a -/b\n").quiet.size(), 2u);
  EXPECT_THAT(policy("QuietPaths=/a\nQuietPaths=\n").quiet, IsEmpty());
  Policy expecting = policy("QuietPaths=/a remove_file:/run\nQuietPaths=read_dir:/b\n");
  EXPECT_EQ(expecting.quiet.size(), 1u);
  ASSERT_EQ(expecting.expected.size(), 2u);
  EXPECT_EQ(expecting.expected[0].access, landlock::mask_of("fs.remove_file"));
  EXPECT_EQ(expecting.expected[1].path, "/b");
  EXPECT_THAT(policy("QuietPaths=remove_file:/run\nQuietPaths=\n").expected, IsEmpty());
}

TEST_F(SectionTest, PresetsAccumulateAndResetToNothing) {
  EXPECT_EQ(declare("Preset=a b\nPreset=c\n").presets->size(), 3u);
  EXPECT_TRUE(declare("Preset=\n").presets->empty());
  EXPECT_EQ(declare("Preset=a\nPreset=\nPreset=b\n").presets->at(0).name, "b");
}

TEST_F(SectionTest, FamiliesAndScopesAccumulateAndResetToAll) {
  EXPECT_EQ(policy("Restrict=network\nRestrict=scope\n").families, FamilySet{6});
  EXPECT_EQ(policy("Restrict=network\nRestrict=\n").families, std::nullopt);
  EXPECT_EQ(policy("Scope=signal\n").scope, landlock::mask_of("scope.signal"));
  EXPECT_EQ(policy("Scope=signal\nScope=\n").scope, std::nullopt);
}

TEST_F(SectionTest, ScalarsTakeTheLastValueAndResetToTheDefault) {
  EXPECT_EQ(policy("ABI=3\nABI=4\n").abi, 4);
  EXPECT_EQ(policy("ABI=3\nABI=\n").abi, landlock::kPinnedAbi);
  EXPECT_EQ(policy("Compatibility=strict\n").compatibility, Compatibility::Strict);
  EXPECT_EQ(policy("Compatibility=strict\nCompatibility=\n").compatibility,
            Compatibility::BestEffort);
  EXPECT_EQ(policy("Mode=off\n").mode, Mode::Off);
  EXPECT_EQ(policy("Mode=off\nMode=enforce\n").mode, Mode::Enforce);
  EXPECT_FALSE(policy("LogDenials=off\n").log_denials);
  EXPECT_TRUE(policy("LogDenials=off\nLogDenials=\n").log_denials);
  EXPECT_FALSE(declare("DeriveFromUnit=no\n").derive_from_unit.value_or(true));
  EXPECT_EQ(declare("DeriveFromUnit=no\nDeriveFromUnit=\n").derive_from_unit, std::nullopt);
  EXPECT_THAT(policy("Commands=pre\nCommands=\n").commands, ElementsAre(ExecLine::Start));
}

TEST_F(SectionTest, CommandsAddToTheServicesOwn) {
  EXPECT_THAT(policy("").commands, ElementsAre(ExecLine::Start));
  EXPECT_THAT(policy("Commands=start\n").commands, ElementsAre(ExecLine::Start));
  EXPECT_THAT(policy("Commands=reload\nCommands=pre stop-post\n").commands,
              ElementsAre(ExecLine::Start, ExecLine::Pre, ExecLine::Reload, ExecLine::StopPost));
}

TEST_F(SectionTest, BadValuesAreErrorsWithTheirPlace) {
  for (const char* line : {"ReadOnlyPath=/a",
                           "readonlypaths=/a",
                           "X-Foo=1",
                           "ReadOnlyPaths=a",
                           "ReadOnlyPaths=/a/../b",
                           "ReadOnlyPaths=\"/a",
                           "ReadOnlyPaths=/a%",
                           "ReadOnlyPaths=/a\\nb",
                           "ReadOnlyPaths=--/a",
                           "ReadOnlyPaths=+/a",
                           "ReadOnlyPaths=''",
                           "AllowPaths=/a",
                           "AllowPaths=:/a",
                           "AllowPaths=execute,:/a",
                           "AllowPaths=net.bind_tcp:/a",
                           "BindTCP=70000",
                           "BindTCP=-1",
                           "BindTCP=2-1",
                           "BindTCP=080",
                           "BindTCP=nosuch",
                           "BindUDP=http",
                           "Scope=x",
                           "Restrict=x",
                           "ABI=0",
                           "ABI=12",
                           "ABI=1x",
                           "ABI=-1",
                           "Compatibility=x",
                           "Mode=x",
                           "LogDenials=x",
                           "DeriveFromUnit=x",
                           "Commands=x",
                           "Preset='a"}) {
    auto found = errors(declare(std::string("ABI=1\n") + line + "\n"));
    ASSERT_EQ(found.size(), 1u) << line;
    EXPECT_EQ(found[0].substr(0, 13), "x.service:3: ") << line;
  }
}

TEST_F(SectionTest, AMistypedDirectiveIsGuessed) {
  EXPECT_THAT(errors(declare("ReadOnlyPath=/a\nbindtcp=80\nLogDenial=no\nNonsense=1\n")),
              ElementsAre("x.service:2: unknown directive 'ReadOnlyPath'; did you mean "
                          "ReadOnlyPaths=?",
                          "x.service:3: unknown directive 'bindtcp'; did you mean BindTCP=?",
                          "x.service:4: unknown directive 'LogDenial'; did you mean LogDenials=?",
                          "x.service:5: unknown directive 'Nonsense'"));
}

TEST_F(SectionTest, LinesThatSystemdSkipsAreErrorsInsideOnly) {
  EXPECT_THAT(errors(declare("ReadOnlyPaths /a\n")),
              ElementsAre("x.service:2: there is no = in the line"));
  EXPECT_THAT(errors(read("[Service]\nbad\n[X-Landlock]\n")), IsEmpty());
}

TEST_F(SectionTest, WhatIsNotReadMayHaveDeclared) {
  EXPECT_EQ(errors(read("[Service]\n[Install\n[X-Landlock]\n")).size(), 1u);
  EXPECT_EQ(errors(read("[X-Landlock\n")).size(), 1u);
  EXPECT_EQ(errors(read("[X-Landlock \\\nReadOnlyPaths=/a\n")).size(), 1u);
  EXPECT_EQ(errors(read("[X-Landlock]\nA=\xff\n")).size(), 1u);
  EXPECT_FALSE(read("[Install\n# see [X-Landlock]\n").present);
}

TEST(MayDeclare, LooksAtFrontsOfLinesOnly) {
  for (const char* text :
       {"[X-Landlock]", "a\n [x-landlock", "a\r[Landlock]", "\xef\xbb\xbf[X-LANDLOCK]",
        "[[X-Landlock]]", "[ \"X-Landlock\" ]", "[                                 X-Landlock]",
        "[ \\\nX-Landlock]", "# [\\\n[X-Landlock]"})
    EXPECT_TRUE(may_declare(text)) << text;
  for (const char* text : {"", "[", "# [X-Landlock]", "A=[X-Landlock]", "X-Landlock", "[X-Land]"})
    EXPECT_FALSE(may_declare(text)) << text;
  EXPECT_TRUE(may_declare(std::string_view("a\0[X-Landlock]", 14)));
}

} // namespace
} // namespace unitlock
