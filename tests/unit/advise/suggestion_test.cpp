// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/suggestion.hpp"

#include "advised_unit.hpp"

namespace unitlock::advise {
namespace {

using Kind = Suggestion::Kind;

class SuggestTest : public AdvisedUnit {};

TEST_F(SuggestTest, AFileIsReadByItsPath) {
  tree_.write("/srv/www/page", "x");
  denied("fs.read_file", "/srv/www/page");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/srv/www/page"));
}

TEST_F(SuggestTest, ListingADirectoryIsNotReadingItsFiles) {
  tree_.write("/srv/www/page", "x");
  denied("fs.read_dir", "/srv/www");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=read_dir:-/srv/www"));
}

TEST_F(SuggestTest, AWrittenFileIsNotReadable) {
  tree_.write("/srv/data/log", "x");
  denied("fs.write_file", "/srv/data/log");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file:-/srv/data/log"));
}

TEST_F(SuggestTest, ReadingAndWritingIsADirective) {
  tree_.write("/srv/data/db", "x");
  denied("fs.read_file,fs.write_file", "/srv/data/db");
  EXPECT_THAT(ordinary(), ElementsAre("ReadWritePaths=-/srv/data/db"));
}

TEST_F(SuggestTest, RightsOfSeveralDenialsAreUnited) {
  tree_.write("/srv/data/db", "x");
  denied("fs.read_file", "/srv/data/db");
  denied("fs.write_file", "/srv/data/db");
  EXPECT_THAT(ordinary(), ElementsAre("ReadWritePaths=-/srv/data/db"));
  EXPECT_EQ(2U, advice().suggestions[0].evidence.size());
}

TEST_F(SuggestTest, WhatIsReadableAlreadyMayComeWithTheDirective) {
  tree_.write("/srv/tools/run", "x");
  service("", "ReadOnlyPaths=/srv/tools");
  denied("fs.execute", "/srv/tools/run");
  EXPECT_THAT(ordinary(), ElementsAre("ExecPaths=-/srv/tools/run"));
}

TEST_F(SuggestTest, OnlyExecutingIsNoDirective) {
  tree_.write("/srv/tools/run", "x");
  denied("fs.execute", "/srv/tools/run");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=execute:-/srv/tools/run"));
}

TEST_F(SuggestTest, WhatStaysDeniedIsExpectedAtJustItsPath) {
  tree_.make_directory("/run");
  tree_.write("/srv/per%cent", "x");
  denied("fs.remove_file", "/run");
  denied("fs.read_file", "/srv/per%cent");
  denied("fs.write_file", "/srv/per%cent");
  std::vector<std::string> quiet;
  for (const Suggestion& suggestion : advice().suggestions)
    quiet.push_back(suggestion.quiet_line);
  EXPECT_THAT(quiet,
              testing::UnorderedElementsAre("QuietPaths=remove_file:/run",
                                            "QuietPaths=write_file,read_file:/srv/per%%cent"));
}

TEST_F(SuggestTest, OfFilesThatAreGoneNoLineIsExpected) {
  tree_.make_directory("/var/lib/a");
  service("", "ReadOnlyPaths=/usr");
  denied("fs.read_file", "/var/lib/a/one");
  EXPECT_THAT(advice().suggestions[0].quiet_line, "QuietPaths=read_file:%S/a/one");
  denied("fs.read_file", "/var/lib/a/two");
  ASSERT_EQ(advice().suggestions.size(), 1U) << "one line allows both";
  EXPECT_EQ(advice().suggestions[0].quiet_line, "") << "and none is about both";
}

TEST_F(SuggestTest, AUsersServiceExpectsWhatTheKernelNames) {
  scope_ = RuntimeScope::User;
  home_ = "/home/anna";
  tree_.write("/home/anna/file", "x");
  denied("fs.write_file", "/home/anna/file");
  EXPECT_EQ(advice().suggestions[0].quiet_line, "QuietPaths=write_file:/home/anna/file");
}

TEST_F(SuggestTest, TheServicesOwnDirectoryIsWritten) {
  service("StateDirectory=other", "");
  tree_.make_directory("/var/lib/other");
  denied("fs.make_reg", "/var/lib/other");
  // Granted by StateDirectory= already.
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_EQ(1U, advice().allowed.size());
  tree_.make_directory("/var/lib/a/sub");
  denied("fs.make_reg", "/var/lib/a/sub");
  EXPECT_THAT(ordinary(), ElementsAre("ReadWritePaths=-%S/a/sub"));
}

TEST_F(SuggestTest, LogsAreMadeAndWritten) {
  tree_.make_directory("/var/log/a");
  denied("fs.make_reg", "/var/log/a");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file,make_reg:-%L/a"));
}

TEST_F(SuggestTest, TheUsersNameIsTheServicesToo) {
  service("User=redis", "");
  tree_.make_directory("/var/lib/redis");
  denied("fs.make_reg,fs.remove_file", "/var/lib/redis");
  EXPECT_THAT(ordinary(), ElementsAre("ReadWritePaths=-%S/redis"));
}

TEST_F(SuggestTest, DynamicUsersDirectoriesAreWrittenAsTheyAreNamed) {
  service("DynamicUser=yes", "");
  tree_.write("/var/lib/private/a/data", "x");
  denied("fs.read_file", "/var/lib/private/a/data");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-%S/a/data"));
}

TEST_F(SuggestTest, AnotherDirectoryIsGrantedJustTheRights) {
  tree_.make_directory("/srv/data");
  denied("fs.make_reg", "/srv/data");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file,make_reg:-/srv/data"));
  auto wider = advice().suggestions[0].wider;
  ASSERT_TRUE(wider);
  EXPECT_EQ("ReadWritePaths=-/srv/data", wider->line);
}

TEST_F(SuggestTest, MakingFilesIsOverwritingThose) {
  tree_.make_directory("/srv/data");
  tree_.make_directory("/var/lib/a/sub");
  denied("fs.make_reg", "/srv/data");
  EXPECT_THAT(advice().suggestions[0].remarks,
              ElementsAre(HasSubstr("overwrite those that others have in /srv/data")));
  groups_.clear();
  denied("fs.make_reg", "/var/lib/a/sub");
  EXPECT_THAT(advice().suggestions[0].remarks, IsEmpty());
  groups_.clear();
  denied("fs.remove_file", "/srv/data");
  EXPECT_THAT(advice().suggestions[0].remarks, IsEmpty());
}

TEST_F(SuggestTest, AFileThatIsReplacedIsLost) {
  tree_.write("/etc/other/conf", "x");
  tree_.write("/srv/data/db", "x");
  tree_.write("/srv/data/program", "x");
  denied("fs.read_file", "/etc/other/conf");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/etc/other/conf"));
  EXPECT_THAT(advice().suggestions[0].remarks,
              ElementsAre(HasSubstr("it takes a restart, or the wider line")));
  groups_.clear();
  denied("fs.write_file", "/srv/data/db");
  EXPECT_THAT(advice().suggestions[0].remarks, ElementsAre(HasSubstr("it takes a restart")));
  groups_.clear();
  denied("fs.read_file", "/srv/data/db");
  EXPECT_THAT(advice().suggestions[0].remarks, IsEmpty()) << "as verify has it";
  groups_.clear();
  denied("fs.execute", "/srv/data/program");
  EXPECT_THAT(advice().suggestions[0].remarks, IsEmpty());
}

TEST_F(SuggestTest, SoTheServicesOwnConfigurationIsItsDirectory) {
  tree_.write("/etc/a/conf", "x");
  denied("fs.read_file", "/etc/a/conf");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/etc/a"));
  EXPECT_THAT(advice().suggestions[0].remarks, ElementsAre(HasSubstr("the rule is on the "
                                                                     "directory")));
  tree_.write("/etc/a/server.key", "x");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/etc/a/conf")) << "not with the keys";
}

TEST_F(SuggestTest, AndItsLogs) {
  tree_.write("/var/log/a/access.log", "x");
  denied("fs.write_file", "/var/log/a/access.log");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file:-%L/a"));
  // Also where logrotate has replaced one that was granted.
  service("", "AllowPaths=write_file:%L/a/access.log");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file:-%L/a"));
  service("", "");
  groups_.clear();
  denied("fs.read_file", "/var/log/a/access.log");
  EXPECT_THAT(advice().suggestions[0].is_on_directory, false) << "they are not to be read";
}

TEST_F(SuggestTest, ThePidFileNeedsNoRemoval) {
  tree_.make_directory("/run");
  denied("fs.remove_file", "/run");
  EXPECT_THAT(advice().suggestions[0].signs, IsEmpty());
  service("PIDFile=/run/a.pid", "");
  EXPECT_THAT(advice().suggestions[0].signs, ElementsAre(HasSubstr("systemd does itself")));
  EXPECT_THAT(sensitive().size(), 1U) << "all of /run all the same";
  service("PIDFile=/run/a/a.pid", "");
  EXPECT_THAT(advice().suggestions[0].signs, IsEmpty());
  service("PIDFile=a.pid", "");
  groups_[0].process.exe = "/usr/bin/rm";
  EXPECT_THAT(advice().suggestions[0].signs, IsEmpty());
  groups_[0].process.exe = "/usr/sbin/a";
  EXPECT_THAT(advice().suggestions[0].signs, testing::SizeIs(1));
}

TEST_F(SuggestTest, AFileThatIsGoneIsGrantedByItsDirectory) {
  tree_.make_directory("/var/log/a");
  denied("fs.write_file", "/var/log/a/tmp.abc123");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=write_file:-%L/a"));
  EXPECT_THAT(advice().suggestions[0].remarks[0], HasSubstr("tmp.abc123 is gone"));
}

TEST_F(SuggestTest, SoIsADeletedOne) {
  tree_.make_directory("/var/log/a");
  denied("fs.read_file", "/var/log/a/x (deleted)");
  EXPECT_THAT(ordinary(), ElementsAre("AllowPaths=read_file:-%L/a"));
}

TEST_F(SuggestTest, ElsewhereThatIsForSomebodyToDecide) {
  tree_.make_directory("/srv/data");
  denied("fs.read_file", "/srv/data/made-up");
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_THAT(sensitive(), ElementsAre("AllowPaths=read_file:-/srv/data"));
}

TEST_F(SuggestTest, AFileWithThatNameIsJustThat) {
  tree_.write("/srv/data/x (deleted)", "x");
  denied("fs.read_file", "/srv/data/x (deleted)");
  EXPECT_THAT(ordinary(), ElementsAre(R"x(ReadOnlyPaths="-/srv/data/x (deleted)")x"));
}

TEST_F(SuggestTest, NothingIsLeftToPutARuleOn) {
  denied("fs.read_file", "/srv/gone/x");
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_THAT(kinds(), ElementsAre(Kind::Impossible));
}

TEST_F(SuggestTest, AFileOfAnotherFileSystemCannotBeLookedAt) {
  service("PrivateTmp=yes\nInaccessiblePaths=/srv/hidden", "DeriveFromUnit=no");
  denied("fs.read_file", "/tmp/gone/x");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/tmp/gone/x"));
}

TEST_F(SuggestTest, AReplacedFileNeedsItsDirectory) {
  tree_.write("/srv/data/conf", "x");
  service("", "ReadOnlyPaths=/srv/data/conf");
  denied("fs.read_file", "/srv/data/conf");
  EXPECT_THAT(kinds(), ElementsAre(Kind::Impossible));
  EXPECT_EQ("ReadOnlyPaths=-/srv/data", advice().suggestions[0].wider->line);
}

TEST_F(SuggestTest, WhatIsAllowedNowIsLeftOut) {
  tree_.write("/srv/www/page", "x");
  service("", "ReadOnlyPaths=/srv/www\nBindTCP=80-90");
  denied("fs.read_file", "/srv/www/page");
  denied_port("net.bind_tcp", 85);
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_EQ(2U, advice().allowed.size());
}

TEST_F(SuggestTest, PortsSideBySideAreARange) {
  for (std::uint16_t port : {81, 80, 443, 82})
    denied_port("net.bind_tcp", port);
  denied_port("net.connect_send_udp", 53);
  EXPECT_THAT(ordinary(), ElementsAre("BindTCP=80-82", "BindTCP=443", "ConnectUDP=53"));
}

TEST_F(SuggestTest, AnyPortIsNeverSuggested) {
  for (std::uint16_t port = 1000; port < 1100; port = static_cast<std::uint16_t>(port + 5))
    denied_port("net.connect_tcp", port);
  EXPECT_THAT(kinds(), ElementsAre(Kind::Sensitive));
  EXPECT_EQ("ConnectTCP=1000-1095", advice().suggestions[0].line);
}

TEST_F(SuggestTest, APortThatTheRecordDoesNotNameIsTheOneTheKernelChooses) {
  journal::DenialGroup group = certain("net.bind_tcp");
  add(group);
  EXPECT_THAT(ordinary(), ElementsAre("BindTCP=0"));
}

TEST_F(SuggestTest, ScopesAreForAllProcesses) {
  journal::DenialGroup group = certain("scope.signal");
  group.object.kind = journal::Object::Kind::Process;
  add(group);
  EXPECT_THAT(kinds(), ElementsAre(Kind::Sensitive));
  EXPECT_EQ("Scope=abstract-unix-socket", advice().suggestions[0].line);
  service("", "Scope=signal");
  EXPECT_THAT(kinds(), ElementsAre(Kind::Impossible));
}

TEST_F(SuggestTest, NoRuleAllowsSomeThings) {
  denied("fs.change_topology", "/mnt");
  denied("ptrace", "");
  denied("fs.read_file", "");
  denied("fs.read_file", "/proc/17/stat");
  denied("fs.read_file", "/memfd:x (deleted)");
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_THAT(kinds(), Each(Kind::Impossible));
  EXPECT_EQ(5U, kinds().size());
}

TEST_F(SuggestTest, FewFilesAreNotJoined) {
  for (const char* name : {"1", "2"}) {
    tree_.write(std::string("/srv/www/") + name, "x");
    denied("fs.read_file", std::string("/srv/www/") + name);
  }
  EXPECT_EQ(2U, ordinary().size());
}

TEST_F(SuggestTest, MostFilesOfADirectoryAreJoined) {
  for (const char* name : {"1", "2", "3"}) {
    tree_.write(std::string("/srv/www/") + name, "x");
    denied("fs.read_file", std::string("/srv/www/") + name);
  }
  tree_.write("/srv/www/4", "x");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/srv/www"));
  EXPECT_EQ(3U, advice().suggestions[0].evidence.size());
}

TEST_F(SuggestTest, NotWhereAKeyLiesAmongThem) {
  for (const char* name : {"1", "2", "3"}) {
    tree_.write(std::string("/srv/www/") + name, "x");
    denied("fs.read_file", std::string("/srv/www/") + name);
  }
  tree_.write("/srv/www/server.key", "x");
  EXPECT_EQ(3U, ordinary().size());
}

TEST_F(SuggestTest, NotWhereMuchElseLies) {
  for (int i = 0; i < 20; ++i)
    tree_.write("/srv/www/" + std::to_string(i), "x");
  for (int i = 0; i < 5; ++i)
    denied("fs.read_file", "/srv/www/" + std::to_string(i));
  EXPECT_EQ(5U, ordinary().size());
  EXPECT_THAT(advice().suggestions[0].wider->adds, HasSubstr("reading 19 others there: "));
}

TEST_F(SuggestTest, NorADirectoryOfDirectories) {
  for (const char* name : {"1", "2", "3"}) {
    tree_.write(std::string("/srv/www/") + name, "x");
    denied("fs.read_file", std::string("/srv/www/") + name);
  }
  tree_.make_directory("/srv/www/private");
  EXPECT_EQ(3U, ordinary().size());
}

TEST_F(SuggestTest, NorWhereAFileLiesThatNoLineCouldName) {
  for (const char* name : {"1", "2", "3"}) {
    tree_.write(std::string("/srv/www/") + name, "x");
    denied("fs.read_file", std::string("/srv/www/") + name);
  }
  tree_.write("/srv/www/new\nline", "x");
  EXPECT_EQ(3U, ordinary().size());
}

TEST_F(SuggestTest, WhoseDenialsAreInDoubtAreNotActedUpon) {
  tree_.write("/srv/www/page", "x");
  for (auto certainty : {journal::Certainty::Disputed, journal::Certainty::Unclaimed,
                         journal::Certainty::Foreign, journal::Certainty::Unknown}) {
    journal::DenialGroup group = path_group("fs.read_file", "/srv/www/page");
    group.attribution.certainty = certainty;
    add(group);
  }
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_EQ(4U, advice().uncertain.size());
}

TEST_F(SuggestTest, LikelyOnesAreMarked) {
  tree_.write("/srv/www/page", "x");
  journal::DenialGroup group = path_group("fs.read_file", "/srv/www/page");
  group.attribution.certainty = journal::Certainty::Likely;
  add(group);
  EXPECT_EQ(1U, ordinary().size());
  EXPECT_TRUE(advice().suggestions[0].evidence[0].is_likely);
}

TEST_F(SuggestTest, TemplatesSayTheInstance) {
  use("a@.service");
  for (const char* instance : {"one", "two"}) {
    tree_.write(std::string("/srv/") + instance + "/page", "x");
    journal::DenialGroup group =
        path_group("fs.read_file", std::string("/srv/") + instance + "/page");
    group.attribution.unit.name = std::string("a@") + instance + ".service";
    add(group);
  }
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/srv/%i/page"));
  EXPECT_EQ(2U, advice().suggestions[0].evidence.size());
}

TEST_F(SuggestTest, AnInstanceSaysItsPath) {
  use("a@.service", "a@one.service");
  tree_.write("/srv/one/page", "x");
  denied("fs.read_file", "/srv/one/page");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/srv/one/page"));
}

TEST_F(SuggestTest, AUsersFilesAreInTheHome) {
  scope_ = RuntimeScope::User;
  home_ = "/home/anna";
  tree_.write("/home/anna/notes", "x");
  denied("fs.read_file", "/home/anna/notes");
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-%h/notes"));
}

// --- names that somebody chose

TEST_F(SuggestTest, HostileNamesAreQuoted) {
  for (const char* name : {"with space", "per%cent %n", "quo\"te", "back\\slash", "dollar$HOME",
                           "apo'strophe", "ends\\", "#hash", "[Service]", "\xc3\xa9", ";semi", "-"})
    tree_.write(std::string("/srv/odd/") + name, "x");
  for (const char* name : {"with space", "per%cent %n", "quo\"te", "back\\slash", "dollar$HOME",
                           "apo'strophe", "ends\\", "#hash", "[Service]", "\xc3\xa9", ";semi", "-"})
    denied("fs.write_file", std::string("/srv/odd/") + name);
  std::vector<std::string> lines = ordinary();
  EXPECT_EQ(12U, lines.size());
  EXPECT_THAT(lines, Contains(R"(AllowPaths="write_file:-/srv/odd/with space")"));
  EXPECT_THAT(lines, Contains(R"(AllowPaths="write_file:-/srv/odd/per%%cent %%n")"));
  EXPECT_THAT(lines, Contains(R"(AllowPaths="write_file:-/srv/odd/quo\"te")"));
  EXPECT_THAT(lines, Contains(R"(AllowPaths="write_file:-/srv/odd/ends\\")"));
}

TEST_F(SuggestTest, WhatNoUnitFileCanHoldIsNotSuggested) {
  for (const char* name : {"new\nBindTCP=1", "esc\x1b[31m", "\xff\xfe", "tab\t", "del\x7f",
                           "csi\xc2\x9b"
                           "31m",
                           "turned\xe2\x80\xae"}) {
    tree_.write(std::string("/srv/odd/") + name, "x");
    denied("fs.read_file", std::string("/srv/odd/") + name);
  }
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_EQ(7U, kinds().size());
  for (const Suggestion& suggestion : advice().suggestions) {
    ASSERT_TRUE(suggestion.wider);
    EXPECT_EQ("ReadOnlyPaths=-/srv/odd", suggestion.wider->line);
    for (const Evidence& evidence : suggestion.evidence)
      EXPECT_EQ(std::string::npos, evidence.object.find_first_of("\n\x1b\xff\t\x7f"));
  }
}

TEST_F(SuggestTest, ALongPathIsTheKernelsLimit) {
  service("InaccessiblePaths=/srv", ""); // so that the file need not be there
  std::string component = "/" + std::string(200, 'x'), path = "/srv";
  while (path.size() + component.size() < 4095)
    path += component;
  denied("fs.read_file", path);
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-" + path));
  denied("fs.read_file", path + std::string(4096 - path.size(), '/'));
  denied("fs.read_file", path + component);
  EXPECT_EQ(1U, ordinary().size());
}

} // namespace
} // namespace unitlock::advise
