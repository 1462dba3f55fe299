// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/grants.hpp"

#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock {
namespace {

TEST(DeclaredPath, IsSimplified) {
  EXPECT_EQ(parse_declared_path("//a/./b/")->path, "/a/b");
  EXPECT_EQ(parse_declared_path("%S/./a//b")->path, "%S/a/b");
  EXPECT_EQ(parse_declared_path("/")->path, "/");
  EXPECT_TRUE(parse_declared_path("-/a")->optional);
  EXPECT_TRUE(parse_declared_path("-%t")->optional);
}

TEST(DeclaredPath, IsRefusedWhereARuleCannotHoldIt) {
  for (const char* word : {"", "-", "a", "--/a", "%i/a", "%%/a", "/a/..", "%S/../b", "/a%", "/a%Q",
                           "/a\nb", "/a\x7f", "/a\xff"})
    EXPECT_FALSE(parse_declared_path(word)) << word;
  EXPECT_TRUE(parse_declared_path("/a..b/..c")) << "dots in a name";
}

TEST(QuietPaths, AreAPathOrRightsAtOne) {
  Policy policy;
  for (const char* word : {"/a:b", "-/c", "%t/d:e", "remove_file,make_reg:/run", "read_dir:-%S/x/"})
    EXPECT_TRUE(add_quiet(policy, word, {})) << word;
  EXPECT_EQ(policy.quiet,
            (std::vector<QuietRule>{{"/a:b", false, {}}, {"/c", true, {}}, {"%t/d:e", false, {}}}));
  EXPECT_EQ(
      policy.expected,
      (std::vector<ExpectedRule>{
          {"/run", landlock::mask_of("fs.remove_file") | landlock::mask_of("fs.make_reg"), {}},
          {"%S/x", landlock::mask_of("fs.read_dir"), {}}}));
  EXPECT_EQ(word_of(policy.expected[0]), "remove_file,make_reg:/run");
  EXPECT_TRUE(policy.paths.empty()) << "nothing is granted";
}

TEST(QuietPaths, AreRefusedWhereTheyMeanNothing) {
  Policy policy;
  for (const char* word : {"", "run", "remove_file", "remove_file:", "remove_file:run", ":/run",
                           "remove_file,:/run", "removefile:/run", "fs.remove_file:/run",
                           "bind_tcp:80", "signal:/run", "-remove_file:/run", "remove_file:/a/.."})
    EXPECT_FALSE(add_quiet(policy, word, {})) << word;
  EXPECT_EQ(policy, Policy());
}

TEST(PortNames, AreReadFromTheFile) {
  TempTree tree({{"/etc/services", "# http 1/tcp\nhttp\t80/tcp www # web\ndomain 53/udp\n"
                                   "bad x/tcp\nbig 70000/tcp\nnone\nhttp 81/tcp\n"}});
  Root root = tree.root();
  PortNames names(root);
  EXPECT_EQ(names.find("http", "tcp"), 80);
  EXPECT_EQ(names.find("www", "tcp"), 80);
  EXPECT_EQ(names.find("domain", "udp"), 53);
  EXPECT_EQ(names.find("domain", "tcp"), std::nullopt);
  for (const char* name : {"bad", "big", "none", "", "web"})
    EXPECT_EQ(names.find(name, "tcp"), std::nullopt) << name;
}

TEST(PortNames, AreNoneWithoutTheFile) {
  TempTree tree;
  Root root = tree.root();
  EXPECT_EQ(PortNames(root).find("http", "tcp"), std::nullopt);
}

} // namespace
} // namespace unitlock
