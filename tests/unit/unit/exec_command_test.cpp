// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/exec_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"

namespace unitlock {
namespace {

using testing::ElementsAre;

Unit unit_of(std::initializer_list<std::pair<std::string, std::string>> service) {
  Unit unit;
  unit.name = "x.service";
  for (const auto& [key, value] : service)
    unit.assignments.push_back({"Service", key, value, {"x.service", 7, 0}});
  return unit;
}

/// "prefixes|path|argv", one command each.
std::vector<std::string> commands(const std::string& line) {
  auto parsed = exec_commands(unit_of({{"ExecStart", line}}), "ExecStart");
  if (!parsed)
    return {"error: " + parsed.error().message};
  std::vector<std::string> all;
  for (const ExecCommand& c : *parsed)
    all.push_back(c.prefixes + "|" + c.path + "|" + c.argv_text);
  return all;
}

TEST(ExecCommand, RepeatsThePathAsArgv0) {
  EXPECT_THAT(commands("/bin/a b  c"), ElementsAre("|/bin/a|/bin/a b  c"));
  EXPECT_THAT(commands("/bin/a"), ElementsAre("|/bin/a|/bin/a"));
  EXPECT_THAT(commands("a b"), ElementsAre("|a|a b"));
}

TEST(ExecCommand, KeepsArgumentsByteForByte) {
  const std::string arguments = R"('a  b' "c\"d" \x41 \d $X ${Y} $$ %i %% \; ";" é)";
  EXPECT_THAT(commands("/bin/a " + arguments), ElementsAre("|/bin/a|/bin/a " + arguments));
}

TEST(ExecCommand, ABackslashAtTheEndDoesNotJoinTheNextLine) {
  EXPECT_THAT(commands(R"(/bin/a b\)"), ElementsAre(R"(|/bin/a|/bin/a b\\)"));
  EXPECT_THAT(commands(R"(/bin/a \)"), ElementsAre(R"(|/bin/a|/bin/a \\)"));
  EXPECT_THAT(commands(R"(/bin/a \\)"), ElementsAre(R"(|/bin/a|/bin/a \\)"));
  EXPECT_THAT(commands(R"(@/bin/a \\\)"), ElementsAre(R"(|/bin/a|\\\\)"));
}

TEST(ExecCommand, RefusesPathsThatAreTooLong) {
  EXPECT_THAT(commands("/" + std::string(255, 'a') + "/b"),
              ElementsAre(testing::StartsWith("|/a")));
  std::string deep;
  while (deep.size() < 4096)
    deep += "/0123456";
  for (const std::string& path : {"/" + std::string(256, 'a') + "/b", std::string(256, 'a'), deep})
    EXPECT_THAT(commands(path), ElementsAre("error: the path of the program is too long"));
}

TEST(ExecCommand, TakesPrefixesInAnyOrder) {
  EXPECT_THAT(commands("-/bin/a"), ElementsAre("-|/bin/a|/bin/a"));
  EXPECT_THAT(commands(":-!/bin/a"), ElementsAre(":-!|/bin/a|/bin/a"));
  EXPECT_THAT(commands("!!/bin/a"), ElementsAre("!!|/bin/a|/bin/a"));
  EXPECT_THAT(commands("@-/bin/a zero one"), ElementsAre("-|/bin/a|zero one"));
  EXPECT_THAT(commands("-@/bin/a $ZERO"), ElementsAre("-|/bin/a|$ZERO"));
  EXPECT_THAT(commands(R"("-@/bin/a b" zero)"), ElementsAre("-|/bin/a b|zero"));
  EXPECT_TRUE(exec_commands(unit_of({{"ExecStart", ":/a"}}), "ExecStart")->front().no_variables);
  EXPECT_TRUE(
      exec_commands(unit_of({{"ExecStart", "+/a"}}), "ExecStart")->front().fully_privileged);
  EXPECT_TRUE(exec_commands(unit_of({{"ExecStart", "|/a"}}), "ExecStart")->front().shell);
}

TEST(ExecCommand, CountsAPrefixTooManyToThePath) {
  for (const char* line : {"--/bin/a", "!!!/bin/a", "!+/bin/a", "+!/bin/a", "::/bin/a"})
    EXPECT_THAT(commands(line),
                ElementsAre("error: the path of the program is neither absolute nor a bare name"))
        << line;
}

TEST(ExecCommand, SplitsAtALoneSemicolon) {
  EXPECT_THAT(commands("/a 1 ; -/b ;"), ElementsAre("|/a|/a 1", "-|/b|/b"));
  EXPECT_THAT(commands("; /a ; ; /b"), ElementsAre("|/a|/a", "|/b|/b"));
  EXPECT_THAT(commands(R"(";" /a)"), ElementsAre("|/a|/a")) << "the first word is unquoted first";
  EXPECT_THAT(commands(R"(/a \; ";" b; ;c ;)"), ElementsAre(R"(|/a|/a \; ";" b; ;c)"));
}

TEST(ExecCommand, QuotesAPathThatNeedsIt) {
  EXPECT_THAT(commands(R"("/bin/a b" c)"), ElementsAre(R"(|/bin/a b|"/bin/a b" c)"));
  EXPECT_THAT(commands(R"(/bin/a\x20b c)"), ElementsAre(R"(|/bin/a b|"/bin/a b" c)"));
}

TEST(ExecCommand, RefusesWhatSystemdRefuses) {
  for (const char* line :
       {"-", "@", "/", "/bin/", "bin/a", "@/bin/a", "/a \"b", "\"/a", "@/a ; b", R"("" a)",
        R"(/a\"b)", R"(/a\\b)", R"(/a\n)", "/bin/.", "/bin/..", "/..", ".", "..", "%t/."})
    EXPECT_THAT(commands(line), ElementsAre(testing::StartsWith("error:"))) << line;
  auto failed = exec_commands(unit_of({{"ExecStart", "bin/a"}}), "ExecStart");
  EXPECT_EQ(failed.error().where->line, 7u);
}

// systemd 262; older versions take them for characters of the name.
TEST(ExecCommand, RefusesWildcardsInThePath) {
  for (const char* line : {"/*", "/bin/a?", "[a]"})
    EXPECT_THAT(commands(line),
                ElementsAre("error: the path of the program holds a wildcard, which newer versions "
                            "of systemd refuse"));
  EXPECT_THAT(commands("/bin/a *"), ElementsAre("|/bin/a|/bin/a *"));
}

TEST(ExecCommand, AnEmptyAssignmentForgetsTheEarlierOnes) {
  auto all = exec_commands(
      unit_of(
          {{"ExecStart", "/a"}, {"ExecStart", "broken/a"}, {"ExecStart", ""}, {"ExecStart", "/b"}}),
      "ExecStart");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().path, "/b");
}

