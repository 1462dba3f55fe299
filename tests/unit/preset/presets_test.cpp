// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/presets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using testing::HasSubstr;

class PresetsTest : public testing::Test {
protected:
  void vendor(const std::string& text, const std::string& name = "10-a.yaml") {
    tree_.write("/usr/lib/unitlock/conf.d/" + name, text);
  }
  void admin(const std::string& text, const std::string& name = "50-b.yaml") {
    tree_.write("/etc/unitlock/conf.d/" + name, text);
  }
  Presets load() {
    Root root = tree_.root();
    PortNames names(root);
    return Presets::load(root, {}, names);
  }
  /// "path (said by)", one each.
  std::vector<std::string> rules(const std::string& preset) {
    std::vector<std::string> all;
    auto policy = load().resolve(preset);
    if (!policy)
      return {to_string(policy.error())};
    for (const PathRule& rule : policy->paths)
      all.push_back(rule.path + " (" + rule.from.said_by + ")");
    return all;
  }
  std::string problems() {
    std::string text;
    const Presets presets = load();
    for (const Diagnostic& problem : presets.problems())
      text += to_string(problem) + "\n";
    return text;
  }
  TempTree tree_;
};

TEST_F(PresetsTest, SayEachRuleOnBehalfOfTheChain) {
  vendor("presets:\n"
         "  a: {extends: [b], read-only: [/a]}\n"
         "  b: {extends: c, read-only: [/b]}\n"
         "  c: {read-only: /c}\n");
  EXPECT_THAT(rules("a"),
              testing::ElementsAre("/c (preset a → b → c)", "/b (preset a → b)", "/a (preset a)"));
  EXPECT_EQ(load().resolve("a")->paths[0].from.where,
            (SourceRef{"/usr/lib/unitlock/conf.d/10-a.yaml", 4, 18}));
}

TEST_F(PresetsTest, APlacedFileTakesThePlaceOfItsNamesake) {
  vendor("presets: {a: {read-only: [/installed]}}\n");
  admin("presets: {b: {read-only: [/b]}}\n", "90-b.yaml");
  Root root = tree_.root();
  PortNames names(root);
  Presets presets =
      Presets::load(root, {}, names,
                    {{"conf.d/10-a.yaml", "presets: {a: {read-only: [/placed], exec: nothing}}\n"},
                     {"x/a.service", "presets: {c: {}}\n"}});
  EXPECT_EQ(presets.all().size(), 2);
  EXPECT_EQ(presets.all().at("a").policy.paths.at(0).path, "/placed");
  ASSERT_EQ(presets.problems().size(), 1);
  EXPECT_EQ(presets.problems()[0].where.file, "conf.d/10-a.yaml");
}

TEST_F(PresetsTest, HaveNames) {
  vendor("presets:\n  '': {read-only: [/a]}\n  b: {read-only: [/b]}\n");
  EXPECT_EQ(problems(), "/usr/lib/unitlock/conf.d/10-a.yaml:2:3: a preset must have a name\n");
  EXPECT_FALSE(load().resolve(""));
  EXPECT_THAT(rules("b"), testing::ElementsAre("/b (preset b)"));
}

TEST_F(PresetsTest, KnowEveryKey) {
  vendor("presets:\n  a:\n    description: d\n    read-only: [/a]\n    exec: [/a]\n"
         "    read-write: [/a]\n    device: [/a]\n    socket: [/a]\n    allow: ['execute:/a']\n"
         "    quiet: [/a, 'remove_file:/a']\n    bind-tcp: [1, 2-3]\n    connect-tcp: any\n    "
         "bind-udp: 0\n"
         "    connect-udp: [53]\n    restrict: [network]\n    scope: [signal]\n");
  EXPECT_EQ(problems(), "");
  auto policy = load().resolve("a");
  EXPECT_EQ(policy->paths.size(), 6u);
  EXPECT_EQ(policy->ports.size(), 5u);
  EXPECT_EQ(policy->quiet.size(), 1u);
  ASSERT_EQ(policy->expected.size(), 1u);
  EXPECT_EQ(policy->expected[0].from.said_by, "preset a");
  EXPECT_EQ(policy->families, family_bit(landlock::Family::Network));
  EXPECT_EQ(policy->scope, landlock::mask_of("scope.signal"));
}

