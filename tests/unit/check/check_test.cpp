// SPDX-License-Identifier: LGPL-2.1-or-later
// The state of a declaration, misspellings, files that are not installed, presets.
#include "check/writing.hpp"
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

TEST_F(CheckTest, WhatTheGeneratorSays) {
  EXPECT_THAT(found_with("", "Nonsense=1\nBindTCP=70000\n"),
              ElementsAre("error invalid-declaration 100", "error invalid-declaration 101"));
  EXPECT_THAT(found_with("AppArmorProfile=x\n", ""), ElementsAre("error not-confined 3"));
  EXPECT_THAT(found_with("", "Mode=off\n"), ElementsAre("note off 0"));
  tree_.write("/etc/systemd/system/a.service.d/zz-unitlock.conf", "");
  EXPECT_THAT(found_with("", ""), ElementsAre("note declaration 0"));
}

TEST_F(CheckTest, MaskedUnitsAndSilentOnes) {
  tree_.link("/etc/systemd/system/m.service", "/dev/null");
  EXPECT_THAT(found("m.service"), ElementsAre("note masked 0"));
  tree_.write("/etc/systemd/system/s.service", "[Service]\nExecStart=/usr/sbin/a\n");
  EXPECT_THAT(found("s.service"), ElementsAre("warning nothing-declared 0"));
}

TEST_F(CheckTest, Misspellings) {
  auto with = [&](const std::string& lines) {
    tree_.write("/etc/systemd/system/s.service", "[Service]\nExecStart=/usr/sbin/a\n" + lines);
    return found("s.service");
  };
  EXPECT_THAT(with("[Landlock]\n"), ElementsAre("warning section-name 3"));
  for (const char* name : {"X-Landlok", "XLandlock", "X-LandLocks", "Landlok", "X_Landlock"})
    EXPECT_THAT(with(fmt::format("[{}]\n", name)),
                ElementsAre("warning nothing-declared 0", "warning section-name 3"))
        << name;
  EXPECT_THAT(with("[x-landlock]\n"), ElementsAre("error invalid-declaration 3"));
  EXPECT_THAT(with("[X-Lxc]\n[X-Landlock]\n"), IsEmpty());
  EXPECT_THAT(with("BindTCP=80\nReadOnlyPaths=/\n[X-Landlock]\n"),
              ElementsAre("warning misplaced-directive 3"));
}

TEST(HasMisspeltSection, LooksAtWholeLines) {
  EXPECT_TRUE(has_misspelt_section("[X-Landlok]\n"));
  EXPECT_TRUE(has_misspelt_section("[Unit]\n[XLandlock]"));
  for (const char* text : {"", "[", "[]", "[X-Landlock]\n", "[Landlock]\n", "# [X-Landlok]\n",
                           "[Install]\n[Service]\n", "[X-Landlok"})
    EXPECT_FALSE(has_misspelt_section(std::string_view(text))) << text;
}

TEST_F(CheckTest, FilesThatAreNotInstalledYet) {
  PlacedFiles placed = {{"debian/b.service", "[Service]\nExecStart=/usr/sbin/b\n[X-Landlock]\n"
                                             "ReadOnlyPaths=/usr/share/b\nBindTCP=x\n"}};
  EXPECT_THAT(found("b.service", placed), ElementsAre("error invalid-declaration 5"));
  placed[0].text = "[Service]\nExecStart=/usr/sbin/b\n[X-Landlock]\nReadOnlyPaths=/usr/share/b\n";
  EXPECT_THAT(found("b.service", placed), ElementsAre("note unchecked 2", "note missing-path 4"));
  placed[0].text = "[Service]\nExecStart=b\n[X-Landlock]\n";
  EXPECT_THAT(found("b.service", placed), ElementsAre("note unchecked 2"));
  program("/usr/sbin/b", "");
  placed[0].text = "[Service]\nExecStart=/usr/sbin/b\n[X-Landlock]\nReadOnlyPaths=/usr/share/b\n";
  EXPECT_THAT(found("b.service", placed), ElementsAre("error missing-path 4"))
      << "the package is installed";
}

TEST_F(CheckTest, ADropInForAnothersUnit) {
  PlacedFiles placed = {{"x/b.service.d/landlock.conf", "[X-Landlock]\nReadOnlyPaths=/srv\n"}};
  EXPECT_THAT(found("b.service", placed),
              ElementsAre("warning not-confined 1", "note missing-path 2"));
  service("", "");
  placed[0].path = "x/a.service.d/landlock.conf";
  EXPECT_THAT(found("a.service", placed), ElementsAre("error missing-path 2"));
}

TEST_F(CheckTest, PresetsByThemselves) {
  tree_.make_directory("/opt/a");
  tree_.write("/etc/hosts", "");
  Root root = tree_.root();
  DeclarationIndex index(root, {},
                         {{"my.yaml", "presets:\n"
                                      "  mine:\n"
                                      "    extends: [runtime]\n"
                                      "    read-write: [/opt/a]\n"
                                      "    exec: [/opt/a, /srv/missing]\n"
                                      "    read-only: [/etc/hosts, /usr/lib/x]\n"}});
  std::vector<std::string> all;
  for (const Finding& finding :
       check_preset(root, index.presets(), index.presets().all().at("mine"), RuntimeScope::System))
    all.push_back(fmt::format("{} {}", finding.where.line, finding.check));
  EXPECT_THAT(all, ElementsAre("5 writable-program", "6 replaced-file", "6 redundant-grant"));
}

} // namespace
} // namespace unitlock::check
