// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether these are systemd's own directories, tests/boot asks systemd itself.
#include "unit/search_path.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

Variables variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> const char* {
    auto found = values.find(name);
    return found == values.end() ? nullptr : found->second.c_str();
  };
}

SearchPath user_path(std::map<std::string, std::string> values) {
  TempTree tree;
  return unit_search_path(tree.root(), user_manager(variables(std::move(values))));
}

SearchPath system_path(TempTree& tree, std::map<std::string, std::string> values = {}) {
  Root root = tree.root();
  return unit_search_path(root, system_manager(root, variables(std::move(values))));
}

std::vector<std::string> above_generated(const SearchPath& path) {
  return {path.directories.begin(),
          path.directories.begin() + static_cast<std::ptrdiff_t>(path.above_generated)};
}

TEST(SearchPath, OfTheSystem) {
  TempTree tree;
  tree.link("/lib", "usr/lib");
  SearchPath path = system_path(tree);
  EXPECT_TRUE(path.reads_generated);
  EXPECT_THAT(path.directories,
              ElementsAre("/etc/systemd/system.control", "/run/systemd/system.control",
                          "/run/systemd/transient", "/etc/systemd/system",
                          "/etc/systemd/system.attached", "/run/systemd/system",
                          "/run/systemd/system.attached", "/usr/local/lib/systemd/system",
                          "/usr/lib/systemd/system"));
  EXPECT_EQ(above_generated(path).back(), "/run/systemd/system.attached");
}

TEST(SearchPath, WithoutMergedUsr) {
  TempTree tree;
  tree.write("/lib/x", "");
  EXPECT_EQ(system_path(tree).directories.back(), "/lib/systemd/system");
}

TEST(SearchPath, OfAUser) {
  SearchPath path = user_path({{"HOME", "/home/u"}, {"XDG_RUNTIME_DIR", "/run/user/7"}});
  EXPECT_THAT(path.directories,
              ElementsAre("/home/u/.config/systemd/user.control",
                          "/run/user/7/systemd/user.control", "/run/user/7/systemd/transient",
                          "/home/u/.config/systemd/user", "/home/u/.config/systemd/user.attached",
                          "/etc/xdg/systemd/user", "/etc/systemd/user", "/run/user/7/systemd/user",
                          "/run/user/7/systemd/user.attached", "/run/systemd/user",
                          "/home/u/.local/share/systemd/user", "/usr/local/share/systemd/user",
                          "/usr/share/systemd/user", "/usr/local/lib/systemd/user",
                          "/usr/lib/systemd/user"));
  EXPECT_EQ(above_generated(path).back(), "/run/systemd/user");
}

TEST(SearchPath, OfAUserWithDirectoriesOfTheirOwn) {
  SearchPath path = user_path({{"HOME", "/home/u"},
                               {"XDG_CONFIG_HOME", "/c/"},
                               {"XDG_DATA_HOME", "relative"},
                               {"XDG_CONFIG_DIRS", "/c1::relative:/c2"},
                               {"XDG_DATA_DIRS", "/d1"}});
  EXPECT_THAT(path.directories,
              ElementsAre("/c/systemd/user.control", "/c/systemd/user", "/c/systemd/user.attached",
                          "/c1/systemd/user", "/c2/systemd/user", "/etc/systemd/user",
                          "/run/systemd/user", "/home/u/.local/share/systemd/user",
                          "/d1/systemd/user", "/usr/local/lib/systemd/user",
                          "/usr/local/share/systemd/user", "/usr/lib/systemd/user",
                          "/usr/share/systemd/user"));
}

TEST(SearchPath, OfAUserWhoseHomeIsTheRoot) {
  SearchPath path = user_path({{"HOME", "/"}, {"XDG_RUNTIME_DIR", "/"}});
  EXPECT_TRUE(path.reads_generated);
  EXPECT_THAT(path.directories, Contains("/.config/systemd/user"));
  EXPECT_THAT(path.directories, Contains("/systemd/user"));
}

TEST(SearchPath, OfNoUserInParticular) {
  SearchPath path = user_path({});
  EXPECT_THAT(path.directories,
              ElementsAre("/etc/xdg/systemd/user", "/etc/systemd/user", "/run/systemd/user",
                          "/usr/local/share/systemd/user", "/usr/share/systemd/user",
                          "/usr/local/lib/systemd/user", "/usr/lib/systemd/user"));
  EXPECT_EQ(path.above_generated, 3U);
}

TEST(SearchPath, TheVariableReplacesIt) {
  TempTree tree;
  SearchPath path =
      system_path(tree, {{"SYSTEMD_UNIT_PATH", "/a//b:/run/systemd/generator:/c:relative:/c"}});
  EXPECT_THAT(path.directories, ElementsAre("/a/b", "/c", "/relative"));
  EXPECT_EQ(path.above_generated, 1U);
  EXPECT_TRUE(path.reads_generated);
  EXPECT_FALSE(system_path(tree, {{"SYSTEMD_UNIT_PATH", "/a"}}).reads_generated);
}

TEST(SearchPath, TheVariablePrecedesItWithAColonAtItsEnd) {
  TempTree tree;
  SearchPath path = system_path(tree, {{"SYSTEMD_UNIT_PATH", "/usr/lib/systemd/system:/a:"}});
  EXPECT_EQ(path.directories[0], "/usr/lib/systemd/system");
  EXPECT_EQ(path.directories[1], "/a");
  EXPECT_EQ(path.directories[2], "/etc/systemd/system.control");
  EXPECT_EQ(path.above_generated, 9U);
  EXPECT_TRUE(path.reads_generated);
}

TEST(SearchPath, TheVariableOfTheSystemsManagerIsItsOwn) {
  TempTree tree;
  constexpr std::string_view kEnvironment("HOME=/\0SYSTEMD_UNIT_PATH=/p:\0XSYSTEMD_UNIT_PATH=/q",
                                          50);
  tree.write("/proc/1/environ", std::string(kEnvironment));
  EXPECT_EQ(system_path(tree).directories[0], "/p");
  EXPECT_THAT(system_path(tree).directories, Contains("/etc/systemd/system"));
  EXPECT_EQ(system_path(tree, {{"SYSTEMD_UNIT_PATH", "/mine"}}).directories[0], "/mine");
  // A user's manager is not PID 1.
  Root root = tree.root();
  EXPECT_THAT(unit_search_path(root, user_manager(variables({}))).directories, Not(Contains("/p")));
}

TEST(SearchPath, AnotherGeneratorsDirectoryByNameIsNone) {
  TempTree tree;
  SearchPath path =
      system_path(tree, {{"SYSTEMD_UNIT_PATH", "/srv/generator:/x/systemd/generators"}});
  EXPECT_THAT(path.directories, ElementsAre("/srv/generator", "/x/systemd/generators"));
}

} // namespace
} // namespace unitlock