TEST(ExecCommand, ADropInEndsAtACommandThatSystemdCannotParse) {
  auto ends = [](const char* key, const char* value, const char* file = "/x.conf") {
    Unit unit;
    unit.fragment = "/a.service";
    unit.assignments = {{"Service", key, value, {file, 1, 0}}};
    return command_that_ends_drop_in(unit) != nullptr;
  };
  EXPECT_TRUE(ends("ExecStartPre", "relative/x"));
  EXPECT_TRUE(ends("ExecStop", "/a ; @/b"));
  EXPECT_FALSE(ends("ExecStartPre", "-relative/x"));
  EXPECT_FALSE(ends("ExecStartPre", "/a 1 ; -/b"));
  EXPECT_FALSE(ends("ExecStartPre", ""));
  EXPECT_FALSE(ends("ExecStartPre", "relative/x", "/a.service")) << "then nothing is loaded";
  EXPECT_FALSE(ends("Environment", "relative/x"));
}

class FindProgram : public testing::Test {
protected:
  void program(const std::string& path, unsigned mode = 0755) {
    tree_.write(path, "");
    std::filesystem::permissions(tree_.directory() + path, std::filesystem::perms(mode));
  }
  std::string find(const std::string& path,
                   std::initializer_list<std::pair<std::string, std::string>> service = {}) {
    auto found = find_program(tree_.root(), unit_of(service), path);
    return found ? *found : "error";
  }
  TempTree tree_;
};

