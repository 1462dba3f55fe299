// SPDX-License-Identifier: LGPL-2.1-or-later
// The catalog explains every message of the wrapper, and speaks of fields that exist.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/start_record.hpp"

namespace unitlock {
namespace {

using namespace start_record;

std::string catalog() {
  std::ifstream file(UNITLOCK_CATALOG);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The entry of one MESSAGE_ID, up to the next.
std::string entry(std::string_view id) {
  std::string text = catalog(), start = "-- " + std::string(id) + "\n";
  std::size_t begin = text.find(start);
  if (begin == text.npos)
    return {};
  begin += start.size();
  return text.substr(begin, text.find("\n-- ", begin) - begin);
}

class Catalog : public testing::TestWithParam<std::string_view> {};

TEST_P(Catalog, HasEntry) {
  std::string text = entry(GetParam());
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(text.find("Subject: "), 0U);
  EXPECT_NE(text.find("\nDefined-By: unitlock\n"), text.npos);
  EXPECT_NE(text.find("\nDocumentation: man:"), text.npos);
}

TEST_P(Catalog, NamesFieldsThatExist) {
  const std::set<std::string_view> fields = {kUnit,   kTag,     kPolicy,    kAbi,     kPin,
                                             kErrata, kAsked,   kEnforced,  kDropped, kProven,
                                             kRules,  kSkipped, kExitStatus};
  std::string text = entry(GetParam());
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at)) {
    std::size_t end = text.find('@', at + 1);
    ASSERT_NE(end, text.npos);
    EXPECT_TRUE(fields.contains(text.substr(at + 1, end - at - 1)))
        << text.substr(at + 1, end - at - 1);
    at = end + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Catalog,
                         testing::Values(kConfined, kNotConfined, kPermissive, kRefused,
                                         kStartFailed));

} // namespace
} // namespace unitlock
