// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/unit_path.hpp"

#include <string>

#include <gtest/gtest.h>

namespace unitlock {
namespace {

/// "DIRECTORY UNIT", with a "+" behind for a drop-in.
std::string parsed(std::string_view path) {
  auto found = parse_unit_path(path);
  if (!found)
    return "none";
  return std::string(found->search_directory) + " " + std::string(found->unit) +
         (found->is_drop_in ? " +" : "");
}

TEST(UnitPath, Fragments) {
  EXPECT_EQ(parsed("/etc/systemd/system/a.service"), "/etc/systemd/system a.service");
  EXPECT_EQ(parsed("debian/a@.service"), "debian a@.service");
  EXPECT_EQ(parsed("a.service"), " a.service");
}

TEST(UnitPath, DropIns) {
  EXPECT_EQ(parsed("/run/x/a@b.service.d/c.conf"), "/run/x a@b.service +");
  EXPECT_EQ(parsed("/x/a-.service.d/c.conf"), "/x a-.service +");
  EXPECT_EQ(parsed("/x/service.d/c.conf"), "/x service +");
  EXPECT_EQ(parsed("service.d/c.conf"), " service +");
}

TEST(UnitPath, OtherFiles) {
  for (const char* path : {"", "/", "/x/a.socket", "/x/.service", "/x/a b.service", "/x/a.conf",
                           "/x/a.socket.d/c.conf", "/x/a.service.d/c", "/x/a.service.d"})
    EXPECT_EQ(parsed(path), "none") << path;
}

TEST(UnitPath, SomeDropInsReachOthers) {
  for (const char* path :
       {"/d/service.d/x.conf", "/d/a-.service.d/x.conf", "/d/a-@.service.d/x.conf"})
    EXPECT_TRUE(reaches_others(*parse_unit_path(path))) << path;
  for (const char* path : {"/d/a.service", "/d/a-.service", "/d/a.service.d/x.conf",
                           "/d/a@.service.d/x.conf", "/d/a@x.service.d/x.conf"})
    EXPECT_FALSE(reaches_others(*parse_unit_path(path))) << path;
}

} // namespace
} // namespace unitlock
