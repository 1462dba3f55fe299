// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/survey.hpp"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "confined_service.hpp"

namespace unitlock::machine {
namespace {

class FakeManager : public Manager {
public:
  std::map<std::string, Service> services;

  Result<Service> service(const std::string& name) override {
    auto found = services.find(name);
    if (found != services.end())
      return found->second;
    Service none;
    none.name = name;
    none.load_state = "not-found";
    none.active_state = "inactive";
    return none;
  }
  Result<std::vector<std::string>> loaded_services() override {
    std::vector<std::string> names;
    for (const auto& [name, service] : services)
      names.push_back(name);
    return names;
  }
  Result<std::string> active_state(const std::string&) override { return fail("not asked"); }
  Result<std::vector<std::int64_t>> processes(const std::string&) override {
    return fail("not asked");
  }
  Result<void> reload() override { return fail("not asked"); }
  Result<void> queue_restart(const std::string&) override { return fail("not asked"); }
};

class FakeRecords : public StartRecordSource {
public:
  std::vector<Invocation> asked;
  Result<StartRecords> find(const Invocation& invocation) override {
    asked.push_back(invocation);
    StartRecords found;
    if (confined.contains(invocation.id))
      found.records.emplace_back().pid = 7;
    return found;
  }
  std::set<std::string> confined; ///< by invocation
  Result<std::set<std::string>> confined_invocations() override { return confined; }
};

Service running(const std::string& name, const std::string& drop_in) {
  Service service;
  service.name = name;
  service.load_state = "loaded";
  service.active_state = "active";
  service.sub_state = "running";
  service.invocation = "0123";
  service.inactive_exit_usec = 5;
  service.main_pid = service.exec_main_pid = 7;
  service.drop_ins = {drop_in};
  service.exec_start = {{kWrapper, {kWrapper, "--abi=10", "--", "a"}, false, 7, 0, 0}};
  return service;
}

const char* kTemplate = "[Service]\nExecStart=/bin/a\n[X-Landlock]\nPreset=\n";

struct Fixture {
  explicit Fixture(const std::vector<std::pair<std::string, std::string>>& more = {}) {
    for (const auto& [path, text] : more)
      tree.write(path, text);
  }

  TempTree tree{{"/etc/systemd/system/a@.service", kTemplate},
                {"/etc/systemd/system/plain.service", "[Service]\nExecStart=/bin/a\n"},
                {"/etc/systemd/system/off.service",
                 "[Service]\nExecStart=/bin/a\n[X-Landlock]\nPreset=\nMode=off\n"},
                {"/bin/a", ""}};
  Root root = tree.root();
  FakeManager manager;
  FakeRecords records;

