// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/denial_questions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace unitlock::advise {
namespace {

using journal::Denial;
using journal::Object;
using testing::HasSubstr;

Denial denial(const char* blockers, Object::Kind kind, const char* path = "") {
  Denial made;
  made.blockers = blockers;
  made.object.kind = kind;
  made.object.path = path;
  return made;
}

TEST(DenialQuestions, OneForEachRight) {
  auto asked = questions_of(denial("fs.write_file,fs.make_reg", Object::Kind::Path, "/srv//x"));
  ASSERT_TRUE(asked);
  ASSERT_EQ(asked->size(), 2U);
  EXPECT_EQ(asked->at(0).path, "/srv/x");
  EXPECT_FALSE(asked->at(0).names_directory);
  EXPECT_TRUE(asked->at(1).names_directory) << "the record names where, not what";
}

TEST(DenialQuestions, OtherObjects) {
  Denial bind = denial("net.bind_tcp", Object::Kind::Network);
  bind.object.port = 81;
  EXPECT_EQ(questions_of(bind)->at(0).port, 81);
  EXPECT_EQ(questions_of(denial("net.bind_tcp", Object::Kind::None))->at(0).port, 0)
      << "any port of any address is not named";
  EXPECT_EQ(questions_of(denial("scope.abstract_unix_socket", Object::Kind::AbstractSocket, "x"))
                ->at(0)
                .peer,
            "x");
  EXPECT_FALSE(questions_of(denial("ptrace", Object::Kind::Process))->at(0).right);
}

TEST(DenialQuestions, MountingNeedsNoPath) {
  auto asked = questions_of(denial("fs.change_topology", Object::Kind::Name, "/"));
  ASSERT_TRUE(asked);
  EXPECT_EQ("", asked->at(0).path);
}

TEST(DenialQuestions, WhatNobodyCanAsk) {
  EXPECT_THAT(questions_of(denial("fs.read_file", Object::Kind::None)).error().message,
              HasSubstr("does not name the path"));
  EXPECT_THAT(questions_of(denial("fs.of_abi_99", Object::Kind::Path, "/x")).error().message,
              HasSubstr("no right that is known"));
}

} // namespace
} // namespace unitlock::advise
