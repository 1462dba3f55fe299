// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/systemd_exposure.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include "machine/program_output.hpp"

namespace unitlock::machine {
namespace {

using namespace std::chrono_literals;

TEST(SystemdExposure, Overview) {
  auto found = parse_overview(
      R"([{"unit":"a.service","exposure":"9.6","predicate":"UNSAFE","happy":"😨"},)"
      R"({"unit":"b.service","exposure":"10.0","predicate":"DANGEROUS","happy":"😨"}])");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found,
            (SystemdExposures{{"a.service", {96, "UNSAFE"}}, {"b.service", {100, "DANGEROUS"}}}));
  EXPECT_TRUE(parse_overview("[]")->empty());
}

TEST(SystemdExposure, WhatIsNoOverview) {
  for (const char* text :
       {"", "{}", "UNIT EXPOSURE", "[1]", R"([{"unit":"a.service"}])",
        R"([{"unit":"a.service","exposure":"x"}])", R"([{"unit":"a.service","exposure":"1.23"}])",
        R"([{"unit":"a.service","exposure":"99.9"}])", R"([{"unit":7,"exposure":"9.6"}])"})
    EXPECT_FALSE(parse_overview(text)) << text;
}

TEST(SystemdExposure, Details) {
  EXPECT_EQ(parse_details("✗ User=  Service runs as root  0.4\n"
                          "\n"
                          "→ Overall exposure level for a.service: 4.3 OK 🙂\n"
                          "\n"
                          "→ Overall exposure level for b@x.service: 9.6 UNSAFE 😨\n"),
            (SystemdExposures{{"a.service", {43, "OK"}}, {"b@x.service", {96, "UNSAFE"}}}));
  EXPECT_TRUE(parse_details("").empty());
  EXPECT_TRUE(parse_details("Overall exposure level for a.service").empty());
  EXPECT_TRUE(parse_details("Overall exposure level for a.service: none\n").empty());
}

TEST(ProgramOutput, IsWhatItPrints) {
  EXPECT_EQ(program_output({"printf", "%s|", "a b", "$c"}, 60s).value(), "a b|$c|");
  EXPECT_EQ(program_output({"cat"}, 60s).value(), "") << "standard input is empty";
  EXPECT_EQ(program_output({"sh", "-c", "echo x >&2"}, 60s).value(), "");
}

TEST(ProgramOutput, RunsWithACleanEnvironment) {
  setenv("SYSTEMD_COLORS", "1", 1);
  std::string all = program_output({"env"}, 60s).value();
  EXPECT_EQ(all.find("SYSTEMD_COLORS"), std::string::npos);
  EXPECT_NE(all.find("LC_ALL=C.UTF-8"), std::string::npos);
}

TEST(ProgramOutput, Failures) {
  EXPECT_EQ(program_output({"no-such-program"}, 60s).error().number, ENOENT);
  EXPECT_EQ(program_output({"sh", "-c", "exit 3"}, 60s).error().message,
            "sh failed with exit status 3");
  EXPECT_EQ(program_output({"sh", "-c", "kill -9 $$"}, 60s).error().message,
            "sh was ended by signal 9");
  EXPECT_EQ(program_output({"sleep", "1000"}, 20ms).error().number, ETIME);
  EXPECT_EQ(program_output({"head", "-c", "20000000", "/dev/zero"}, 60s).error().number, EFBIG);
}

} // namespace
} // namespace unitlock::machine
