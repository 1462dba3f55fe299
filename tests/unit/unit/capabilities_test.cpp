// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/capabilities.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

/// Of the lines of [Service].
bool has_net_raw(const std::string& lines) {
  Unit unit;
  unit.assignments = parse_unit_file("a.service", "[Service]\n" + lines).assignments;
  return is_in_bounding_set(unit, "CAP_NET_RAW");
}

const std::string kSet = "CapabilityBoundingSet=";

TEST(BoundingSet, IsAsSystemdReadsIt) {
  EXPECT_TRUE(has_net_raw(""));
  EXPECT_TRUE(has_net_raw(kSet + "CAP_KILL CAP_NET_RAW\n"));
  EXPECT_FALSE(has_net_raw(kSet + "CAP_KILL\n"));
  EXPECT_FALSE(has_net_raw(kSet + "~CAP_KILL CAP_NET_RAW\n"));
  EXPECT_TRUE(has_net_raw(kSet + "~CAP_KILL\n"));
}

TEST(BoundingSet, ListsAddUp) {
  EXPECT_TRUE(has_net_raw(kSet + "CAP_KILL\n" + kSet + "CAP_NET_RAW\n"));
  EXPECT_FALSE(has_net_raw(kSet + "CAP_NET_RAW\n" + kSet + "~CAP_NET_RAW\n"));
  EXPECT_FALSE(has_net_raw(kSet + "~CAP_KILL CAP_NET_RAW\n" + kSet + "CAP_CHOWN\n"));
  EXPECT_FALSE(has_net_raw(kSet + "CAP_KILL\n" + kSet + "~CAP_CHOWN\n"));
}

TEST(BoundingSet, AnEmptyOneStartsAnew) {
  EXPECT_FALSE(has_net_raw(kSet + "\n"));
  EXPECT_TRUE(has_net_raw(kSet + "\n" + kSet + "CAP_NET_RAW\n"));
  EXPECT_TRUE(has_net_raw(kSet + "CAP_KILL\n" + kSet + "~\n"));
  EXPECT_FALSE(has_net_raw(kSet + "~\n" + kSet + "CAP_KILL\n"));
}

} // namespace
} // namespace unitlock
