// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/expand.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

std::string expanded(const char* text, const char* unit,
                     RuntimeScope scope = RuntimeScope::System) {
  return expand(text, unit, scope).value_or("(unknown)");
}

TEST(Expand, DirectoriesOfTheSystem) {
  EXPECT_EQ(expanded("%S/a %C %L %t %E %h %T %V 100%%", "a.service"),
            "/var/lib/a /var/cache /var/log /run /etc /root /tmp /var/tmp 100%");
  EXPECT_EQ(expanded("%S", "a.service", RuntimeScope::User), "(unknown)");
}

TEST(Expand, PartsOfTheName) {
  EXPECT_EQ(expanded("%n %N %p %i %j", "a-b@c-d.service"), "a-b@c-d.service a-b@c-d a-b c-d b");
  EXPECT_EQ(expanded("%P %I %f", "a-b@c-d.service"), "a/b c/d /c/d");
  EXPECT_EQ(expanded("%I", "a@x\\x20y\\x2dz.service"), "x y-z");
  EXPECT_EQ(expanded("%f", "a-b.service"), "/a/b");
  EXPECT_EQ(expanded("[%i]", "a.service"), "[]");
}

TEST(Expand, WhatOnlyTheStartTells) {
  for (const char* text : {"%m", "%H", "%d", "%u", "/srv/%b"})
    EXPECT_EQ(expanded(text, "a.service"), "(unknown)") << text;
  for (const char* text : {"%i", "%I", "%n", "%f"})
    EXPECT_EQ(expanded(text, "a@.service"), "(unknown)") << text;
  EXPECT_EQ(expanded("%p", "a@.service"), "a");
  EXPECT_EQ(known_beginning("%S/%p/%i/x", "a@.service", RuntimeScope::System), "/var/lib/a/");
}

} // namespace
} // namespace unitlock
