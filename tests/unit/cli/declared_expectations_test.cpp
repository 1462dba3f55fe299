// SPDX-License-Identifier: LGPL-2.1-or-later
// What units expect to be denied, by the files of a tree.
#include "cli/declared_expectations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock::cli {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class DeclaredExpectations : public testing::Test {
protected:
  void declare(const std::string& quiet) {
    tree_.write("/usr/sbin/a", "\x7f"
                               "ELF");
    tree_.write("/etc/systemd/system/a.service",
                "[Service]\nExecStart=/usr/sbin/a\n[X-Landlock]\nPreset=calm\n");
    tree_.write("/etc/unitlock/conf.d/60-calm.yaml",
                "presets:\n  calm:\n    quiet: ['" + quiet + "']\n");
  }

  TempTree tree_;
  Root root_ = tree_.root();
  Context context_;
};

TEST_F(DeclaredExpectations, AreNotReadBeforeTheyAreAskedFor) {
  journal::Expectations expectations = declared_expectations(root_, context_);
  declare("remove_file:/run");
  EXPECT_THAT(expectations({"a.service", {}}), ElementsAre(Field(&ExpectedRule::path, "/run")));
  declare("remove_file:/srv");
  EXPECT_THAT(expectations({"a.service", {}}), ElementsAre(Field(&ExpectedRule::path, "/run")))
      << "and then once";
}

TEST_F(DeclaredExpectations, AreOfOneManager) {
  declare("remove_file:/run");
  EXPECT_THAT(declared_expectations(root_, context_)({"a.service", 1000}), IsEmpty());
}

} // namespace
} // namespace unitlock::cli