  Survey survey() { return survey(&manager, &records); }
  Survey survey(Result<Manager*> asked, Result<StartRecordSource*> read) {
    index.emplace(root, ManagerEnvironment());
    return Survey({&root, &*index, std::move(asked), std::move(read), kWrapper});
  }
  std::optional<DeclarationIndex> index; ///< of the tree as it is when the survey is made
};

std::vector<std::string> names_of(const std::vector<ServiceReport>& reports) {
  std::vector<std::string> names;
  for (const ServiceReport& report : reports)
    names.push_back(report.facts.unit);
  return names;
}

TEST(Survey, ListsInstancesInPlaceOfTheirTemplate) {
  Fixture fixture;
  EXPECT_EQ(names_of(*fixture.survey().report_all()),
            (std::vector<std::string>{"a@.service", "off.service"}));
  fixture.manager.services["a@x.service"] = running("a@x.service", "");
  fixture.manager.services["b@x.service"] = running("b@x.service", "");
  EXPECT_EQ(names_of(*fixture.survey().report_all()),
            (std::vector<std::string>{"a@x.service", "off.service"}));
}

TEST(Survey, CountsWhatRunsUndeclared) {
  Fixture fixture;
  fixture.manager.services["a@x.service"] = running("a@x.service", "");
  fixture.manager.services["plain.service"] = running("plain.service", "");
  Service stopped = running("stopped.service", "");
  stopped.active_state = "inactive";
  stopped.main_pid = 0;
  fixture.manager.services["stopped.service"] = stopped;
  auto machine = fixture.survey().report_machine();
  ASSERT_TRUE(machine);
  ASSERT_EQ(machine->undeclared.size(), 1U);
  EXPECT_EQ(machine->undeclared[0].names.front(), "plain.service");
  EXPECT_FALSE(machine->undeclared[0].exempted);
}

TEST(Survey, AsksForTheRecordsOfThePresentInvocation) {
  Fixture fixture;
  fixture.manager.services["a@x.service"] = running("a@x.service", "");
  fixture.survey().report("a@x.service");
  ASSERT_EQ(fixture.records.asked.size(), 1U);
  EXPECT_EQ(fixture.records.asked[0].unit, "a@x.service");
  EXPECT_EQ(fixture.records.asked[0].id, "0123");
  EXPECT_EQ(fixture.records.asked[0].started_usec, 5U);
  ASSERT_EQ(fixture.records.asked[0].processes.size(), 1U);
  EXPECT_EQ(fixture.records.asked[0].processes[0].pid, 7);
}

TEST(Survey, AsksForTheMainProcessWhereSystemdHasForgottenTheOthers) {
  Fixture fixture;
  Service service = running("a@x.service", "");
  service.exec_start[0].pid = 0;
  service.exec_main_exit_usec = 9;
  fixture.manager.services["a@x.service"] = service;
  fixture.survey().report("a@x.service");
  ASSERT_EQ(fixture.records.asked.size(), 1U);
  ASSERT_EQ(fixture.records.asked[0].processes.size(), 1U);
  EXPECT_EQ(fixture.records.asked[0].processes[0].pid, 7);
  EXPECT_EQ(fixture.records.asked[0].processes[0].ended_usec, 9U);
}

TEST(Survey, NamesWhatIsConfinedAndNoLongerDeclared) {
  Fixture fixture;
  fixture.manager.services["plain.service"] = running("plain.service", "");
  EXPECT_EQ(names_of(*fixture.survey().report_all()),
            (std::vector<std::string>{"a@.service", "off.service"}));
  fixture.records.confined = {"0123"};
  auto reports = fixture.survey().report_all();
  EXPECT_EQ(names_of(*reports),
            (std::vector<std::string>{"a@.service", "off.service", "plain.service"}));
  EXPECT_EQ(reports->back().verdict.state, State::RestartNeeded);
}

TEST(Survey, FindsTheInjectedDropIn) {
  Fixture fixture;
  const std::string path = "/run/systemd/generator/a@.service.d/zz-unitlock.conf";
  fixture.tree.write(path, "[Service]\nExecStart=old\n");
  fixture.manager.services["a@x.service"] = running("a@x.service", path);
  ServiceReport report = fixture.survey().report("a@x.service");
  EXPECT_EQ(report.facts.drop_in.path, path);
  EXPECT_EQ(report.facts.drop_in.text, "[Service]\nExecStart=old\n");
  EXPECT_NE(report.facts.drop_in.wanted.find("--abi=10"), std::string::npos);
  EXPECT_EQ(report.verdict.state, State::ReloadNeeded);
}

/// What systemd has loaded from another generator's file.
Service generated(const std::string& name, std::vector<std::string> drop_ins = {}) {
  Service service = running(name, "");
  service.fragment = "/run/systemd/generator.late/" + name;
  service.drop_ins = std::move(drop_ins);
  service.exec_start = {{"/bin/a", {"/bin/a"}, false, 7, 0}};
  return service;
}

TEST(Survey, NamesWhatOtherGeneratorsMadeAndADeclarationReaches) {
  const std::string drop_in = "/etc/systemd/system/service.d/landlock.conf";
  Fixture fixture({{"/run/systemd/generator.late/sysv.service", "[Service]\nExecStart=/bin/a\n"},
                   {drop_in, "[X-Landlock]\nPreset=\n"}});
  fixture.manager.services["sysv.service"] = generated("sysv.service", {drop_in});
  ServiceReport report = fixture.survey().report("sysv.service");
  EXPECT_EQ(report.verdict.state, State::NotEnforced);
  EXPECT_NE(report.verdict.reason.find("/run/systemd/generator.late/sysv.service: not confined as "
                                       "declared: another generator wrote this file"),
            std::string::npos)
      << report.verdict.reason;
  EXPECT_THAT(names_of(*fixture.survey().report_all()), testing::Contains("sysv.service"));
}

TEST(Survey, LeavesOutWhatADeclarationForManyHasNothingToSayOf) {
  const std::string wide = "/etc/systemd/system/service.d/landlock.conf";
  Fixture fixture({{wide, "[X-Landlock]\nPreset=\n"},
                   {"/etc/systemd/system/stop.service", "[Service]\nExecStop=/bin/a\n"},
                   {"/etc/systemd/system/own.service", "[Service]\n[X-Landlock]\nPreset=\n"},
                   {"/etc/systemd/system/gone.service.d/x.conf", "[X-Landlock]\nPreset=\n"},
                   {"/etc/systemd/system/other.service.d/x.conf", "[Unit]\n"}});
  Service mentioned;
  mentioned.name = "mentioned.service";
  mentioned.load_state = "not-found";
  mentioned.active_state = "inactive";
  fixture.manager.services["mentioned.service"] = mentioned;
  Service removed = running("removed.service", wide); // its file is gone, but it runs
  removed.fragment = "/etc/systemd/system/removed.service";
  fixture.manager.services["removed.service"] = removed;
  auto names = names_of(*fixture.survey().report_all());
  for (const char* left_out : {"mentioned.service", "stop.service", "other.service"})
    EXPECT_THAT(names, testing::Not(testing::Contains(left_out)));
  for (const char* named : {"own.service", "gone.service", "plain.service", "removed.service"})
    EXPECT_THAT(names, testing::Contains(named));
  Service stop = running("stop.service", wide);
  stop.exec_start = {};
  fixture.manager.services["stop.service"] = stop;
  Verdict asked = fixture.survey().report("stop.service").verdict;
  EXPECT_EQ(asked.state, State::Declared);
  EXPECT_TRUE(asked.reason.starts_with("nothing to confine")) << asked.reason;
}

TEST(Survey, NamesAnotherGeneratorsDeclaration) {
  const std::string path = "/run/systemd/generator/plain.service.d/50-x.conf";
  Service service = generated("plain.service", {path});
  service.fragment = "/etc/systemd/system/plain.service";
  {
    Fixture fixture({{path, "[X-Landlock]\nPreset=\n"}});
    fixture.manager.services["plain.service"] = service;
    EXPECT_EQ(fixture.survey().report("plain.service").verdict.state, State::NotEnforced);
    EXPECT_THAT(names_of(*fixture.survey().report_all()), testing::Contains("plain.service"));
  }
  Fixture fixture({{path, "[Unit]\nAfter=x.service\n"}});
  fixture.manager.services["plain.service"] = service;
  EXPECT_EQ(fixture.survey().report("plain.service").verdict.state, State::Undeclared);
  EXPECT_THAT(names_of(*fixture.survey().report_all()),
              testing::Not(testing::Contains("plain.service")));
}

TEST(Survey, NamesAnotherGeneratorsFragmentThatOutranksTheOneThatWasWrapped) {
  Fixture fixture(
      {{"/etc/systemd/system/b.service", "[Service]\nExecStart=/bin/a\n[X-Landlock]\nPreset=\n"},
       {"/run/systemd/generator.early/b.service", "[Service]\nExecStart=/bin/b\n"}});
  Service service = running("b.service", "/run/systemd/generator/b.service.d/zz-unitlock.conf");
  service.fragment = "/run/systemd/generator.early/b.service";
  fixture.manager.services["b.service"] = service;
  EXPECT_EQ(fixture.survey().report("b.service").verdict.state, State::NotEnforced);
}

TEST(Survey, AsksTheJournalOnlyAboutWhatDeclaresSomething) {
  Fixture fixture;
  fixture.manager.services["plain.service"] = running("plain.service", "");
  EXPECT_TRUE(fixture.survey().report_all());
  EXPECT_TRUE(fixture.records.asked.empty());
}

TEST(Survey, FindsAMaskedDropIn) {
  Fixture fixture;
  fixture.tree.link("/etc/systemd/system/a@.service.d/zz-unitlock.conf", "/dev/null");
  Service service = running("a@x.service", "");
  service.exec_start[0].path = "/bin/a";
  fixture.manager.services["a@x.service"] = service;
  ServiceReport report = fixture.survey().report("a@x.service");
  EXPECT_TRUE(report.facts.drop_in.replaced_by_nothing);
  EXPECT_EQ(report.verdict.state, State::NotEnforced);
}

TEST(Survey, SeesTheSwitchOnTheKernelCommandLine) {
  Fixture fixture;
  fixture.tree.write("/proc/cmdline", "quiet unitlock=off\n");
  fixture.manager.services["a@x.service"] = running("a@x.service", "");
  EXPECT_EQ(fixture.survey().report("a@x.service").verdict.state, State::NotEnforced);
  // In a container it is PID 1's that counts.
  fixture.tree.write("/run/systemd/container", "systemd-nspawn\n");
  EXPECT_NE(fixture.survey().report("a@x.service").verdict.reason.substr(0, 12), "unitlock=off");
}

TEST(Survey, InAnImageNothingRuns) {
  Fixture fixture;
  Survey survey = fixture.survey(nullptr, nullptr);
  auto reports = survey.report_all();
  EXPECT_EQ(reports->size(), 2U);
  for (const ServiceReport& report : *reports)
    EXPECT_TRUE(is_well(report.verdict.state))
        << report.facts.unit << ": " << report.verdict.reason;
}

TEST(Survey, AManagerThatDoesNotAnswerIsSaid) {
  Fixture fixture;
  Survey survey = fixture.survey(fail("no bus"), fail("no journal"));
  EXPECT_EQ(survey.report_all()->size(), 2U);
  ServiceReport report = survey.report("a@x.service");
  EXPECT_EQ(report.verdict.state, State::CannotTell);
  EXPECT_EQ(report.verdict.reason, "no bus");
}

} // namespace
} // namespace unitlock::machine
