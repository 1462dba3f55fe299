// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/yaml.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

std::string problem(const std::string& text) {
  auto node = parse_yaml("x.yaml", text);
  return node ? "none" : to_string(node.error());
}

TEST(Yaml, GivesATreeWithPlaces) {
  auto node = parse_yaml("x.yaml", "a:\n  b: [1, 'x y']\n  c:\n");
  ASSERT_TRUE(node);
  ASSERT_EQ(node->map.size(), 1u);
  EXPECT_EQ(node->map[0].key, "a");
  const YamlNode& a = node->map[0].value;
  EXPECT_EQ(a.map[0].where, (SourceRef{"x.yaml", 2, 3}));
  EXPECT_EQ(a.map[0].value.list[1].scalar, "x y");
  EXPECT_EQ(a.map[0].value.list[1].where, (SourceRef{"x.yaml", 2, 10}));
  EXPECT_EQ(a.map[1].value.kind, YamlNode::Kind::Null);
}

TEST(Yaml, AnEmptyDocumentIsNothing) {
  for (const char* text : {"", "# c\n", "---\n", "~"})
    EXPECT_EQ(parse_yaml("x", text)->kind, YamlNode::Kind::Null) << text;
}

TEST(Yaml, RefusesWhatCouldMeanTwoThings) {
  EXPECT_EQ(problem("a: 1\nb: 2\na: 3\n"), "x.yaml:3:1: the key 'a' stands here a second time");
  EXPECT_EQ(problem("a: &x 1\n"), "x.yaml:1:4: anchors are not allowed");
  EXPECT_EQ(problem("a: &x {b: 1}\nc: *x\n"), "x.yaml:1:4: anchors are not allowed");
  EXPECT_EQ(problem("a: !!int 1\n"), "x.yaml:1:4: tags are not allowed");
  EXPECT_EQ(problem("[a]: 1\n"), "x.yaml:1:1: a key must be a scalar");
  EXPECT_EQ(problem("? {a: 1}\n: 2\n"), "x.yaml:1:3: a key must be a scalar");
  EXPECT_EQ(problem("~: 1\n"), "x.yaml:1:1: a key must be a scalar");
  EXPECT_EQ(problem("a: 1\n---\nb: 2\n"), "x.yaml: the file holds more than one document");
}

TEST(Yaml, RefusesWhatIsNoText) {
  EXPECT_EQ(problem("a: \xff\n"), "x.yaml: the file is not valid UTF-8 text");
  EXPECT_EQ(problem(std::string("a: \0\n", 5)), "x.yaml: the file is not valid UTF-8 text");
}

TEST(Yaml, EndsHostileNesting) {
  for (const char* open : {"[", "{a: ", "- ", "? ", "[{"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i)
      text += open;
    EXPECT_NE(problem(text), "none") << open;
  }
}

TEST(Yaml, SyntaxErrorsHaveAPlace) {
  EXPECT_EQ(problem("a: [1,\n").substr(0, 9), "x.yaml:2:");
  EXPECT_EQ(problem("\ta: 1\n").substr(0, 9), "x.yaml:1:");
}

} // namespace
} // namespace unitlock
