// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/denial_filter.hpp"

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

Denial denial_of(std::string blockers, std::string path, std::string exe = "/usr/sbin/nginx") {
  Denial denial;
  denial.blockers = std::move(blockers);
  denial.object.kind = Object::Kind::Path;
  denial.object.path = std::move(path);
  denial.process = {7, std::move(exe), "worker"};
  return denial;
}

TEST(DenialFilter, WordsForRights) {
  EXPECT_EQ(*parse_right_filter("read_file"), "fs.read_file");
  EXPECT_EQ(*parse_right_filter("fs.read_file"), "fs.read_file");
  EXPECT_EQ(*parse_right_filter("net"), "net");
  EXPECT_EQ(*parse_right_filter("ptrace"), "ptrace");
  EXPECT_EQ(*parse_right_filter("change_topology"), "fs.change_topology");
  EXPECT_EQ(*parse_right_filter("fs.change_topology"), "fs.change_topology");
  EXPECT_EQ(*parse_right_filter("other"), "other");
  EXPECT_EQ(parse_right_filter("fs.bogus").error().message, "\"fs.bogus\" is no right");
  EXPECT_EQ(parse_right_filter("fs.raed_file").error().message,
            "\"fs.raed_file\" is no right; did you mean fs.read_file?");
  EXPECT_EQ(parse_right_filter("read-file").error().message,
            "\"read-file\" is no right; did you mean read_file?");
  EXPECT_FALSE(parse_right_filter("\x1b[2J"));
  EXPECT_FALSE(parse_right_filter(""));
}

TEST(DenialFilter, WordsForAttributions) {
  EXPECT_EQ(*parse_certainty("unclaimed"), Certainty::Unclaimed);
  EXPECT_FALSE(parse_certainty("sure"));
}

TEST(DenialFilter, Rights) {
  Denial both = denial_of("fs.execute,fs.read_file", "/x");
  DenialFilter filter;
  EXPECT_TRUE(matches_record(filter, both));
  filter.rights = {"fs.read_file"};
  EXPECT_TRUE(matches_record(filter, both));
  filter.rights = {"fs"};
  EXPECT_TRUE(matches_record(filter, both));
  filter.rights = {"fs.read"};
  EXPECT_FALSE(matches_record(filter, both));
  filter.rights = {"net", "fs.execute"};
  EXPECT_TRUE(matches_record(filter, both));
  filter.rights = {"other"};
  EXPECT_FALSE(matches_record(filter, both));
  EXPECT_FALSE(matches_record(filter, denial_of("fs.change_topology", "/x")));
  EXPECT_TRUE(matches_record(filter, denial_of("fs.read_file,fs.of_tomorrow", "/x")));
}

TEST(DenialFilter, PathsAreWholeComponents) {
  DenialFilter filter;
  filter.paths = {"/etc"};
  EXPECT_TRUE(matches_record(filter, denial_of("fs.read_dir", "/etc")));
  EXPECT_TRUE(matches_record(filter, denial_of("fs.read_file", "/etc/shadow")));
  EXPECT_FALSE(matches_record(filter, denial_of("fs.read_file", "/etcetera")));
  filter.paths = {"/"};
  EXPECT_TRUE(matches_record(filter, denial_of("fs.read_file", "/etc/shadow")));
  Denial socket = denial_of("scope.abstract_unix_socket", "/etc/x");
  socket.object.kind = Object::Kind::AbstractSocket;
  EXPECT_FALSE(matches_record(filter, socket));
}

TEST(DenialFilter, Programs) {
  Denial one = denial_of("fs.read_file", "/x");
  DenialFilter filter;
  for (const char* program : {"nginx", "worker", "/usr/sbin/*", "ngin?"}) {
    filter.programs = {program};
    EXPECT_TRUE(matches_record(filter, one)) << program;
  }
  for (const char* program : {"/usr/sbin/apache2", "sbin", "ngin"}) {
    filter.programs = {program};
    EXPECT_FALSE(matches_record(filter, one)) << program;
  }
}

TEST(DenialFilter, Owners) {
  Attribution web{Certainty::Likely, {"web@1.service", 1000}, "7e58517c73c1", {}};
  DenialFilter filter;
  EXPECT_TRUE(matches_owner(filter, web));
  filter.units = {"web@*"};
  EXPECT_TRUE(matches_owner(filter, web));
  filter.units = {"web"};
  EXPECT_FALSE(matches_owner(filter, web));
  filter = {};
  filter.user = 1000;
  EXPECT_TRUE(matches_owner(filter, web));
  filter.user = 1001;
  EXPECT_FALSE(matches_owner(filter, web));
  filter = {};
  filter.invocations = {"7e58"};
  EXPECT_TRUE(matches_owner(filter, web));
  filter.invocations = {"8"};
  EXPECT_FALSE(matches_owner(filter, web));
  filter = {};
  filter.certainties = {Certainty::Certain, Certainty::Likely};
  EXPECT_TRUE(matches_owner(filter, web));
  filter.certainties = {Certainty::Certain};
  EXPECT_FALSE(matches_owner(filter, web));
}

TEST(DenialFilter, WhatNobodyOwnsMayBeAnyones) {
  Attribution unknown;
  DenialFilter filter;
  EXPECT_TRUE(matches_owner(filter, unknown));
  EXPECT_FALSE(may_be_anyones(filter, unknown));
  filter.units = {"nginx"};
  EXPECT_FALSE(matches_owner(filter, unknown));
  EXPECT_TRUE(may_be_anyones(filter, unknown));
  unknown.certainty = Certainty::Foreign;
  EXPECT_FALSE(may_be_anyones(filter, unknown));
}

TEST(DenialFilter, WhatIsDisputedIsAllOfTheirs) {
  Attribution disputed{Certainty::Disputed, {}, {}, {{"a.service", {}}, {"b.service", {}}}};
  DenialFilter filter;
  filter.units = {"b"};
  EXPECT_TRUE(matches_owner(filter, disputed));
  filter.units = {"c"};
  EXPECT_FALSE(matches_owner(filter, disputed));
}

} // namespace
} // namespace unitlock::journal
