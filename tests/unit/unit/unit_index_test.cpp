// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kVendor = "/usr/lib/systemd/system/";
constexpr const char* kAdmin = "/etc/systemd/system/";

class UnitIndexTest : public testing::Test {
protected:
  void vendor(const std::string& name, const std::string& text = "[Service]\nExecStart=/v\n") {
    tree_.write(kVendor + name, text);
  }
  void admin(const std::string& name, const std::string& text = "[Service]\nExecStart=/a\n") {
    tree_.write(kAdmin + name, text);
  }
  std::vector<std::string> services() {
    Root root = tree_.root();
    return UnitIndex(root, unit_search_path(root, {})).services();
  }
  Unit load(const std::string& name) {
    Root root = tree_.root();
    return UnitIndex(root, unit_search_path(root, {})).load(name);
  }
  std::vector<std::string> values(const std::string& name, const std::string& key = "K") {
    std::vector<std::string> all;
    Unit unit = load(name);
    for (const Assignment* assignment : unit.list("S", key))
      all.push_back(assignment->value);
    return all;
  }

  TempTree tree_;
};

TEST_F(UnitIndexTest, TheFirstDirectoryWins) {
  vendor("a.service");
  admin("a.service");
  EXPECT_EQ(load("a.service").fragment, "/etc/systemd/system/a.service");
  tree_.write("/run/systemd/system.control/a.service", "[Service]\n");
  EXPECT_EQ(load("a.service").fragment, "/run/systemd/system.control/a.service");
  EXPECT_THAT(services(), ElementsAre("a.service"));
}

TEST_F(UnitIndexTest, PlacedFilesComeBeforeAllOthers) {
  vendor("a.service", "[S]\nK=installed\n");
  admin("a.service.d/x.conf", "[S]\nK=installed drop-in\n");
  admin("service.d/y.conf", "[S]\nK=of all\n");
  tree_.link("/etc/systemd/system/b.service", "/usr/lib/systemd/system/a.service");
  Root root = tree_.root();
  UnitIndex index(root, unit_search_path(root, {}),
                  {{"debian/a.service", "[S]\nK=placed\n"},
                   {"p/a.service.d/x.conf", "[S]\nK=placed drop-in\n"},
                   {"p/c.service.d/x.conf", "[S]\nK=of c\n"},
                   {"debian/b.service", "[S]\nK=no alias any more\n"},
                   {"debian/control", "Package: a\n"}});
  EXPECT_THAT(index.services(), ElementsAre("a.service", "b.service", "c.service"));
  EXPECT_EQ(index.load("a.service").fragment, "debian/a.service");
  EXPECT_THAT(index.load("a.service").drop_ins,
              ElementsAre("p/a.service.d/x.conf", "/etc/systemd/system/service.d/y.conf"));
  EXPECT_EQ(index.load("a.service").list("S", "K").size(), 3);
  EXPECT_EQ(index.load("b.service").fragment, "debian/b.service");
  EXPECT_TRUE(index.any_text("c.service", [](std::string_view text) {
    return text.find("of c") != std::string_view::npos;
  }));
}

TEST_F(UnitIndexTest, AnAliasMayLeadToAnInstanceWithoutAFile) {
  vendor("b@.service", "[S]\nK=template\n");
  tree_.link(std::string(kAdmin) + "a@x.service", std::string(kVendor) + "b@x.service");
  admin("a@x.service.d/l.conf", "[S]\nK=alias\n");
  EXPECT_THAT(services(), ElementsAre("b@.service", "b@x.service"));
  EXPECT_EQ(load("a@x.service").name, "b@x.service");
  EXPECT_THAT(values("b@x.service"), ElementsAre("template", "alias"));
  EXPECT_THAT(values("a@x.service"), ElementsAre("template", "alias"));
  EXPECT_THAT(values("b@y.service"), ElementsAre("template"));
}

TEST_F(UnitIndexTest, ReadsAttachedUnits) {
  tree_.write("/etc/systemd/system.attached/a.service", "[Service]\n");
  tree_.write("/run/systemd/system.attached/b.service", "[Service]\n");
  EXPECT_THAT(services(), ElementsAre("a.service", "b.service"));
}