TEST_F(PresetsTest, WithoutRestrictInsistOnNothing) {
  vendor("presets: {a: {read-only: [/a]}}\n");
  EXPECT_EQ(load().resolve("a")->families, FamilySet{0});
  EXPECT_EQ(load().resolve("a")->scope, std::uint64_t{0});
}

TEST_F(PresetsTest, AreUnitedInWhatTheyRestrict) {
  vendor("presets:\n  a: {extends: [b], restrict: [network]}\n  b: {restrict: [scope]}\n");
  EXPECT_EQ(load().resolve("a")->families,
            family_bit(landlock::Family::Network) | family_bit(landlock::Family::Scope));
}

TEST_F(PresetsTest, ADiamondCountsEachPresetOnce) {
  std::string text = "presets:\n  p0: {read-only: [/p0]}\n";
  for (int i = 1; i <= 30; ++i) {
    std::string above = std::to_string(i - 1), n = std::to_string(i);
    text += "  p" + n + ": {extends: [l" + n + ", r" + n + "]}\n";
    text += "  l" + n + ": {extends: [p" + above + "]}\n";
    text += "  r" + n + ": {extends: [p" + above + "]}\n";
  }
  vendor(text);
  EXPECT_EQ(rules("p15").size(), 1u) << "two to the power of 15 ways";
}

TEST_F(PresetsTest, ARingNamesItself) {
  vendor("presets:\n  a: {extends: [b]}\n  b: {extends: [c]}\n  c: {extends: [b]}\n");
  EXPECT_THAT(problems(), HasSubstr("preset 'b' extends itself (a → b → c → b)"));
  EXPECT_FALSE(load().resolve("a"));
}

TEST_F(PresetsTest, AChainHasAnEnd) {
  std::string text = "presets:\n  p0: {}\n";
  for (int i = 1; i <= 2000; ++i)
    text += "  p" + std::to_string(i) + ": {extends: [p" + std::to_string(i - 1) + "]}\n";
  vendor(text);
  EXPECT_TRUE(load().resolve("p31"));
  EXPECT_THAT(rules("p2000"), testing::ElementsAre(HasSubstr("preset 'p2000' is invalid")));
}

TEST_F(PresetsTest, AnInvalidOneTakesThoseThatExtendItAlong) {
  vendor("presets:\n  a: {extends: [b]}\n  b: {read-onyl: [/b]}\n  c: {}\n");
  EXPECT_THAT(rules("a"), testing::ElementsAre(HasSubstr("preset 'b' is invalid: unknown key")));
  EXPECT_TRUE(load().resolve("c"));
}

TEST_F(PresetsTest, GuessWhatWasMeant) {
  vendor("preset: {}\npresets:\n  nginx: {}\n  webserver: {extends: [ngnix]}\n"
         "  typo: {Bind_TCP: [80]}\n");
  EXPECT_THAT(problems(), HasSubstr(":1:1: unknown key 'preset'; did you mean presets?\n"));
  EXPECT_THAT(problems(), HasSubstr("there is no preset 'ngnix'; did you mean nginx?\n"));
  EXPECT_THAT(problems(), HasSubstr("unknown key 'Bind_TCP'; did you mean bind-tcp?\n"));
  EXPECT_THAT(rules("web-server"),
              testing::ElementsAre("there is no preset 'web-server'; did you mean webserver?"));
}

TEST_F(PresetsTest, ALaterFileReplacesAndANamesakeMasks) {
  vendor("presets: {a: {read-only: [/vendor]}, b: {read-only: [/b]}}\n");
  admin("presets: {a: {read-only: [/admin]}}\n");
  EXPECT_THAT(rules("a"), testing::ElementsAre("/admin (preset a)"));
  EXPECT_EQ(rules("b").size(), 1u);
  admin("presets: {c: {}}\n", "10-a.yaml");
  EXPECT_THAT(rules("b"), testing::ElementsAre("there is no preset 'b'"));
}

