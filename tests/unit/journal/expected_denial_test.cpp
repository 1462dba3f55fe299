// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/expected_denial.hpp"

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

using landlock::mask_of;

const std::vector<ExpectedRule> kRules = {
    {"/run", mask_of("fs.remove_file") | mask_of("fs.make_reg"), {}},
    {"/srv/file", mask_of("fs.read_file"), {}},
    {"/srv/file", mask_of("fs.write_file"), {}},
};

Object object(const std::string& path, Object::Kind kind = Object::Kind::Path) {
  Object object;
  object.kind = kind;
  object.path = path;
  return object;
}

bool is_expected(const std::string& blockers, const std::string& path) {
  return is_expected(blockers, object(path), kRules);
}

TEST(ExpectedDenial, IsOfTheRightAndThePath) {
  EXPECT_TRUE(is_expected("fs.remove_file", "/run"));
  EXPECT_FALSE(is_expected("fs.remove_dir", "/run"));
  EXPECT_FALSE(is_expected("fs.read_file", "/run"));
}

TEST(ExpectedDenial, IsNotOfWhatIsBelowOrAbove) {
  EXPECT_FALSE(is_expected("fs.remove_file", "/run/systemd"));
  EXPECT_FALSE(is_expected("fs.remove_file", "/"));
  EXPECT_FALSE(is_expected("fs.remove_file", "/running"));
  EXPECT_FALSE(is_expected("fs.remove_file", "/run/"));
}

TEST(ExpectedDenial, OfSeveralRightsHasToExpectEach) {
  EXPECT_TRUE(is_expected("fs.remove_file,fs.make_reg", "/run"));
  EXPECT_TRUE(is_expected("fs.read_file,fs.write_file", "/srv/file")) << "by two rules";
  EXPECT_FALSE(is_expected("fs.remove_file,fs.make_sock", "/run"));
  EXPECT_FALSE(is_expected("fs.remove_file,fs.of_tomorrow", "/run"));
  EXPECT_FALSE(is_expected("fs.change_topology", "/run"));
  EXPECT_FALSE(is_expected("", "/run"));
}

/// Bits of other families are the same numbers.
TEST(ExpectedDenial, IsOfFilesOnly) {
  std::vector<ExpectedRule> all = {{"/run", landlock::all_of(landlock::Family::Filesystem), {}}};
  EXPECT_TRUE(is_expected("fs.execute", object("/run"), all));
  EXPECT_FALSE(is_expected("net.bind_tcp", object("/run"), all));
  EXPECT_FALSE(is_expected("scope.signal", object("/run"), all));
  EXPECT_FALSE(is_expected("fs.remove_file", object("/run", Object::Kind::Name), all));
  EXPECT_FALSE(is_expected("fs.remove_file", object("/run", Object::Kind::AbstractSocket), all));
  EXPECT_FALSE(is_expected("fs.remove_file", Object(), all));
}

TEST(ExpectedDenial, IsOfAUnitThatIsKnown) {
  Expectations expectations = [](const UnitName& unit) -> const std::vector<ExpectedRule>& {
    static const std::vector<ExpectedRule> none;
    return unit.name == "a.service" ? kRules : none;
  };
  auto of = [&](Certainty certainty, const char* unit) {
    Attribution attribution;
    attribution.certainty = certainty;
    attribution.unit.name = unit;
    return is_expected("fs.remove_file", object("/run"), attribution, expectations);
  };
  EXPECT_TRUE(of(Certainty::Certain, "a.service"));
  EXPECT_TRUE(of(Certainty::Likely, "a.service"));
  EXPECT_FALSE(of(Certainty::Certain, "b.service"));
  for (Certainty certainty :
       {Certainty::Disputed, Certainty::Unclaimed, Certainty::Foreign, Certainty::Unknown})
    EXPECT_FALSE(of(certainty, "a.service")) << to_string(certainty);
}

TEST(ExpectedDenial, IsNoneWhereNothingIsDeclared) {
  Attribution attribution;
  attribution.certainty = Certainty::Certain;
  EXPECT_FALSE(is_expected("fs.remove_file", object("/run"), attribution, Expectations()));
}

} // namespace
} // namespace unitlock::journal