TEST_F(UnitIndexTest, DropInsMergeByNameOverAllDirectories) {
  vendor("a-b.service", "[S]\nK=fragment\n");
  vendor("a-b.service.d/30.conf", "[S]\nK=30\n");
  vendor("a-b.service.d/20.conf", "[S]\nK=not this\n");
  admin("a-.service.d/20.conf", "[S]\nK=20 of the prefix in /etc\n");
  admin("service.d/20.conf", "[S]\nK=not this either\n");
  admin("service.d/10.conf", "[S]\nK=10\n");
  admin("a-b.service.d/.hidden.conf", "[S]\nK=hidden\n");
  admin("a-b.service.d/40.conf~", "[S]\nK=backup\n");
  EXPECT_THAT(values("a-b.service"),
              ElementsAre("fragment", "10", "20 of the prefix in /etc", "30"));
}

TEST_F(UnitIndexTest, AnEmptyAssignmentResetsAndAScalarsLastValueWins) {
  vendor("a.service", "[S]\nK=1\nK=2\nK=\nK=3\nV=1\nV=2\n[T]\nV=3\n");
  EXPECT_THAT(values("a.service"), ElementsAre("3"));
  Unit unit = load("a.service");
  EXPECT_EQ(unit.scalar("S", "V")->value, "2");
  EXPECT_EQ(unit.scalar("S", "W"), nullptr);
  admin("a.service.d/x.conf", "[S]\nV=\n");
  EXPECT_EQ(load("a.service").scalar("S", "V"), nullptr);
}

