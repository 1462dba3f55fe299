// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/why.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/grants.hpp"

namespace unitlock::advise {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class WhyTest : public testing::Test {
protected:
  WhyTest() {
    tree_.write("/srv/www/index", "");
    tree_.write("/srv/real/file", "");
    tree_.link("/srv/www/link", "../real/file");
    tree_.link("/srv/alias", "/srv/www");
    tree_.write("/etc/services", "http 80/tcp\ndomain 53/tcp\ndomain 53/udp\n");
  }

  void grant(const char* path, std::uint64_t access, bool optional = false) {
    unsigned line = static_cast<unsigned>(policy_.paths.size()) + 1;
    policy_.paths.push_back(
        {path, access, optional, {{"/etc/a", line}, "ReadOnlyPaths=", Origin::Section}});
  }

  std::vector<Question> questions(const std::string& right, const std::string& object) {
    auto read = read_question(right, object, sight_, PortNames(root_));
    EXPECT_TRUE(read) << read.error().message;
    return read.value_or(std::vector<Question>());
  }
  Answer ask(const std::string& right, const std::string& object, int abi = 7) {
    auto asked = questions(right, object);
    EXPECT_FALSE(asked.empty());
    return asked.empty() ? Answer() : why({policy_, sight_, "a@b.service"}, asked.front(), abi);
  }
  /// "denied not-granted"
  std::string verdict(const std::string& right, const std::string& object, int abi = 7) {
    Verdict said = ask(right, object, abi).verdict;
    return fmt::format("{} {}", to_string(said.outcome), to_string(said.because));
  }
  std::vector<std::string> names(const std::string& right, const std::string& object) {
    std::vector<std::string> all;
    for (const Question& question : questions(right, object))
      all.push_back(question.name);
    return all;
  }

