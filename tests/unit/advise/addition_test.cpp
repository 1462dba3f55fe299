// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/addition.hpp"

#include "advised_unit.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock::advise {
namespace {

const std::string kPath = "/etc/systemd/system/a.service.d/landlock.conf";

ChosenLine line(const std::string& path, std::uint64_t access = kReadOnly) {
  Grant grant = PathRule{path, access, true, {}};
  return {line_of(grant).value(), grant, {"why"}};
}

class AdditionTest : public AdvisedUnit {
protected:
  /// What adds_only() says where the drop-in `text` takes the place of `old`.
  std::string problem(const std::string& old, const std::string& text,
                      const std::vector<ChosenLine>& lines) {
    Root root = tree_.root();
    if (!old.empty())
      tree_.write(kPath, old);
    DeclarationIndex before(root, {}), after(root, {}, {{kPath, text}});
    auto checked = adds_only(before.find("a.service"), after.find("a.service"), lines);
    return checked ? "" : checked.error().message;
  }
};

TEST_F(AdditionTest, KeepsWhatWasThereAndIsTakenBack) {
  for (const char* old :
       {"", "[X-Landlock]\nBindTCP=80\n", "# no newline", "\n\n", "[Service]\nNice=1\n"}) {
    std::string text = with_addition(old, {line("/srv/a")});
    EXPECT_EQ(0U, text.find(old));
    EXPECT_THAT(text, HasSubstr("[X-Landlock]\n# why\nReadOnlyPaths=-/srv/a\n"));
    EXPECT_EQ(old, without_last_addition(text).value());
    std::string twice = with_addition(text, {line("/srv/b")});
    EXPECT_EQ(text, without_last_addition(twice).value());
  }
}

TEST_F(AdditionTest, AChangedOneIsLeftAlone) {
  std::string text = with_addition("[X-Landlock]\n", {line("/srv/a")});
  EXPECT_FALSE(without_last_addition(text + "BindTCP=80\n"));
  std::string changed = text;
  changed.replace(changed.find("/srv/a"), 6, "/srv/b");
  EXPECT_FALSE(without_last_addition(changed));
  EXPECT_FALSE(without_last_addition("[X-Landlock]\n"));
  EXPECT_FALSE(without_last_addition(text.substr(0, text.find("[X-Landlock]\n#"))));
  // What stood before it may change.
  EXPECT_EQ("# new\n[X-Landlock]\n", without_last_addition("# new\n" + text).value());
}

TEST_F(AdditionTest, AddsJustTheLines) {
  std::vector<ChosenLine> lines = {line("/srv/a"), line("/srv/b", kReadWrite)};
  for (const char* old : {"", "[X-Landlock]\nBindTCP=80\n", "[Service]\nNice=1\n", "# no newline"})
    EXPECT_EQ("", problem(old, with_addition(old, lines), lines));
}

/// The port that a UDP client leaves from comes with it, as in every declaration.
TEST_F(AdditionTest, AddsUdpPorts) {
  Grant grant = PortRule{53, 53, false, landlock::mask_of("net.connect_send_udp"), {}};
  std::vector<ChosenLine> lines = {{line_of(grant).value(), grant, {"why"}}};
  EXPECT_EQ("", problem("", with_addition("", lines), lines));
  const std::string old = "[X-Landlock]\nConnectUDP=123\n";
  EXPECT_EQ("", problem(old, with_addition(old, lines), lines));
}

TEST_F(AdditionTest, NoOtherLineIsSmuggledIn) {
  std::vector<ChosenLine> lines = {line("/srv/a")};
  std::string text = with_addition("", lines);
  EXPECT_NE("", problem("", text + "BindTCP=80\n", lines));
  EXPECT_NE("", problem("", text + "[Service]\nExecStartPre=/bin/sh\n", lines));
  EXPECT_NE("", problem("", text + "ReadOnlyPaths=\n", lines));
  EXPECT_NE("", problem("", text + "nonsense\n", lines));
  EXPECT_NE("", problem("", with_addition("", {}), lines));
  EXPECT_NE("", problem("", with_addition("", {line("/srv/a"), line("/srv/b")}), lines));
  ChosenLine comment = line("/srv/a");
  comment.comments = {"why\nBindTCP=80"};
  EXPECT_NE("", problem("", with_addition("", {comment}), lines));
}

TEST_F(AdditionTest, WhatWasThereIsReadAsBefore) {
  std::vector<ChosenLine> lines = {line("/srv/a")};
  std::string old = "[X-Landlock]\nReadOnlyPaths=/srv/x \\";
  EXPECT_NE("", problem(old, with_addition(old, lines), lines));
  EXPECT_NE("", problem("[X-Landlock]\nBindTCP=80\n", with_addition("", lines), lines));
}

TEST_F(AdditionTest, TheDiffIsOneThatPatchReads) {
  EXPECT_EQ("--- /dev/null\n+++ /x\n@@ -0,0 +1,2 @@\n+a\n+b\n", appended_diff("/x", "", "a\nb\n"));
  EXPECT_EQ("--- /x\n+++ /x\n@@ -2,3 +2,4 @@\n 2\n 3\n 4\n+5\n",
            appended_diff("/x", "1\n2\n3\n4\n", "1\n2\n3\n4\n5\n"));
  EXPECT_EQ("--- /x\n+++ /x\n@@ -1,1 +1,2 @@\n-1\n\\ No newline at end of file\n+1\n+2\n",
            appended_diff("/x", "1", "1\n2\n"));
}

} // namespace
} // namespace unitlock::advise