TEST_F(UnitIndexTest, FollowsLinkedDropInsAndDropInDirectories) {
  vendor("a.service");
  tree_.write("/srv/x.conf", "[S]\nK=1\n");
  tree_.link(std::string(kAdmin) + "a.service.d/x.conf", "/srv/x.conf");
  vendor("b.service");
  tree_.link(std::string(kAdmin) + "b.service.d", "../../../srv");
  EXPECT_THAT(values("a.service"), ElementsAre("1"));
  EXPECT_THAT(values("b.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, ADropInThatLinksNowhereMasksItsNamesakesAndIsNoError) {
  vendor("a.service");
  vendor("a.service.d/x.conf", "[S]\nK=1\n");
  tree_.link(std::string(kAdmin) + "a.service.d/x.conf", "/dev/null");
  Unit unit = load("a.service");
  EXPECT_THAT(unit.broken, IsEmpty());
  EXPECT_EQ(unit.scalar("S", "K"), nullptr);
}

TEST_F(UnitIndexTest, ADropInThatIsADirectoryMasksItsNamesakesAndIsNoError) {
  vendor("a.service");
  for (const char* name : {"x.conf", "y.conf", "z.conf"})
    vendor(std::string("a.service.d/") + name, std::string("[S]\nK=") + name + "\n");
  tree_.make_directory(std::string(kAdmin) + "a.service.d/x.conf");
  tree_.make_directory("/srv/directory");
  tree_.link(std::string(kAdmin) + "a.service.d/y.conf", "/srv/directory");
  EXPECT_THAT(load("a.service").broken, IsEmpty());
  EXPECT_THAT(values("a.service"), ElementsAre("z.conf"));
}

TEST_F(UnitIndexTest, AMaskedUnitHasNoDropIns) {
  vendor("a.service");
  admin("a.service.d/x.conf");
  tree_.link(std::string(kAdmin) + "a.service", "/dev/null");
  vendor("b.service", "");
  admin("b.service.d/x.conf");
  EXPECT_TRUE(load("a.service").masked);
  EXPECT_THAT(load("a.service").drop_ins, IsEmpty());
  EXPECT_TRUE(load("b.service").masked);
}

TEST_F(UnitIndexTest, AnAliasIsNoServiceAndLendsItsDropIns) {
  vendor("real.service");
  tree_.link("/lib", "usr/lib");
  tree_.link(std::string(kAdmin) + "short.service", "/lib/systemd/system/real.service");
  tree_.link(std::string(kAdmin) + "shorter.service", "short.service");
  admin("shorter.service.d/x.conf", "[S]\nK=1\n");
  EXPECT_THAT(services(), ElementsAre("real.service"));
  EXPECT_EQ(load("shorter.service").name, "real.service");
  EXPECT_THAT(values("real.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, ALinkOutOfTheSearchPathIsAUnitOfTheLinksName) {
  tree_.write("/opt/x/other.service", "[Service]\n");
  tree_.link(std::string(kAdmin) + "a.service", "../../../opt/x/other.service");
  tree_.link(std::string(kAdmin) + "b.service", "/opt/x/other.service");
  tree_.link("/usr/lib/systemd/system/x", "../../../../opt/x");
  tree_.link(std::string(kAdmin) + "c.service", "/usr/lib/systemd/system/x/other.service");
  EXPECT_THAT(services(), ElementsAre("a.service", "b.service", "c.service"));
}

TEST_F(UnitIndexTest, ALinkToTheSameNameLeavesTheFileThatIsThere) {
  vendor("a.service");
  tree_.link(std::string(kAdmin) + "a.service", "/usr/lib/systemd/system/a.service");
  tree_.link("/run/systemd/system/b.service", "/usr/local/lib/systemd/system/b.service");
  vendor("b.service");
  EXPECT_EQ(load("a.service").fragment, "/usr/lib/systemd/system/a.service");
  EXPECT_EQ(load("b.service").fragment, "/usr/lib/systemd/system/b.service");
}

TEST_F(UnitIndexTest, AnAliasOfAnotherKindIsRefused) {
  vendor("a.service");
  vendor("t@.service");
  for (const char* name : {"x@y.service", "x@.service"})
    tree_.link(std::string(kAdmin) + name, "/usr/lib/systemd/system/a.service");
  tree_.link(std::string(kAdmin) + "b.service", "/usr/lib/systemd/system/t@.service");
  tree_.link(std::string(kAdmin) + "c.service", "/usr/lib/systemd/system/a.socket");
  tree_.link(std::string(kAdmin) + "u@1.service", "/usr/lib/systemd/system/t@2.service");
  EXPECT_THAT(services(), ElementsAre("a.service", "t@.service"));
}

TEST_F(UnitIndexTest, ARingOfAliasesIsNoUnit) {
  tree_.link(std::string(kAdmin) + "a.service", "b.service");
  tree_.link(std::string(kAdmin) + "b.service", "a.service");
  tree_.link(std::string(kAdmin) + "ring", "ring");
  tree_.link(std::string(kAdmin) + "c.service", "ring/c.service");
  EXPECT_EQ(load("a.service").fragment, "");
  EXPECT_EQ(load("a.service").name, "a.service");
}

TEST_F(UnitIndexTest, InstancesWithFilesOfTheirOwnAreServices) {
  vendor("t@.service");
  vendor("t@fragment.service");
  admin("t@drop\\x2din.service.d/x.conf");
  tree_.link(std::string(kAdmin) + "multi-user.target.wants/t@plain.service", "../t@.service");
  EXPECT_THAT(services(), ElementsAre("t@.service", "t@drop\\x2din.service", "t@fragment.service"));
  EXPECT_EQ(load("t@plain.service").fragment, "/usr/lib/systemd/system/t@.service");
}

TEST_F(UnitIndexTest, TheInstanceOfAnAliasIsOneOfTheRealTemplate) {
  vendor("getty@.service");
  vendor("autovt@.service");
  tree_.link(std::string(kAdmin) + "autovt@.service", "/usr/lib/systemd/system/getty@.service");
  admin("autovt@tty1.service.d/x.conf", "[S]\nK=1\n");
  admin("autovt@.service.d/y.conf", "[S]\nK=2\n");
  EXPECT_THAT(services(), ElementsAre("getty@.service", "getty@tty1.service"));
  EXPECT_THAT(values("getty@tty1.service"), ElementsAre("1", "2"));
  EXPECT_THAT(values("getty@.service"), ElementsAre("2"));
  EXPECT_EQ(load("autovt@tty2.service").name, "getty@tty2.service");
}

TEST_F(UnitIndexTest, AnInstanceThatIsAnAliasReadsTheDropInsOfBothTemplates) {
  vendor("a@.service");
  vendor("b@.service");
  tree_.link(std::string(kAdmin) + "a@x.service", "/usr/lib/systemd/system/b@.service");
  admin("a@.service.d/x.conf", "[S]\nK=1\n");
  EXPECT_THAT(services(), ElementsAre("a@.service", "b@.service", "b@x.service"));
  EXPECT_EQ(load("a@x.service").name, "b@x.service");
  EXPECT_THAT(values("b@x.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, AnInstanceWithAFileOfItsOwnHasNoAliasOfItsTemplate) {
  vendor("a@.service");
  vendor("a@x.service");
  tree_.link(std::string(kAdmin) + "b@.service", "/usr/lib/systemd/system/a@.service");
  tree_.link(std::string(kAdmin) + "c@x.service", "/usr/lib/systemd/system/a@x.service");
  admin("b@.service.d/x.conf", "[S]\nK=1\n");
  admin("c@x.service.d/y.conf", "[S]\nK=2\n");
  EXPECT_THAT(values("a@x.service"), ElementsAre("2"));
  EXPECT_THAT(values("a@y.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, AnAliasOfAMaskedTemplateLendsNothing) {
  vendor("a@.service", "");
  vendor("a@x.service");
  tree_.link(std::string(kAdmin) + "b@x.service", "/usr/lib/systemd/system/a@.service");
  admin("b@x.service.d/x.conf", "[S]\nK=1\n");
  EXPECT_THAT(values("a@x.service"), IsEmpty());
}

TEST_F(UnitIndexTest, AnInstanceOfAnAliasMayBeAUnitOfItsOwn) {
  vendor("a@.service");
  vendor("b@x.service");
  tree_.link(std::string(kAdmin) + "b@.service", "/usr/lib/systemd/system/a@.service");
  admin("b@.service.d/x.conf", "[S]\nK=1\n");
  EXPECT_THAT(services(), ElementsAre("a@.service", "a@x.service", "b@x.service"))
      << "a@x is not as the other instances";
  EXPECT_THAT(values("a@x.service"), IsEmpty());
  EXPECT_THAT(values("b@x.service"), ElementsAre("1"));
  EXPECT_THAT(values("a@y.service"), ElementsAre("1"));
  tree_.link(std::string(kAdmin) + "b@z.service", "/usr/lib/systemd/system/nowhere@z.service");
  EXPECT_THAT(values("a@z.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, ADashPrefixWithAnInstanceNamesInstancesOfWhatItReaches) {
  vendor("a-b@.service");
  vendor("c@.service");
  admin("a-@x.service.d/x.conf", "[S]\nK=1\n");
  EXPECT_THAT(services(), ElementsAre("a-b@.service", "a-b@x.service", "c@.service"));
  EXPECT_THAT(values("a-b@x.service"), ElementsAre("1"));
}

TEST_F(UnitIndexTest, AUnitOfDropInsOnlyIsThereWithoutFragment) {
  admin("a.service.d/x.conf");
  admin("b-.service.d/x.conf");
  admin("service.d/x.conf");
  EXPECT_THAT(services(), ElementsAre("a.service"));
  EXPECT_EQ(load("a.service").fragment, "");
}

TEST_F(UnitIndexTest, PassesOverWhatIsNoUnit) {
  vendor("a b.service");
  vendor("a.socket");
  vendor(".a.service");
  vendor("line\nbreak.service");
  tree_.make_directory(std::string(kVendor) + "dir.service");
  EXPECT_THAT(services(), IsEmpty());
}

TEST_F(UnitIndexTest, SaysWhatCannotBeRead) {
  vendor("a.service");
  tree_.link(std::string(kAdmin) + "a.service.d/x.conf", "x.conf");
  Unit unit = load("a.service");
  ASSERT_EQ(unit.broken.size(), 1u);
  EXPECT_EQ(unit.broken[0].error.where->file, std::string(kAdmin) + "a.service.d/x.conf");
  EXPECT_EQ(unit.broken[0].error.number, ELOOP);
}

TEST_F(UnitIndexTest, ListsTheDirectoryOfSplitUsrOnlyWhereThereIsOne) {
  tree_.write("/lib/systemd/system/a.service", "[Service]\n");
  EXPECT_THAT(services(), ElementsAre("a.service"));
}

} // namespace
} // namespace unitlock