  TempTree tree_;
  Root root_ = tree_.root();
  Sight sight_{root_};
  Policy policy_;
};

TEST_F(WhyTest, RulesHoldForAllThatIsBelow) {
  grant("/srv/www", kReadOnly);
  EXPECT_EQ(verdict("read_file", "/srv/www/index"), "allowed granted");
  EXPECT_EQ(verdict("read_dir", "/srv/www"), "allowed granted");
  EXPECT_EQ(verdict("write_file", "/srv/www/index"), "denied not-granted");
  EXPECT_EQ(verdict("read_dir", "/srv"), "denied not-granted");
  EXPECT_EQ(verdict("read_file", "/srv/wwwroot"), "denied not-granted");
  EXPECT_EQ(ask("read_file", "/srv/www/index").granting.at(0).line, "ReadOnlyPaths=/srv/www");
  EXPECT_EQ(ask("write_file", "/srv/www/index").insufficient.at(0).from.where.line, 1U);
}

TEST_F(WhyTest, LinksAreFollowedOnBothSides) {
  grant("/srv/alias", kReadOnly);
  EXPECT_EQ(verdict("read_file", "/srv/www/index"), "allowed granted");
  EXPECT_EQ(verdict("read_file", "/srv/alias/index"), "allowed granted");
  EXPECT_EQ(verdict("read_file", "/srv/www/link"), "denied not-granted");
  EXPECT_EQ(ask("read_file", "/srv/www/link").decided_at, "/srv/real/file");
}

TEST_F(WhyTest, WhatIsTheSameInodeIsTheSame) {
  std::filesystem::create_hard_link(tree_.directory() + "/srv/real/file",
                                    tree_.directory() + "/srv/hard");
  grant("/srv/hard", kReadOnly);
  EXPECT_EQ(verdict("read_file", "/srv/real/file"), "allowed granted");
}

TEST_F(WhyTest, AFileCarriesOnlyItsRights) {
  grant("/srv/www/index", kReadWrite);
  EXPECT_EQ(verdict("write_file", "/srv/www/index"), "allowed granted");
  EXPECT_EQ(verdict("remove_file", "/srv/www/index"), "denied not-granted");
}

TEST_F(WhyTest, MakingIsDecidedAtTheDirectory) {
  grant("/srv/www", kReadWrite);
  EXPECT_EQ(ask("make_reg", "/srv/www/new").decided_at, "/srv/www");
  EXPECT_EQ(ask("make_reg", "/srv/www").decided_at, "/srv/www");
  EXPECT_EQ(ask("make_reg", "/srv/www/a/b/c").decided_at, "/srv/www");
  EXPECT_EQ(ask("remove_dir", "/srv/www").decided_at, "/srv");
  EXPECT_EQ(ask("remove_file", "/srv/www/link").decided_at, "/srv/www") << "the link itself";
  EXPECT_EQ(verdict("make_reg", "/srv/www/a/b/c"), "allowed granted");
  EXPECT_EQ(verdict("make_char", "/srv/www/a"), "denied not-granted");
  EXPECT_EQ(ask("make_char", "/srv/www/a").remedy, "AllowPaths=make_char:/srv/www");
}

TEST_F(WhyTest, WhatIsExpectedIsDeniedAllTheSame) {
  policy_.expected = {{"/srv/www", landlock::mask_of("fs.remove_file"), {{"/etc/a", 9}, {}, {}}},
                      {"/srv/%p", landlock::mask_of("fs.make_reg"), {}},
                      {"/srv/real/file", landlock::mask_of("fs.read_file"), {}}};
  EXPECT_EQ(verdict("remove_file", "/srv/www/index"), "denied not-granted");
  auto expected = ask("remove_file", "/srv/www/index").expected;
  ASSERT_EQ(expected.size(), 1U);
  EXPECT_EQ(expected[0].line, "QuietPaths=remove_file:/srv/www");
  EXPECT_EQ(expected[0].from.where.line, 9U);
  EXPECT_EQ(ask("read_file", "/srv/www/link").expected.size(), 1U) << "where the link leads";
  EXPECT_THAT(ask("make_reg", "/srv/www/index").expected, IsEmpty());
  EXPECT_THAT(ask("remove_file", "/srv/real/file").expected, IsEmpty());
  EXPECT_THAT(ask("remove_file", "/srv/www/gone/file").expected, IsEmpty())
      << "the record would name /srv/www/gone";
  tree_.make_directory("/srv/a");
  EXPECT_EQ(ask("make_reg", "/srv/a/new").expected.size(), 1U) << "of a@b.service";
  grant("/srv/www", kReadWrite);
  EXPECT_THAT(ask("remove_file", "/srv/www/index").expected, IsEmpty()) << "it is allowed";
}

TEST_F(WhyTest, RemediesAreTheLeastDirective) {
  EXPECT_EQ(ask("read_file", "/srv/www/index").remedy, "ReadOnlyPaths=/srv/www/index");
  EXPECT_EQ(ask("execute", "/srv/www/index").remedy, "ExecPaths=/srv/www/index");
  EXPECT_EQ(ask("truncate", "/srv/www/index").remedy, "ReadWritePaths=/srv/www/index");
  EXPECT_EQ(ask("read_file", "/srv/www/missing").remedy, "ReadOnlyPaths=/srv/www");
  EXPECT_EQ(ask("read_file", "/missing").remedy, "") << "nobody should grant /";
  EXPECT_EQ(ask("bind_tcp", "http").remedy, "BindTCP=80");
  EXPECT_EQ(ask("signal", "").remedy, "Scope=abstract-unix-socket");
  EXPECT_EQ(ask("mount", "/srv").remedy, "Restrict=network scope");
  tree_.write("/srv/a b%c", "");
  EXPECT_EQ(ask("read_file", "/srv/a b%c").remedy, "ReadOnlyPaths=\"/srv/a b%%c\"");
  tree_.write("/srv/a\nExecPaths=/", "");
  EXPECT_EQ(ask("read_file", "/srv/a\nExecPaths=/").remedy, "") << "no line can say it";
}

TEST_F(WhyTest, RemediesInDirectoriesAreTheRightAlone) {
  EXPECT_EQ(ask("remove_file", "/srv/www/index").remedy, "AllowPaths=remove_file:/srv/www");
  EXPECT_EQ(ask("make_reg", "/srv/www/new").remedy, "AllowPaths=make_reg:/srv/www");
  EXPECT_EQ(ask("make_reg", "/srv/www/new").remedy_access->rights,
            landlock::mask_of("fs.make_reg"));
}

TEST_F(WhyTest, APortsNameOfOneProtocolOnly) {
  EXPECT_EQ(questions("bind", "http").size(), 1U);
  EXPECT_EQ(questions("bind", "domain").size(), 2U);
  EXPECT_FALSE(read_question("bind_udp", "http", sight_, PortNames(root_)));
  EXPECT_FALSE(read_question("bind", "nothing", sight_, PortNames(root_)));
}

TEST_F(WhyTest, EachKernelHasItsSay) {
  auto range = [](int first, int last, Outcome outcome, Because because) {
    return AbiRange{first, last, {outcome, because}};
  };
  EXPECT_THAT(ask("truncate", "/srv/www/index").abis,
              ElementsAre(range(0, 0, Outcome::Allowed, Because::NoLandlock),
                          range(1, 2, Outcome::Allowed, Because::KernelLacks),
                          range(3, 11, Outcome::Denied, Because::NotGranted)));
  grant("/srv/www", kReadWrite);
  EXPECT_THAT(ask("refer", "/srv/www").abis,
              ElementsAre(range(0, 0, Outcome::Allowed, Because::NoLandlock),
                          range(1, 1, Outcome::Denied, Because::ReferNotHandled),
                          range(2, 11, Outcome::Allowed, Because::Granted)));
  policy_.abi = 4;
  EXPECT_EQ(verdict("bind_udp", "53", 11), "allowed newer-than-pin");
  policy_.abi = 10;
  policy_.compatibility = Compatibility::Strict;
  EXPECT_EQ(verdict("read_file", "/srv/www/index", 9), "no-start strict");
  EXPECT_EQ(verdict("read_file", "/srv/www/index", 10), "allowed granted");
}

TEST_F(WhyTest, ReferIsDeniedWhereItIsNotHandled) {
  policy_.abi = 1;
  grant("/srv", kReadWrite);
  EXPECT_EQ(verdict("refer", "/srv/www"), "denied refer-not-handled");
  policy_.families = family_bit(landlock::Family::Network);
  EXPECT_EQ(verdict("refer", "/srv/www"), "allowed family-not-restricted");
}

TEST_F(WhyTest, WhatIsNotRestricted) {
  policy_.families = family_bit(landlock::Family::Filesystem);
  EXPECT_EQ(verdict("bind_tcp", "80"), "allowed family-not-restricted");
  policy_.families.reset();
  policy_.scope = landlock::mask_of("scope.signal");
  EXPECT_EQ(verdict("abstract_unix_socket", "x"), "allowed scope-not-restricted");
  EXPECT_EQ(verdict("signal", ""), "denied not-granted");
  policy_.ports.push_back({0, 0, true, landlock::mask_of("net.bind_tcp"), {}});
  EXPECT_EQ(verdict("bind_tcp", "80"), "allowed any-port");
}

TEST_F(WhyTest, Ports) {
  policy_.ports.push_back({80, 90, false, landlock::mask_of("net.bind_tcp"), {}});
  EXPECT_EQ(verdict("bind_tcp", "85"), "allowed granted");
  EXPECT_EQ(verdict("bind_tcp", "91"), "denied not-granted");
  EXPECT_EQ(verdict("connect_tcp", "85"), "denied not-granted");
  EXPECT_EQ(ask("connect_tcp", "85").insufficient.at(0).line, "BindTCP=80-90");
}

TEST_F(WhyTest, RulesThatCannotBeSeenYet) {
  grant("%h/x", kReadOnly); // known for the system's manager: /root/x, which is missing
  Answer answer = ask("read_file", "/root/x/y");
  EXPECT_EQ(answer.verdict.outcome, Outcome::Denied);
  EXPECT_THAT(answer.notes.at(0), HasSubstr("%h/x does not exist: the service does not start"));
  grant("/srv/%H", kReadOnly);
  EXPECT_EQ(verdict("read_file", "/srv/www/index"), "cannot-tell unknown-rule");
  EXPECT_EQ(verdict("read_file", "/etc/services"), "denied not-granted");
}

TEST_F(WhyTest, WhatTheServiceSeesOtherwiseIsComparedByName) {
  Sight sight(root_, [](std::string_view path) { return path_is_below(path, "/srv/www"); });
  grant("/srv/www", kReadOnly);
  auto asked = read_question("read_file", "/srv/www/link", sight, PortNames(root_));
  ASSERT_TRUE(asked);
  Answer answer = why({policy_, sight, "a.service"}, asked->front(), 7);
  EXPECT_EQ(answer.verdict.outcome, Outcome::Allowed) << "its link is not the service's";
  EXPECT_THAT(answer.notes.at(0), HasSubstr("the service sees something else"));
}

TEST_F(WhyTest, TheKernelAsksOfWhatIsThere) {
  EXPECT_EQ(verdict("ioctl_dev", "/srv/www/index"), "allowed not-of-this-kind");
  EXPECT_EQ(verdict("read_dir", "/srv/www/index"), "allowed not-of-this-kind");
  ASSERT_EQ(mkfifo((tree_.directory() + "/srv/fifo").c_str(), 0600), 0);
  EXPECT_EQ(verdict("truncate", "/srv/fifo"), "allowed not-of-this-kind");
  EXPECT_EQ(verdict("write_file", "/srv/fifo"), "denied not-granted");
}

TEST_F(WhyTest, WordsOfTheQuestion) {
  EXPECT_THAT(names("fs.read_file", "/x"), ElementsAre("fs.read_file"));
  EXPECT_THAT(names("read", "/srv"), ElementsAre("fs.read_dir"));
  EXPECT_THAT(names("read", "/srv/www/index"), ElementsAre("fs.read_file"));
  EXPECT_THAT(names("write", "/srv/new"), ElementsAre("fs.make_reg", "fs.write_file"));
  EXPECT_THAT(names("bind", "80"), ElementsAre("net.bind_tcp", "net.bind_udp"));
  EXPECT_THAT(names("bind", "domain/udp"), ElementsAre("net.bind_udp"));
  EXPECT_THAT(names("mount", ""), ElementsAre("fs.change_topology"));
  EXPECT_THAT(names("fs.change_topology", ""), ElementsAre("fs.change_topology"));
  EXPECT_THAT(names("bind", "[::]:domain/udp"), ElementsAre("net.bind_udp"));
  EXPECT_THAT(names("connect", "@x"), ElementsAre("scope.abstract_unix_socket"));
  EXPECT_THAT(names("connect", "/run/x"), ElementsAre("fs.resolve_unix"));
  EXPECT_THAT(names("ReadOnlyPaths=", "/srv"), ElementsAre("fs.read_file", "fs.read_dir"));
  EXPECT_THAT(names("bind-tcp", "1"), ElementsAre("net.bind_tcp"));
  EXPECT_THAT(names("fs.write_file,fs.truncate", "/x"),
              ElementsAre("fs.write_file", "fs.truncate"));
}

TEST_F(WhyTest, WordsThatMeanNothing) {
  auto error = [&](const char* right, const char* object) {
    auto read = read_question(right, object, sight_, PortNames(root_));
    return read ? "" : read.error().message;
  };
  EXPECT_THAT(error("rread", "/x"), HasSubstr("did you mean read?"));
  EXPECT_THAT(error("read_flie", "/x"), HasSubstr("did you mean read_file?"));
  EXPECT_THAT(error("read", "x"), HasSubstr("name the right"));
  EXPECT_THAT(error("read_file", "x"), HasSubstr("begins with \"/\""));
  EXPECT_THAT(error("bind_tcp", "70000"), HasSubstr("no tcp port"));
  EXPECT_THAT(error("bind_tcp", "nosuch"), HasSubstr("no tcp port"));
  EXPECT_THAT(error("bind_tcp", "80/sctp"), HasSubstr("neither tcp nor udp"));
  EXPECT_THAT(error("bind_tcp", "80/udp"), HasSubstr("asks for nothing"));
  EXPECT_THAT(error("", "/x"), HasSubstr("asks for nothing"));
}

TEST_F(WhyTest, OfAnAddressThePortCounts) {
  for (const char* object : {"10.0.0.1:4444", "[::1]:4444", "[fe80::1]:4444/tcp", "db:4444"}) {
    auto asked = questions("connect_tcp", object);
    ASSERT_EQ(1U, asked.size()) << object;
    EXPECT_EQ(4444, asked[0].port);
  }
  Answer answer = ask("connect_tcp", "10.0.0.1:4444");
  EXPECT_EQ("ConnectTCP=4444", answer.remedy);
  EXPECT_THAT(answer.notes, ElementsAre(HasSubstr("10.0.0.1 does not matter")));
  EXPECT_THAT(ask("connect_tcp", "4444").notes, IsEmpty());
  PortNames names(root_);
  for (const char* object : {"::1", "10.0.0.1", "10.0.0.1:", "[::1]", "1:2:3"})
    EXPECT_FALSE(read_question("connect_tcp", object, sight_, names)) << object;
  EXPECT_THAT(read_question("connect_tcp", "8000-8080", sight_, names).error().message,
              HasSubstr("is a range: ask about one port at a time"));
  EXPECT_THAT(read_question("bind", "[::]:80-90", sight_, names).error().message,
              HasSubstr("is a range"));
}

/// What is said of the line that would allow it.
class RemedyTest : public WhyTest {
protected:
  RemedyTest() {
    tree_.write("/usr/lib/unitlock/conf.d/10-runtime.yaml", "presets: {runtime: {}}\n");
    tree_.write("/etc/systemd/system/a@b.service",
                "[Service]\nExecStart=/usr/sbin/a\n[X-Landlock]\n");
    tree_.write("/etc/shadow", "");
    tree_.make_directory("/home/anna");
    tree_.make_directory("/dev");
  }
  std::vector<std::string> concerns(const std::string& right, const std::string& object) {
    DeclarationIndex index(root_, {});
    DeclaredUnit declared = index.find("a@b.service");
    ServiceView view(root_, declared, RuntimeScope::System);
    return remedy_concerns(ask(right, object), view);
  }
};

TEST_F(RemedyTest, IsAsSensitiveAsASuggestion) {
  using testing::Contains;
  EXPECT_THAT(concerns("read", "/etc/shadow"), Contains(HasSubstr("keys, passwords")));
  EXPECT_THAT(concerns("read_file", "/etc"), Contains(HasSubstr("keys or passwords lie in it")));
  EXPECT_THAT(concerns("read_dir", "/home"), Contains("people's files"));
  EXPECT_THAT(concerns("write_file", "/dev"), Contains("a device"));
  EXPECT_THAT(concerns("signal", ""), ElementsAre(HasSubstr("all processes")));
  EXPECT_THAT(concerns("mount", ""), ElementsAre(HasSubstr("no file would be restricted")));
  EXPECT_THAT(concerns("read", "/srv/www/index"), IsEmpty());
  EXPECT_THAT(concerns("connect_tcp", "80"), IsEmpty());
  grant("/etc/shadow", kReadOnly);
  EXPECT_THAT(concerns("read", "/etc/shadow"), IsEmpty()) << "nothing is to be written";
}

TEST_F(RemedyTest, IsJudgedByAllThatItGrants) {
  // Truncating takes ReadWritePaths=, which writes too.
  tree_.write("/usr/share/x", "");
  EXPECT_THAT(concerns("truncate", "/usr/share/x"),
              testing::Contains(HasSubstr("would become writable")));
}

} // namespace
} // namespace unitlock::advise
