// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/suspicion.hpp"

#include "advised_unit.hpp"

namespace unitlock::advise {
namespace {

constexpr std::uint64_t kNoon = 1795303200000000, kHour = 3600000000;

class SuspicionTest : public AdvisedUnit {
protected:
  SuspicionTest() {
    tree_.write("/etc/shadow", "x");
    tree_.write("/usr/bin/bash", "x");
    tree_.write("/srv/www/page", "x");
  }
  journal::DenialGroup port_group(const std::string& blockers, std::uint16_t port) const {
    journal::DenialGroup group = certain(blockers);
    group.object.kind = journal::Object::Kind::Network;
    group.object.port = port;
    return group;
  }
  /// In which start, by which program, when.
  void add_in(const char* start, const char* program, journal::DenialGroup group,
              std::uint64_t first = kNoon, std::uint64_t last = kNoon) {
    group.attribution.invocation = start;
    group.process.exe = program;
    group.first_usec = first;
    group.last_usec = last;
    add(group);
  }
  std::vector<std::string> concerns_of(const std::string& object) {
    for (const Suggestion& suggestion : advice().suggestions)
      if (suggestion.object == object)
        return suggestion.concerns;
    ADD_FAILURE() << "nothing about " << object;
    return {};
  }
};

TEST_F(SuspicionTest, WhatIsDeniedBesideAnAttackIsShownApart) {
  add_in("1", "/usr/sbin/a", path_group("fs.execute", "/usr/bin/bash"));
  add_in("1", "/usr/sbin/a", port_group("net.connect_tcp", 4444));
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/srv/www/page"));
  EXPECT_THAT(ordinary(), IsEmpty());
  EXPECT_THAT(sensitive(), Contains("ConnectTCP=4444"));
  EXPECT_THAT(concerns_of("4444"), ElementsAre("in the same start, this looks like an attack: "
                                               "fs.execute /usr/bin/bash by /usr/sbin/a"));
  EXPECT_THAT(concerns_of("/srv/www/page"), ElementsAre(HasSubstr("/usr/bin/bash")));
  // The sign itself needs no company.
  EXPECT_THAT(concerns_of("/usr/bin/bash"), Each(Not(HasSubstr("in the same start"))));
}

/// QuietPaths=read_file:/etc/shadow does not make the rest of an attack ordinary.
TEST_F(SuspicionTest, WhatIsExpectedIsASignAllTheSame) {
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"));
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/srv/www/page"));
  const std::vector<ExpectedRule> rules = {{"/etc/shadow", landlock::mask_of("fs.read_file"), {}}};
  expectations_ = [&](const journal::UnitName&) -> const std::vector<ExpectedRule>& {
    return rules;
  };
  Advice found = advice();
  EXPECT_EQ(found.expected, 1U);
  ASSERT_EQ(found.suggestions.size(), 1U);
  EXPECT_EQ(found.suggestions[0].object, "/srv/www/page");
  EXPECT_TRUE(found.suggestions[0].is(Suggestion::Kind::Sensitive));
}

TEST_F(SuspicionTest, TheWiderLineIsNoWayAroundIt) {
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"));
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/srv/www/page"));
  for (const Suggestion& suggestion : advice().suggestions)
    if (suggestion.object == "/srv/www/page") {
      ASSERT_TRUE(suggestion.wider);
      EXPECT_THAT(suggestion.wider->concerns, Contains(HasSubstr("/etc/shadow")));
    }
}

TEST_F(SuspicionTest, OtherStartsAreNotConcerned) {
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"));
  add_in("2", "/usr/sbin/a", port_group("net.connect_tcp", 25), kNoon + kHour, kNoon + kHour);
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=25"));
}

TEST_F(SuspicionTest, UnlessItBeganInTheMiddleOfIt) {
  // A group knows its last start only.
  add_in("3", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"), kNoon, kNoon + 2 * kHour);
  add_in("2", "/usr/sbin/a", port_group("net.connect_tcp", 25), kNoon + kHour, kNoon + kHour);
  EXPECT_THAT(ordinary(), IsEmpty());
}

TEST_F(SuspicionTest, NorAreOtherUnitsAndDoubtfulDenials) {
  journal::DenialGroup doubtful = path_group("fs.read_file", "/etc/shadow");
  doubtful.attribution.certainty = journal::Certainty::Disputed;
  add_in("1", "/usr/sbin/a", doubtful);
  journal::DenialGroup others = path_group("fs.read_file", "/etc/shadow");
  others.attribution.unit.name = "a@other.service";
  add_in("", "/usr/sbin/a", others);
  add_in("1", "/usr/sbin/a", port_group("net.connect_tcp", 25));
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=25"));
}

TEST_F(SuspicionTest, WhatWasDeniedWithoutAnyTooIsOrdinary) {
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"));
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/srv/www/page"));
  add_in("2", "/usr/sbin/a", path_group("fs.read_file", "/srv/www/page"), kNoon - kHour);
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-/srv/www/page"));
}

TEST_F(SuspicionTest, AServersOwnKeysAreNoSign) {
  tree_.write("/etc/ssl/private/web.pem", "x");
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/ssl/private/web.pem"));
  add_in("1", "/usr/sbin/a", port_group("net.bind_tcp", 443));
  EXPECT_THAT(ordinary(), ElementsAre("BindTCP=443"));
  // To another program, they are.
  add_in("1", "/usr/bin/cat", path_group("fs.read_file", "/etc/ssl/private/web.pem"));
  EXPECT_THAT(ordinary(), IsEmpty());
}

TEST_F(SuspicionTest, NorIsWhatLiesAboveALever) {
  // nginx's removal of its PID file: /run holds /run/systemd/system, too.
  tree_.make_directory("/run");
  add_in("1", "/usr/sbin/a", path_group("fs.remove_file", "/run"));
  add_in("1", "/usr/sbin/a", port_group("net.bind_tcp", 443));
  EXPECT_THAT(ordinary(), ElementsAre("BindTCP=443"));
  tree_.make_directory("/etc/cron.d");
  add_in("1", "/usr/sbin/a", path_group("fs.make_reg", "/etc/cron.d"));
  EXPECT_THAT(ordinary(), IsEmpty());
}

TEST_F(SuspicionTest, TheServicesOwnDirectoryIsNot) {
  tree_.write("/var/lib/a/data", "x");
  tree_.write("/var/lib/a/tool", "x");
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/etc/shadow"));
  add_in("1", "/usr/sbin/a", path_group("fs.read_file", "/var/lib/a/data"));
  add_in("1", "/usr/sbin/a", path_group("fs.execute", "/var/lib/a/tool"));
  EXPECT_THAT(ordinary(), ElementsAre("ReadOnlyPaths=-%S/a/data"));
}

TEST_F(SuspicionTest, AnInterpreterThatAsksForSensitiveThings) {
  tree_.write("/home/anna/diary", "x");
  add_in("1", "/usr/bin/dash", path_group("fs.read_file", "/home/anna/diary"));
  add_in("2", "/usr/bin/dash", path_group("fs.read_file", "/srv/www/page"), kNoon + kHour);
  add_in("2", "/usr/sbin/a", port_group("net.bind_tcp", 443), kNoon + kHour);
  EXPECT_THAT(ordinary(), ElementsAre("BindTCP=443"));
  EXPECT_THAT(concerns_of("/srv/www/page"), ElementsAre(HasSubstr("the same program")));
}

TEST_F(SuspicionTest, IsNoneWhereTheServiceIsAScript) {
  tree_.write("/usr/sbin/a", "#!/usr/bin/dash\n");
  tree_.write("/usr/bin/dash", "x");
  tree_.write("/home/anna/diary", "x");
  add_in("1", "/usr/bin/dash", path_group("fs.read_file", "/home/anna/diary"));
  add_in("1", "/usr/bin/dash", port_group("net.connect_tcp", 8080));
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=8080"));
}

TEST_F(SuspicionTest, HighPortsAreForTheServicesOwnPrograms) {
  add_in("1", "/usr/bin/bash", port_group("net.connect_tcp", 4444));
  add_in("1", "/usr/bin/bash", port_group("net.bind_tcp", 4450));
  add_in("1", "/usr/sbin/a", port_group("net.connect_tcp", 4445));
  add_in("1", "/usr/bin/curl", port_group("net.connect_tcp", 443));
  add_in("1", "", port_group("net.connect_tcp", 9000));
  EXPECT_THAT(ordinary(),
              ElementsAre("BindTCP=4450", "ConnectTCP=443", "ConnectTCP=4445", "ConnectTCP=9000"));
  EXPECT_THAT(sensitive(), ElementsAre("ConnectTCP=4444"));
  EXPECT_THAT(concerns_of("4444"), ElementsAre(HasSubstr("no program of this unit's")));
}

TEST_F(SuspicionTest, AHelperThatIsGrantedIsItsOwn) {
  tree_.write("/usr/lib/a/helper", "x");
  tree_.write("/usr/bin/curl", "x");
  service("", "ExecPaths=/usr/lib/a /usr/bin");
  add_in("1", "/usr/lib/a/helper", port_group("net.connect_tcp", 8080));
  add_in("1", "/usr/sbin/a (deleted)", port_group("net.connect_tcp", 8082));
  add_in("1", "/usr/bin/curl", port_group("net.connect_tcp", 8084));
  add_in("1", "/usr/bin/bash", port_group("net.connect_tcp", 8086));
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=8080", "ConnectTCP=8082"));
  service("", "ExecPaths=/usr/lib/a /usr/bin/curl");
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=8080", "ConnectTCP=8082", "ConnectTCP=8084"));
  // What the service can write may be anybody's.
  service("", "ExecPaths=/usr/lib/a\nReadWritePaths=/usr/lib/a");
  EXPECT_THAT(ordinary(), ElementsAre("ConnectTCP=8082"));
}

TEST_F(SuspicionTest, NamesAreHarmless) {
  add_in("1", "/tmp/\x1b[31m", path_group("fs.read_file", "/etc/shadow"));
  add_in("1", "/tmp/\x1b[31m", port_group("net.connect_tcp", 4444));
  for (const std::string& concern : concerns_of("4444"))
    EXPECT_EQ(std::string::npos, concern.find('\x1b'));
}

} // namespace
} // namespace unitlock::advise
