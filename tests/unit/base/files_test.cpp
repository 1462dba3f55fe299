// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/files.hpp"

#include <dirent.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "temp_tree.hpp"

namespace unitlock {
namespace {

TEST(Root, AbsoluteLinksStayInside) {
  TempTree tree({{"/etc/real", "inside"}});
  tree.link("/etc/link", "/etc/real");
  tree.link("/etc/escape", "../../../../../etc/real");
  Root root = tree.root();
  EXPECT_EQ(root.read_file("/etc/link").value(), "inside");
  EXPECT_EQ(root.read_file("/etc/escape").value(), "inside");
  EXPECT_EQ(root.read_link("/etc/link").value(), "/etc/real");
}

TEST(Root, SaysWhyAFileCannotBeRead) {
  TempTree tree({{"/a/file", "x"}});
  Root root = tree.root();
  EXPECT_EQ(root.read_file("/missing").error().number, ENOENT);
  EXPECT_EQ(root.read_file("/a").error().number, EISDIR);
  EXPECT_EQ(root.read_file("/a/file", 0).error().number, EFBIG);
  EXPECT_EQ(root.read_link("/a/file").error().number, EINVAL);
}

TEST(Root, ReadsAtMostTheStart) {
  TempTree tree({{"/f", "#!/bin/sh\nrest"}});
  EXPECT_EQ(tree.root().read_start("/f", 2).value(), "#!");
}

TEST(Root, KeepsNulBytes) {
  TempTree tree({{"/f", std::string("a\0b", 3)}});
  EXPECT_EQ(tree.root().read_file("/f").value().size(), 3U);
}

TEST(Root, ListsSortedWithTypes) {
  TempTree tree({{"/d/b", ""}, {"/d/a/x", ""}});
  tree.link("/d/c", "b");
  auto entries = tree.root().list("/d").value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_EQ(entries[0].type, DT_DIR);
  EXPECT_EQ(entries[1].type, DT_REG);
  EXPECT_EQ(entries[2].type, DT_LNK);
}

TEST(Root, TellsKinds) {
  TempTree tree({{"/f", ""}});
  tree.link("/null", "/dev/null"); // dangling inside the tree
  tree.link("/dangling", "nowhere");
  Root root = tree.root();
  EXPECT_EQ(root.kind("/f"), FileKind::Regular);
  EXPECT_EQ(root.kind("/"), FileKind::Directory);
  EXPECT_EQ(root.kind("/null"), FileKind::Missing);
  EXPECT_EQ(root.kind("/dangling"), FileKind::Missing);
}

TEST(WriteAtomically, LeavesNoTemporaryFile) {
  TempTree tree;
  ASSERT_TRUE(write_atomically(tree.directory() + "/x/y.d", "f.conf", "one"));
  ASSERT_TRUE(write_atomically(tree.directory() + "/x/y.d", "f.conf", "two"));
  EXPECT_EQ(tree.root().read_file("/x/y.d/f.conf").value(), "two");
  EXPECT_EQ(tree.root().list("/x/y.d").value().size(), 1U);
}

TEST(WriteAtomically, SaysWhyItCannot) {
  TempTree tree({{"/file", ""}});
  EXPECT_EQ(write_atomically(tree.directory() + "/file/d", "f", "x").error().number, ENOTDIR);
}

TEST(Path, Simplifies) {
  EXPECT_EQ(simplify_path("//a/./b///c/"), "/a/b/c");
  EXPECT_EQ(simplify_path("/"), "/");
  EXPECT_EQ(simplify_path("/a/../b"), "/a/../b");
}

TEST(Path, Below) {
  EXPECT_TRUE(path_is_below("/a/b", "/a"));
  EXPECT_TRUE(path_is_below("/a", "/a"));
  EXPECT_TRUE(path_is_below("/a", "/"));
  EXPECT_FALSE(path_is_below("/ab", "/a"));
  EXPECT_TRUE(path_has_dotdot("/a/.."));
  EXPECT_FALSE(path_has_dotdot("/a/..b"));
}

TEST(Root, ResolvesLinksAndDotDotInsideOfItself) {
  TempTree tree({{"/usr/lib/a/b", ""}});
  tree.link("/lib", "usr/lib");
  tree.link("/up", "/lib/a/../../..");
  tree.link("/out", "../../../../etc");
  tree.link("/ring", "ring");
  Root root = tree.root();
  EXPECT_EQ(root.resolve("/lib/a/b").value(), "/usr/lib/a/b");
  EXPECT_EQ(root.resolve("/lib/../x").value(), "/usr/x");
  EXPECT_EQ(root.resolve("/up/lib/none/../y").value(), "/usr/lib/y");
  EXPECT_EQ(root.resolve("/out/x").value(), "/etc/x");
  EXPECT_EQ(root.resolve("/../..").value(), "/");
  EXPECT_EQ(root.resolve("/").value(), "/");
  EXPECT_EQ(root.resolve("/ring/x").error().number, ELOOP);
}

TEST(Root, AProgramIsARegularFileThatSomebodyMayExecute) {
  TempTree tree({{"/yes", ""}, {"/no", ""}});
  std::filesystem::permissions(tree.directory() + "/yes", std::filesystem::perms(0500));
  tree.make_directory("/directory");
  tree.link("/link", "yes");
  Root root = tree.root();
  EXPECT_TRUE(root.is_program("/yes"));
  EXPECT_TRUE(root.is_program("/link"));
  EXPECT_FALSE(root.is_program("/no"));
  EXPECT_FALSE(root.is_program("/directory"));
  EXPECT_FALSE(root.is_program("/none"));
}

} // namespace
} // namespace unitlock
