// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace unitlock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UnitName, SplitsAndJoins) {
  for (const char* name : {"a.service", "a-b@c-d.service", "a@.service", "a.b@c.d.socket"}) {
    auto parts = parse_unit_name(name);
    ASSERT_TRUE(parts) << name;
    EXPECT_EQ(to_string(*parts), name);
  }
  EXPECT_EQ(parse_unit_name("a@b@c.service")->instance, "b@c");
  for (const char* name : {"", "a", ".service", "a.", "@x.service"})
    EXPECT_FALSE(parse_unit_name(name)) << name;
}

TEST(UnitName, IsValidWhereSystemdTakesAFileForAUnit) {
  for (const char* name : {"a.service", "a\\x2db.service", "a:b_c-d@e.service", "-.mount"})
    EXPECT_TRUE(is_valid_unit_name(name)) << name;
  for (const char* name : {"a b.service", "a\n.service", "a.conf", "ä.service", "a/b.service"})
    EXPECT_FALSE(is_valid_unit_name(name)) << name;
  EXPECT_TRUE(is_valid_unit_name(std::string(247, 'a') + ".service"));
  EXPECT_FALSE(is_valid_unit_name(std::string(248, 'a') + ".service"));
}

TEST(UnitName, FindsTheTemplateOfAnInstance) {
  EXPECT_EQ(template_of("a@b.service"), "a@.service");
  EXPECT_EQ(template_of("a@.service"), std::nullopt);
  EXPECT_EQ(template_of("a.service"), std::nullopt);
  EXPECT_EQ(instantiate(*parse_unit_name("a@.service"), "x"), "a@x.service");
}

TEST(UnitName, CompletesASuffix) {
  EXPECT_EQ(complete_unit_name("nginx"), "nginx.service");
  EXPECT_EQ(complete_unit_name("nginx.socket"), "nginx.socket");
  EXPECT_EQ(complete_unit_name("a.b"), "a.b.service");
}

TEST(DropInNames, OfAPlainUnitFollowItsDashes) {
  EXPECT_THAT(drop_in_names("a.service"), ElementsAre("a.service"));
  EXPECT_THAT(drop_in_names("a-b-c.service"),
              ElementsAre("a-b-c.service", "a-b-.service", "a-.service"));
}

TEST(DropInNames, PassOverOneDashAtTheEndAndNoneAtTheFront) {
  EXPECT_THAT(drop_in_names("a--b.service"),
              ElementsAre("a--b.service", "a--.service", "a-.service"));
  EXPECT_THAT(drop_in_names("a-b-.service"), ElementsAre("a-b-.service", "a-.service"));
  EXPECT_THAT(drop_in_names("-a.service"), ElementsAre("-a.service"));
  EXPECT_THAT(drop_in_names("-a-b.service"), ElementsAre("-a-b.service", "-a-.service"));
}

TEST(DropInNames, OfAnInstanceIncludeThePlainPrefix) {
  EXPECT_THAT(
      drop_in_names("a-b@i.service"),
      ElementsAre("a-b@i.service", "a-b@.service", "a-.service", "a-@i.service", "a-@.service"));
}

TEST(DropInNames, OfATemplateAreWhatEveryInstanceReads) {
  EXPECT_THAT(drop_in_names("a-b@.service"),
              ElementsAre("a-b@.service", "a-.service", "a-@.service"));
}

TEST(DropInNames, OfNoUnitNameAreNone) {
  EXPECT_THAT(drop_in_names("service"), IsEmpty());
}

TEST(DropInNames, OfManyDashesAreFoundFast) {
  std::string name;
  for (int i = 0; i < 120; ++i)
    name += "a-";
  EXPECT_EQ(drop_in_names(name + "@i.service").size(), 3u * 120 - 1);
}

TEST(DropInNames, OfADashPrefixReachOthers) {
  for (const char* name : {"a-.service", "a-@.service", "a-@i.service", "--.service"})
    EXPECT_TRUE(is_dash_prefix(name)) << name;
  for (const char* name : {"a.service", "a@b-.service", "-.service", "-a.service"})
    EXPECT_FALSE(is_dash_prefix(name)) << name;
}

} // namespace
} // namespace unitlock
