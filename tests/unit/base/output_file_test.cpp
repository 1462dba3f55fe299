// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/output_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <gmock/gmock.h>

#include "temp_tree.hpp"

namespace unitlock {
namespace {

using testing::HasSubstr;

class OutputFile : public testing::Test {
protected:
  Result<void> replace(const std::string& path, const std::string& text) {
    return replace_file(tree_.directory() + path, text);
  }
  std::string text(const std::string& path) {
    return tree_.root().read_file(path).value_or("(none)");
  }
  bool give_away(const std::string& link) {
    constexpr uid_t kNobody = 65534;
    return lchown((tree_.directory() + link).c_str(), kNobody, kNobody) == 0;
  }

  TempTree tree_{{"/etc/cron.d/README", ""}, {"/var/lib/prometheus/a.prom", "old"}};
};

TEST_F(OutputFile, IsReplaced) {
  ASSERT_TRUE(replace("/var/lib/prometheus/a.prom", "new"));
  ASSERT_TRUE(replace("/var/lib/../lib/./prometheus/b.prom", ""));
  EXPECT_EQ(text("/var/lib/prometheus/a.prom"), "new");
  EXPECT_EQ(text("/var/lib/prometheus/b.prom"), "");
  EXPECT_EQ(tree_.root().list("/var/lib/prometheus").value().size(), 2U);
  struct stat info = {};
  ASSERT_EQ(stat((tree_.directory() + "/var/lib/prometheus/a.prom").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0644U);
}

TEST_F(OutputFile, ALinkOfOnesOwnLeadsToItsDirectory) {
  tree_.link("/srv/figures", "../var/lib/prometheus");
  tree_.link("/srv/absolute", tree_.directory() + "/var/lib/prometheus");
  ASSERT_TRUE(replace("/srv/figures/a.prom", "one"));
  EXPECT_EQ(text("/var/lib/prometheus/a.prom"), "one");
  ASSERT_TRUE(replace("/srv/absolute/a.prom", "two"));
  EXPECT_EQ(text("/var/lib/prometheus/a.prom"), "two");
}

TEST_F(OutputFile, ALinkOfAnotherLeadsNowhere) {
  tree_.link("/var/lib/node-exporter", tree_.directory() + "/etc/cron.d");
  tree_.link("/var/lib/above", "..");
  for (const char* link : {"/var/lib/node-exporter", "/var/lib/above"})
    if (!give_away(link))
      GTEST_SKIP() << "needs root";
  auto done = replace("/var/lib/node-exporter/a.prom", "new");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("symbolic link of another user"));
  EXPECT_FALSE(replace("/var/lib/above/lib/prometheus/a.prom", "new"));
  EXPECT_EQ(text("/var/lib/prometheus/a.prom"), "old");
  EXPECT_EQ(tree_.root().list("/etc/cron.d").value().size(), 1U);
}

TEST_F(OutputFile, ALinkInItsPlaceIsReplacedItself) {
  tree_.link("/var/lib/prometheus/b.prom", tree_.directory() + "/etc/cron.d/README");
  ASSERT_TRUE(replace("/var/lib/prometheus/b.prom", "new"));
  EXPECT_EQ(text("/var/lib/prometheus/b.prom"), "new");
  EXPECT_EQ(text("/etc/cron.d/README"), "");
}

TEST_F(OutputFile, NoDirectoryIsMade) {
  EXPECT_EQ(replace("/var/lib/none/a.prom", "new").error().number, ENOENT);
  EXPECT_EQ(replace("/etc/cron.d/README/a.prom", "new").error().number, ENOTDIR);
  EXPECT_FALSE(std::filesystem::exists(tree_.directory() + "/var/lib/none"));
  tree_.link("/ring", "ring");
  EXPECT_EQ(replace("/ring/a.prom", "new").error().number, ELOOP);
}

} // namespace
} // namespace unitlock
