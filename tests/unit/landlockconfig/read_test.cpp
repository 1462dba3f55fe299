// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "landlock/abi.hpp"
#include "landlockconfig/configuration.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::Family;
using landlock::mask_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<Configuration> read(const std::vector<std::pair<Language, std::string>>& texts) {
  std::vector<Document> documents;
  for (const auto& [language, text] : texts) {
    auto value =
        language == Language::Json ? parse_json("f.json", text) : parse_toml("f.toml", text);
    if (!value)
      return tl::unexpected(value.error());
    documents.push_back({language, std::move(*value)});
  }
  return read_configuration(documents);
}
Result<Configuration> json(const std::string& text) {
  return read({{Language::Json, text}});
}
Result<Configuration> toml(const std::string& text) {
  return read({{Language::Toml, text}});
}

std::string error(const Result<Configuration>& result) {
  return result ? "no error" : to_string(result.error());
}
std::vector<std::string> paths(const Configuration& configuration) {
  std::vector<std::string> all;
  for (const PathBeneath& rule : configuration.paths)
    all.push_back(rule.path);
  return all;
}

// The shapes of the project's own examples: mini-write-tmp.toml, verbose-write-tmp.json,
// micro-var.toml, mini-scoped.json.

TEST(LandlockconfigRead, GroupsMeanTheRightsOfTheAbi) {
  auto c =
      toml("abi = 5\n"
           "[[ruleset]]\nhandled_access_fs = [\"abi.all\"]\nhandled_access_net = [\"bind_tcp\"]\n"
           "[[path_beneath]]\nallowed_access = [\"abi.read_execute\"]\n"
           "parent = [\".\", \"/bin\",]\n"
           "[[path_beneath]]\nallowed_access = [\"abi.read_write\"]\nparent = [\"/tmp\"]\n"
           "[[net_port]]\nallowed_access = [\"bind_tcp\"]\nport = [80, 443,]\n");
  ASSERT_TRUE(c) << error(c);
  EXPECT_EQ(c->handled.fs, landlock::known_to(5).fs);
  EXPECT_EQ(c->handled.net, mask_of("net.bind_tcp"));
  EXPECT_EQ(c->handled.scope, 0U);
  EXPECT_THAT(paths(*c), ElementsAre(".", "/bin", "/tmp"));
  EXPECT_EQ(c->paths[1].access, mask_of("fs.execute") | mask_of("fs.read_file") |
                                    mask_of("fs.read_dir") | mask_of("fs.refer"));
  EXPECT_EQ(c->paths[2].access, landlock::known_to(5).fs & ~mask_of("fs.execute"));
  ASSERT_EQ(c->ports.size(), 2U);
  EXPECT_EQ(c->ports[1].port, 443);
  EXPECT_EQ(c->paths[1].where, (SourceRef{"f.toml", 7, 16}));
}

TEST(LandlockconfigRead, ReadExecuteOfTheFirstAbiHasNoRefer) {
  auto c = json(R"({"abi": 1, "pathBeneath": [{"allowedAccess": ["abi.read_execute"],
                    "parent": ["/a"]}]})");
  ASSERT_TRUE(c) << error(c);
  EXPECT_EQ(c->paths[0].access,
            mask_of("fs.execute") | mask_of("fs.read_file") | mask_of("fs.read_dir"));
}

TEST(LandlockconfigRead, ARuleExtendsWhatIsHandled) {
  auto c = json(R"({"ruleset": [{"scoped": ["signal"]}],
                    "pathBeneath": [{"allowedAccess": ["write_file"], "parent": ["/a"]}],
                    "netPort": [{"allowedAccess": ["connect_tcp"], "port": [1]}]})");
  ASSERT_TRUE(c) << error(c);
  EXPECT_EQ(c->handled.fs, mask_of("fs.write_file"));
  EXPECT_EQ(c->handled.net, mask_of("net.connect_tcp"));
  EXPECT_EQ(c->handled.scope, mask_of("scope.signal"));
}

TEST(LandlockconfigRead, VariablesAreMultiplied) {
  auto c = toml("[[variable]]\nname = \"a\"\nliteral = [\"/x\", \"/y\"]\n"
                "[[variable]]\nname = \"b_2\"\nliteral = [\"1\", \"2\"]\n"
                "[[variable]]\nname = \"none\"\n"
                "[[path_beneath]]\nallowed_access = [\"read_dir\"]\n"
                "parent = [\"${a}/${b_2}\", \"/p$${a}\", \"/d$x\", \"/n${none}\", \"/end$\"]\n");
  ASSERT_TRUE(c) << error(c);
  EXPECT_THAT(paths(*c), ElementsAre("/x/1", "/x/2", "/y/1", "/y/2", "/p${a}", "/d$x", "/end$"));
}

