// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/denial_text.hpp"

#include <clocale>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace unitlock::cli {
namespace {

using testing::HasSubstr;

class DenialTable : public testing::Test {
protected:
  DenialTable() {
    std::setlocale(LC_ALL, "C.UTF-8"); // as the command does: libsmartcols escapes by it
    for (int i = 0; i < 512; ++i)
      path_ += "/abcdefg";
    journal::DenialGroup group;
    group.blockers = "fs.read_file";
    group.object.kind = journal::Object::Kind::Path;
    group.object.path = path_;
    group.process = {7, "/opt" + path_, "worker"};
    report_.groups = {group};
  }

  std::string printed(bool cuts) {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* stream = open_memstream(&text, &size);
    DenialStyle style;
    style.cuts = cuts;
    was_cut_ = print_table(stream, report_, style);
    std::fclose(stream);
    std::string copy(text, size);
    free(text);
    return copy;
  }

  std::string path_;
  journal::DenialReport report_;
  bool was_cut_ = false;
};

TEST_F(DenialTable, PathsThatNoTerminalHasRoomForAreCut) {
  std::string text = printed(true);
  EXPECT_TRUE(was_cut_);
  EXPECT_LT(text.size(), 1000U);
  EXPECT_THAT(text, HasSubstr("/abcdefg/…/abcdefg"));
  EXPECT_THAT(text, HasSubstr("/opt/abcdefg/abcdefg/"));
}

TEST_F(DenialTable, NothingIsCutWhereThatIsNotWanted) {
  std::string text = printed(false);
  EXPECT_FALSE(was_cut_);
  EXPECT_THAT(text, HasSubstr(" " + path_ + " "));
  EXPECT_THAT(text, HasSubstr("/opt" + path_));
  EXPECT_EQ(to_json(report_.groups[0], report_)["object"]["path"], path_);
}

TEST_F(DenialTable, WhatIsNotLongIsNotCut) {
  report_.groups[0].object.path.resize(256);
  report_.groups[0].process.exe = "/usr/sbin/nginx";
  EXPECT_THAT(printed(true), HasSubstr(report_.groups[0].object.path));
  EXPECT_FALSE(was_cut_);
}

} // namespace
} // namespace unitlock::cli