TEST_F(FindProgram, TakesPathsAsTheyAre) {
  EXPECT_EQ(find("/no//such/./program"), "/no/such/program");
  EXPECT_EQ(find("%S/bin/a"), "%S/bin/a");
  EXPECT_EQ(find("%p"), "error");
  EXPECT_EQ(find("a-%i"), "error");
}

TEST_F(FindProgram, RefusesWhatSpecifiersMayTurnIntoADirectory) {
  auto find_in = [&](const std::string& name, const std::string& path) {
    Unit unit = unit_of({});
    unit.name = name;
    auto found = find_program(tree_.root(), unit, path);
    return found ? *found : "error";
  };
  EXPECT_EQ(find_in("a.service", "/x/%i"), "error") << "nothing is left of it";
  EXPECT_EQ(find_in("a@.service", "/x/%i"), "/x/%i");
  EXPECT_EQ(find_in("a@b.service", "%S/%i"), "%S/%i");
  EXPECT_EQ(find_in("a@-.service", "/%I"), "error") << "a slash";
  EXPECT_EQ(find_in("a@-.service", "/x/%I%i"), "/x/%I%i");
  EXPECT_EQ(find_in("a.service", "/x/%ib"), "/x/%ib");
  EXPECT_EQ(find_in("a.service", "/x/%p"), "/x/%p");
}

TEST_F(FindProgram, RefusesWhatTheNameOfTheUnitTurnsIntoAPathThatSystemdRefuses) {
  auto find_in = [&](const std::string& name, const std::string& path) {
    Unit unit = unit_of({});
    unit.name = name;
    auto found = find_program(tree_.root(), unit, path);
    return found ? *found : "error";
  };
  EXPECT_EQ(find_in("a@b\\x2dc.service", "/x/%i"), "error") << "a backslash";
  EXPECT_EQ(find_in("a@b\\x2dc.service", "/x/%I/y"), "/x/%I/y") << "a dash";
  EXPECT_EQ(find_in("a@b\\x22c.service", "/x/%I/y"), "error") << "a quote";
  EXPECT_EQ(find_in("a\\x2db@.service", "%S/%p"), "error");
  EXPECT_EQ(find_in("a\\x2db@.service", "%S/%P"), "%S/%P");
  EXPECT_EQ(find_in("a\\x2db.service", "/x/%%i"), "/x/%%i");
}

TEST_F(FindProgram, SearchesExecutableFilesInSystemdsOrder) {
  EXPECT_EQ(find("a"), "error");
  program("/usr/bin/a");
  program("/usr/local/bin/a", 0644);
  tree_.make_directory("/usr/local/sbin/a");
  EXPECT_EQ(find("a"), "/usr/bin/a");
  program("/usr/sbin/a");
  EXPECT_EQ(find("a"), "/usr/sbin/a");
}

TEST_F(FindProgram, FollowsExecSearchPath) {
  program("/usr/bin/a");
  program("/opt/x/a");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "usr/bin::/none:/opt//x/"}}), "/opt/x/a");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "/none"}, {"ExecSearchPath", "/opt/x"}}), "/opt/x/a");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "/opt/x"}, {"ExecSearchPath", ""}}), "/usr/bin/a");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "%h/bin"}}), "error");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "/usr/../opt/x"}}), "/usr/bin/a") << "systemd ignores it";
  EXPECT_EQ(find("a", {{"ExecSearchPath", "usr/bin:/usr/../opt/x:/none"}}), "error");
  program("/opt/x\\y/a");
  EXPECT_EQ(find("a", {{"ExecSearchPath", "/opt/x\\y"}}), "error") << "the wrapper refuses it";
}

TEST_F(FindProgram, CannotLookIntoAnotherRoot) {
  program("/usr/bin/a");
  EXPECT_EQ(find("a", {{"RootDirectory", "/srv"}}), "error");
  EXPECT_EQ(find("/usr/bin/a", {{"RootImage", "/x.raw"}}), "/usr/bin/a");
}

} // namespace
} // namespace unitlock
