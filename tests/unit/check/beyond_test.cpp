// SPDX-License-Identifier: LGPL-2.1-or-later
// What Landlock does not restrict, by what the unit's other settings close of it.
#include "checked_unit.hpp"

namespace unitlock::check {
namespace {

class BeyondTest : public CheckTest {
protected:
  /// What is left open: "attributes looks protocols families".
  std::string open(const std::string& lines, const std::string& declaration = "") {
    beyond_.clear();
    service(lines, declaration);
    findings();
    std::string words;
    const std::pair<const char*, const char*> kinds[] = {{"changing modes", "attributes"},
                                                         {"seeing which files", "looks"},
                                                         {"MPTCP", "protocols"},
                                                         {"neither TCP nor UDP", "families"}};
    for (const auto& [text, word] : kinds)
      if (beyond_.find(text) != std::string::npos)
        words += std::string(words.empty() ? "" : " ") + word;
    return words;
  }
};

TEST_F(BeyondTest, WhatSettingsClose) {
  EXPECT_EQ(open(""), "attributes looks protocols families");
  EXPECT_EQ(open("ProtectSystem=strict\n"), "looks protocols families");
  EXPECT_EQ(open("ProtectSystem=full\n"), "attributes looks protocols families");
  EXPECT_EQ(open("ReadOnlyPaths=/usr -/\n"), "looks protocols families");
  EXPECT_EQ(open("DynamicUser=yes\n"), "looks protocols families");
  EXPECT_EQ(open("ProtectHome=yes\n"), "attributes protocols families");
  EXPECT_EQ(open("ProtectHome=read-only\n"), "attributes looks protocols families");
  EXPECT_EQ(open("TemporaryFileSystem=/:ro\n"), "protocols families");
  EXPECT_EQ(open("IPAddressDeny=any\nIPAddressAllow=localhost\n"), "attributes looks families");
  EXPECT_EQ(open("IPAddressDeny=0.0.0.0/0 ::/0\n"), "attributes looks families");
  EXPECT_EQ(open("IPAddressDeny=10.0.0.0/8\n"), "attributes looks protocols families");
  EXPECT_EQ(open("IPAddressDeny=any\nIPAddressAllow=any\n"), "attributes looks protocols families");
  EXPECT_EQ(open("RestrictAddressFamilies=AF_INET AF_UNIX\n"), "attributes looks protocols");
  EXPECT_EQ(open("RestrictAddressFamilies=AF_UNIX\n"), "attributes looks");
  EXPECT_EQ(open("RestrictAddressFamilies=~AF_PACKET\n"), "attributes looks protocols families");
  EXPECT_EQ(open("ProtectSystem=strict\nInaccessiblePaths=/home\nPrivateNetwork=yes\n"
                 "RestrictAddressFamilies=AF_UNIX\n"),
            "");
}

TEST_F(BeyondTest, OnlyWhatIsRestrictedIsToBeClosed) {
  EXPECT_EQ(open("", "Restrict=network\n"), "protocols families");
  EXPECT_EQ(open("", "Restrict=filesystem\n"), "attributes looks");
  EXPECT_EQ(open("", "Mode=off\n"), "");
  EXPECT_EQ(open("AppArmorProfile=x\n"), "");
}

} // namespace
} // namespace unitlock::check
