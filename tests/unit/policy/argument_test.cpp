// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/argument.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

using Kind = Argument::Kind;

TEST(ArgumentParse, ReadsEachKeyOfTheVocabulary) {
  for (const PathDirective& row : kPathDirectives) {
    Argument out;
    std::string option = "--" + std::string(row.key) + "=-/a b";
    ASSERT_EQ(parse_argument(option, out), nullptr) << option;
    EXPECT_EQ(out.kind, Kind::Path);
    EXPECT_EQ(out.access, row.access);
    EXPECT_TRUE(out.optional);
    EXPECT_EQ(out.text, "/a b");
  }
  for (const PortDirective& row : kPortDirectives) {
    Argument out;
    std::string option = "--" + std::string(row.key) + "=1-65535";
    ASSERT_EQ(parse_argument(option, out), nullptr) << option;
    EXPECT_EQ(out.kind, Kind::Port);
    EXPECT_EQ(out.access, row.access);
    EXPECT_EQ(out.first_port, 1);
    EXPECT_EQ(out.last_port, 65535);
  }
}

TEST(ArgumentParse, RefusesDotDotWhereverASpecifierBroughtIt) {
  Argument out;
  for (const char* path : {"/..", "/a/../b", "-/a/.."})
    EXPECT_NE(parse_argument(std::string("--read-only=") + path, out), nullptr) << path;
  for (const char* path : {"/..a", "/a..", "/.../b"})
    EXPECT_EQ(parse_argument(std::string("--read-only=") + path, out), nullptr) << path;
}

TEST(ArgumentParse, AllowTakesRightsByShortName) {
  Argument out;
  ASSERT_EQ(parse_argument("--allow=make_reg,refer:/a:b", out), nullptr);
  EXPECT_EQ(out.access, landlock::mask_of("fs.make_reg") | landlock::mask_of("fs.refer"));
  EXPECT_EQ(out.text, "/a:b");
}

TEST(ArgumentParse, RefusesWhatItDoesNotUnderstand) {
  for (const char* bad : {"",
                          "-",
                          "--",
                          "read-only=/x",
                          "--read-only",
                          "--read-only=",
                          "--read-only=relative",
                          "--read-only=-relative",
                          "--allow=/x",
                          "--allow=:/x",
                          "--allow=bogus:/x",
                          "--allow=,:/x",
                          "--allow=execute:x",
                          "--bind-tcp=",
                          "--bind-tcp=70000",
                          "--bind-tcp=080",
                          "--bind-tcp=-1",
                          "--bind-tcp=9-8",
                          "--bind-tcp=1-",
                          "--bind-tcp=+1",
                          "--bind-tcp=99999999999999999999",
                          "--bind-tcp= 1",
                          "--abi=0",
                          "--abi=100",
                          "--abi=x",
                          "--restrict=all",
                          "--scope=signals",
                          "--unit=",
                          "--program=",
                          "--strict=1",
                          "--Strict",
                          "--unknown=1"}) {
    Argument out;
    out.text = "untouched";
    EXPECT_NE(parse_argument(bad, out), nullptr) << bad;
    EXPECT_EQ(out.text, "untouched") << bad;
  }
}

TEST(ArgumentParse, ZeroIsTheEphemeralPort) {
  Argument out;
  ASSERT_EQ(parse_argument("--bind-udp=0", out), nullptr);
  EXPECT_EQ(out.first_port, 0);
  EXPECT_EQ(out.last_port, 0);
}

TEST(PolicyHash, TellsWhereAnOptionEnds) {
  auto one = policy_hash_add(policy_hash_add(kPolicyHashStart, "ab"), "c");
  auto other = policy_hash_add(policy_hash_add(kPolicyHashStart, "a"), "bc");
  EXPECT_NE(one, other);
}

} // namespace
} // namespace unitlock
