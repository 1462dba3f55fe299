// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/obstacles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace unitlock {
namespace {

Unit unit_of(const std::string& fragment, const std::string& later = "") {
  Unit unit;
  unit.fragment = "/a.service";
  unit.assignments = parse_unit_file("/a.service", "[Service]\n" + fragment).assignments;
  for (Assignment& assignment :
       parse_unit_file("/a.service.d/zzz.conf", "[Service]\n" + later).assignments)
    unit.assignments.push_back(std::move(assignment));
  return unit;
}

std::string obstacles(const Unit& unit) {
  std::string text;
  for (const Diagnostic& problem : setting_obstacles(unit, "/usr/libexec/w"))
    text += to_string(problem) + "\n";
  return text;
}

TEST(SettingObstacles, OfTheUnitItself) {
  EXPECT_EQ(obstacles(unit_of("User=a\nSystemCallFilter=@system-service\nNoExecPaths=/\n")), "");
  EXPECT_EQ(obstacles(unit_of("AppArmorProfile=-x\n")),
            "/a.service:2: AppArmorProfile= would apply to the wrapper\n");
  EXPECT_EQ(obstacles(unit_of("InaccessiblePaths=/usr\n")),
            "/a.service:2: InaccessiblePaths= hides /usr/libexec/w\n");
  EXPECT_EQ(obstacles(unit_of("SystemCallFilter=~openat\n")),
            "/a.service:2: SystemCallFilter= refuses openat, which the wrapper needs\n");
}

TEST(SettingObstacles, AFilterThatComesLater) {
  struct Row {
    const char* fragment;
    const char* later;
    const char* refused;
  };
  for (const Row& row : {
           Row{"", "SystemCallFilter=~@mount\n", ""},
           {"", "SystemCallFilter=~@sandbox:ENOSYS\n", "landlock_create_ruleset"},
           {"", "SystemCallFilter=@system-service\n", "landlock_create_ruleset"},
           {"SystemCallFilter=@system-service\n", "SystemCallFilter=~@mount\n", ""},
           {"SystemCallFilter=@file-system\n", "SystemCallFilter=@mount\n", ""},
           {"SystemCallFilter=@system-service\n", "SystemCallFilter=~prctl\n", "prctl"},
           {"SystemCallFilter=@system-service\n",
            "SystemCallFilter=\nSystemCallFilter=@system-service\n", "landlock_create_ruleset"},
           {"SystemCallFilter=~@sandbox\n", "SystemCallFilter=~landlock_add_rule:0\n",
            "landlock_add_rule"},
           {"SystemCallFilter=~@sandbox\n", "SystemCallFilter=\n", ""},
       }) {
    std::string text = obstacles(unit_of(row.fragment, row.later));
    EXPECT_EQ(text.empty(), *row.refused == '\0') << row.fragment << row.later << text;
    if (*row.refused == '\0')
      continue;
    EXPECT_THAT(text, testing::StartsWith("/a.service.d/zzz.conf:"));
    EXPECT_THAT(text, testing::EndsWith(std::string(" refuse ") + row.refused + "\n"));
  }
}

} // namespace
} // namespace unitlock
