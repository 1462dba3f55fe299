// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/no_line.hpp"

#include "advised_unit.hpp"

namespace unitlock::advise {
namespace {

class NoLineTest : public AdvisedUnit {
protected:
  std::string why(const std::string& object) { return why_no_line(advice(), object); }
};

TEST_F(NoLineTest, WhatHasOneNeedsNoReason) {
  tree_.write("/srv/page", "x");
  tree_.write("/etc/shadow", "x");
  denied("fs.read_file", "/srv/page");
  denied("fs.read_file", "/etc/shadow");
  EXPECT_EQ(why("/srv/page"), "");
  EXPECT_EQ(why("/etc/shadow"), "");
  EXPECT_EQ(why("/nobody/asked"), "");
}

TEST_F(NoLineTest, WhatNoLineWouldAllowSaysWhy) {
  denied("fs.read_file", "/proc/4711/status");
  EXPECT_THAT(why("/proc/4711/status"), testing::StartsWith("no line would allow it: the process"));
}

TEST_F(NoLineTest, WhatIsAllowedNowSaysSo) {
  tree_.write("/srv/page", "x");
  denied("fs.read_file", "/srv/page");
  service("", "ReadOnlyPaths=/srv");
  EXPECT_EQ(why("/srv/page"), "the present declaration allows it");
}

TEST_F(NoLineTest, WhatIsPerhapsAnothersSaysSo) {
  journal::DenialGroup group = path_group("fs.read_file", "/srv/a\nb");
  group.attribution.certainty = journal::Certainty::Disputed;
  add(group);
  EXPECT_EQ(why("/srv/a\nb"), "it is not known that this unit was denied it");
}

TEST_F(NoLineTest, WhatIsInTheLineOfAnotherObjectNamesThat) {
  for (unsigned port : {8000U, 8001U, 8002U})
    denied_port("net.connect_tcp", static_cast<std::uint16_t>(port));
  for (const char* name : {"one", "two", "three"}) {
    tree_.write(std::string("/etc/a/") + name, "x");
    denied("fs.read_file", std::string("/etc/a/") + name);
  }
  EXPECT_EQ(why("/etc/a/two"),
            "ReadOnlyPaths=-/etc/a is about it too, and goes by the name of /etc/a");
}

} // namespace
} // namespace unitlock::advise