TEST(LandlockconfigRead, SeveralFilesAreUnited) {
  auto c = read({{Language::Toml, "[[variable]]\nname = \"v\"\nliteral = [\"/from-toml\"]\n"
                                  "[[ruleset]]\nhandled_access_net = [\"bind_tcp\"]\n"},
                 {Language::Json, R"({"ruleset": [{"handledAccessFs": ["read_file"]}],
                   "pathBeneath": [{"allowedAccess": ["read_file"], "parent": ["${v}"]}]})"}});
  ASSERT_TRUE(c) << error(c);
  EXPECT_EQ(c->handled.fs, mask_of("fs.read_file"));
  EXPECT_EQ(c->handled.net, mask_of("net.bind_tcp")) << "nothing is dropped";
  EXPECT_THAT(paths(*c), ElementsAre("/from-toml"));
}

struct Mistake {
  std::string text;
  std::string error;
};
class JsonMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(JsonMistakes, AreToldWithTheirLine) {
  EXPECT_THAT(error(json(GetParam().text)), HasSubstr(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Landlockconfig, JsonMistakes,
    testing::Values(
        Mistake{"", "f.json:1: not JSON"}, Mistake{"[]", "f.json:1: a table is expected here"},
        Mistake{"{}", "f.json:1: it has no variable, no ruleset"},
        Mistake{R"({"abi": 3})", "it has no variable, no ruleset"},
        Mistake{"{\n\"ruleset\": [\n{\"scoped\": [\"signals\"]}]}",
                "f.json:3: 'signals' is no right of this kind"},
        Mistake{"{\"ruleset\": [{\"handledAccessFs\": [\"bind_tcp\"]}]}",
                "'bind_tcp' is no right of this kind"},
        Mistake{"{\"ruleset\": [{\"handledAccessFs\": [\"abi.all\"]}]}", "needs an 'abi'"},
        Mistake{"{\"ruleset\": [{}]}", "a ruleset handles something"},
        Mistake{"{\"ruleset\": []}", "'ruleset' must be a list that is not empty"},
        Mistake{"{\"ruleset\": [{\"scoped\": []}]}", "'scoped' must be a list"},
        Mistake{"{\"path_beneath\": []}", "'path_beneath' is no key"},
        Mistake{"{\"pathBeneath\": [\n{\"parent\": [\"/\"]}]}",
                "f.json:2: 'allowedAccess' is missing"},
        Mistake{"{\"pathBeneath\": [{\"allowedAccess\": [\"execute\"]}]}", "'parent' is missing"},
        Mistake{"{\"pathBeneath\": [{\"allowedAccess\": [\"execute\"], \"parent\": [\n1]}]}",
                "f.json:2: a text is expected"},
        Mistake{"{\"netPort\": [{\"allowedAccess\": [\"bind_tcp\"], \"port\": [\n65536\n]}]}",
                "f.json:2: a port is a number up to 65535"},
        Mistake{"{\"netPort\": [{\"allowedAccess\": [\"bind_tcp\"], \"port\": [-1]}]}",
                "a port is a number"},
        Mistake{"{\"netPort\": [{\"allowedAccess\": [\"bind_tcp\"], \"port\": [80.0]}]}",
                "a port is a number"},
        Mistake{"{\"abi\": 0, \"ruleset\": [{\"scoped\": [\"signal\"]}]}",
                "'abi' is a number from 1"},
        Mistake{"{\"abi\": 1,\n \"abi\": 2}", "f.json:2: 'abi' is there twice"},
        Mistake{"{\"variable\": [{\"name\": \"0\"}]}", "a name is a letter"},
        Mistake{"{\"variable\": [{\"literal\": [\"x\"]}]}", "'name' is missing"},
        Mistake{"{\"pathBeneath\": [{\"allowedAccess\": [\"execute\"], \"parent\": [\"${x}\"]}]}",
                "there is no variable 'x'"},
        Mistake{"{\"pathBeneath\": [{\"allowedAccess\": [\"execute\"], \"parent\": [\"${x\"]}]}",
                "holds no name of a variable"},
        Mistake{"[[[[[[[[[[[[[[[[", "nested too deeply"},
        Mistake{"{\"variable\": [{\"name\": \"a\"}]} x", "f.json:1: not JSON"}));

TEST(LandlockconfigRead, MistakesInTomlAreToldWithTheirLine) {
  EXPECT_THAT(error(toml("abi = 5\nabi = 6\n")), StartsWith("f.toml:2"));
  EXPECT_THAT(error(toml("[[ruleset]]\nhandledAccessFs = [\"execute\"]\n")),
              StartsWith("f.toml:2:19: 'handledAccessFs' is no key"));
  EXPECT_THAT(error(toml("a = [[[[[")), StartsWith("f.toml:1"));
  EXPECT_THAT(error(toml("[[ruleset]]\nscoped = [\"signal\", 1]\n")),
              StartsWith("f.toml:2:21: a text is expected"));
  EXPECT_THAT(error(toml(std::string(100000, '['))), StartsWith("f.toml:1"));
}

TEST(LandlockconfigRead, VariablesCannotFillTheMemory) {
  std::string text = "[[variable]]\nname = \"v\"\nliteral = [";
  for (int i = 0; i < 50; ++i)
    text += "\"" + std::to_string(i) + "\", ";
  text += "]\n[[path_beneath]]\nallowed_access = [\"execute\"]\nparent = [\"/${v}${v}${v}${v}\"]\n";
  EXPECT_THAT(error(toml(text)), HasSubstr("stands for too many paths"));
  text = "[[variable]]\nname = \"v\"\nliteral = [\"/" + std::string(3000, 'x') +
         "\"]\n[[path_beneath]]\nallowed_access = [\"execute\"]\nparent = [\"${v}${v}${v}\"]\n";
  EXPECT_THAT(error(toml(text)), HasSubstr("longer than any that can be opened"));
}

} // namespace
} // namespace unitlock::landlockconfig
