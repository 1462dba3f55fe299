// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/options.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arguments.hpp"
#include "policy/command_line.hpp"

namespace unitlock::exec {
namespace {

using landlock::mask_of;

UsageProblem read(const Arguments& arguments, Settings& out) {
  return read_settings(arguments.line(), out);
}
std::string problem_of(std::vector<std::string> words) {
  Arguments arguments(std::move(words));
  Settings settings;
  UsageProblem problem = read(arguments, settings);
  return problem.what ? std::string(problem.option) + "|" + problem.what : "";
}

TEST(ExecOptions, WordsBehindTheDashesAreTheCommands) {
  Arguments arguments({"--unit=a.service", "--program=/bin/x", "--", "x", "--strict", "--", ""});
  CommandLine line = arguments.line();
  Settings settings;
  EXPECT_EQ(read(arguments, settings).what, nullptr);
  EXPECT_EQ(settings.unit, "a.service");
  EXPECT_EQ(settings.program, "/bin/x");
  EXPECT_FALSE(settings.strict);
  ASSERT_NE(line.words, nullptr);
  EXPECT_EQ(line.words, arguments.argv() + 4);
}

TEST(ExecOptions, ReadsEachSetting) {
  Arguments arguments({"--abi=7", "--strict", "--no-denial-log", "--avoid-sockets",
                       "--restrict=network,scope", "--scope=signal", "--connect-tcp=any",
                       "--program=/x", "--", "x"});
  Settings settings;
  EXPECT_EQ(read(arguments, settings).what, nullptr);
  EXPECT_EQ(settings.pin, 7);
  EXPECT_TRUE(settings.strict);
  EXPECT_FALSE(settings.log_denials);
  EXPECT_TRUE(settings.avoid_sockets);
  EXPECT_EQ(settings.families, 6);
  EXPECT_EQ(settings.scope, mask_of("scope.signal"));
  EXPECT_EQ(settings.any_port, mask_of("net.connect_tcp"));
}

TEST(ExecOptions, PinsTheAbiUnlessTold) {
  Arguments arguments({"--program=/x", "--", "x"});
  Settings settings;
  read(arguments, settings);
  EXPECT_EQ(settings.pin, landlock::kPinnedAbi);
  EXPECT_FALSE(settings.families);
  EXPECT_FALSE(settings.scope);
}

TEST(ExecOptions, RefusesWhatIsNotWhole) {
  EXPECT_EQ(problem_of({}), "|no \"--\" before the command");
  EXPECT_EQ(problem_of({"--program=/x"}), "|no \"--\" before the command");
  EXPECT_EQ(problem_of({"--program=/x", "--"}), "|no command behind \"--\"");
  EXPECT_EQ(problem_of({"--", "x"}), "|--program= is missing");
  EXPECT_EQ(problem_of({"--program=x", "--", "x"}), "|--program= is not an absolute path");
  EXPECT_EQ(problem_of({"--program=./x", "--", "x"}), "|--program= is not an absolute path");
  for (const char* spoilt : {"--program=/a\\x2d", "--program=/\"a\"", "--program=/a\n"})
    EXPECT_EQ(problem_of({spoilt, "--", "x"}),
              "|--program= holds a quote, a backslash or a control character");
  EXPECT_EQ(problem_of({"--program=/x", "--bogus", "--nonsense", "--", "x"}),
            "--bogus|unknown option");
  EXPECT_EQ(problem_of({"--program=/x", "stray", "--", "x"}), "stray|not an option");
  EXPECT_EQ(problem_of({"--program=/x", "--", "x"}), "");
}

TEST(ExecOptions, ARefusalNeedsNoCommand) {
  EXPECT_EQ(problem_of({"--unit=a.service", "--refuse=a.conf:3: no"}), "");
}

TEST(ExecOptions, KnowsToAvoidSocketsEvenBehindAProblem) {
  Arguments arguments({"--bogus", "--avoid-sockets", "--", "x"});
  Settings settings;
  EXPECT_NE(read(arguments, settings).what, nullptr);
  EXPECT_TRUE(settings.avoid_sockets);
}

TEST(ExecOptions, NoArgumentsAtAllIsNoCrash) {
  char* const none[] = {nullptr};
  Settings settings;
  EXPECT_NE(read_settings(split(none), settings).what, nullptr);
}

TEST(ExecOptions, HashesThePolicyAsTheGeneratorDoes) {
  Policy policy;
  policy.paths = {{"/srv", 1, true, {}}, {"/usr", kReadOnly, false, {}}};
  policy.ports = {{80, 90, false, mask_of("net.bind_tcp"), {}}};
  std::vector<std::string> options = render_options(policy);
  std::vector<std::string> words = options;
  words.insert(words.begin(), "--unit=a.service");
  words.insert(words.end(), {"--avoid-sockets", "--program=/x", "--", "x"});
  Arguments arguments(words);
  Settings settings;
  EXPECT_EQ(read(arguments, settings).what, nullptr);
  EXPECT_EQ(fmt::format("{:016x}", settings.hash), policy_hash(options));
  words.resize(words.size() - 2);
  EXPECT_EQ(fmt::format("{:016x}", settings.hash), policy_hash(words));
}

TEST(ExecOptions, TheReaderGivesOneKindAtATime) {
  Arguments arguments({"--read-only=/a", "--bind-tcp=1", "--quiet=/q", "--exec=-/b", "--", "x"});
  OptionReader reader = arguments.line().options();
  Argument argument;
  ASSERT_TRUE(reader.next(Argument::Kind::Path, argument));
  EXPECT_EQ(argument.text, "/a");
  ASSERT_TRUE(reader.next(Argument::Kind::Path, argument));
  EXPECT_EQ(argument.text, "/b");
  EXPECT_TRUE(argument.optional);
  EXPECT_FALSE(reader.next(Argument::Kind::Path, argument));
}

} // namespace
} // namespace unitlock::exec