TEST_F(PresetsTest, ALinkToDevNullMasks) {
  vendor("presets: {a: {}}\n");
  tree_.link("/etc/unitlock/conf.d/10-a.yaml", "/dev/null");
  EXPECT_FALSE(load().resolve("a"));
  EXPECT_EQ(problems(), "");
}

TEST_F(PresetsTest, AFileThatIsTooLargeIsNotRead) {
  vendor("presets: {a: {}}\n#" + std::string(1024 * 1024, 'x'));
  EXPECT_THAT(problems(), HasSubstr("10-a.yaml: cannot read"));
}

class UnitsTest : public PresetsTest {
protected:
  /// The presets that a service with these names gets.
  std::vector<std::string> given(const std::vector<std::string>& names) {
    const Presets presets = load();
    const UnitPresets* unit = presets.given_to(names);
    std::vector<std::string> all;
    for (const PresetName& preset : unit ? unit->presets : std::vector<PresetName>())
      all.push_back(preset.name);
    return all;
  }
};

TEST_F(UnitsTest, TheLastMatchCounts) {
  vendor("presets: {a: {}, b: {}}\n"
         "units: {x.service: a, 'x*.service': [b, a], y.service: none}\n");
  EXPECT_THAT(given({"x.service"}), testing::ElementsAre("b", "a"));
  EXPECT_THAT(given({"y.service"}), testing::IsEmpty());
  EXPECT_THAT(given({"z.service"}), testing::IsEmpty());
  EXPECT_EQ(problems(), "");
}

TEST_F(UnitsTest, TheAdministratorsWordCountsMoreThanTheNameOfHisFile) {
  vendor("presets: {a: {}, b: {}}\nunits: {x.service: a, y.service: a}\n", "90-vendor.yaml");
  admin("units: {x.service: b, '?.service': none}\n", "10-admin.yaml");
  EXPECT_THAT(given({"x.service"}), testing::IsEmpty());
  admin("units: {'?.service': none, x.service: b}\n", "10-admin.yaml");
  EXPECT_THAT(given({"x.service"}), testing::ElementsAre("b"));
  EXPECT_THAT(given({"y.service"}), testing::IsEmpty());
}

TEST_F(UnitsTest, AnyOfTheNamesOfAUnitWillDo) {
  vendor("presets: {a: {}}\nunits: {'pool@*.service': a, alias.service: a}\n");
  EXPECT_THAT(given({"pool@1.service", "pool@.service"}), testing::ElementsAre("a"));
  EXPECT_THAT(given({"real.service", "alias.service"}), testing::ElementsAre("a"));
}

TEST_F(UnitsTest, ABackslashIsACharacterOfNames) {
  vendor("presets: {a: {}}\nunits: {'dev-sda\\x2d*.service': a}\n");
  EXPECT_THAT(given({"dev-sda\\x2d1.service"}), testing::ElementsAre("a"));
}

TEST_F(UnitsTest, APresetThatCannotBeReadLeavesTheServiceDeclared) {
  vendor("units: {x.service: {a: b}}\n");
  const Presets presets = load();
  const UnitPresets* unit = presets.given_to({"x.service"});
  ASSERT_NE(unit, nullptr);
  ASSERT_TRUE(unit->error);
  EXPECT_THAT(problems(), HasSubstr("10-a.yaml:1:20: presets are given by name"));
}

TEST_F(UnitsTest, UsersManagersHaveTheirOwn) {
  vendor("presets: {a: {}, b: {}}\nunits: {x.service: a}\nuser-units: {x.service: b}\n");
  EXPECT_THAT(given({"x.service"}), testing::ElementsAre("a"));
  Root root = tree_.root();
  PortNames names(root);
  ManagerEnvironment user;
  user.scope = RuntimeScope::User;
  const Presets presets = Presets::load(root, user, names);
  ASSERT_NE(presets.given_to({"x.service"}), nullptr);
  EXPECT_EQ(presets.given_to({"x.service"})->presets[0].name, "b");
}

} // namespace
} // namespace unitlock
