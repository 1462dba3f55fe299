// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/survey.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "policy/command_line.hpp"

namespace unitlock::machine {
namespace {

constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

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
  Result<void> queue_restart(const std::string&) override { return fail("not asked"); }
};

class FakeRecords : public StartRecordSource {
public:
  std::vector<Invocation> asked;
  Result<StartRecords> find(const Invocation& invocation) override {
    asked.push_back(invocation);
    return StartRecords{};
  }
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
  service.exec_start = {{kWrapper, {kWrapper, "--abi=10", "--", "a"}, false, 7, 0}};
  return service;
}

const char* kTemplate = "[Service]\nExecStart=/bin/a\n[X-Landlock]\nPreset=\n";

struct Fixture {
  TempTree tree{{"/etc/systemd/system/a@.service", kTemplate},
                {"/etc/systemd/system/plain.service", "[Service]\nExecStart=/bin/a\n"},
                {"/etc/systemd/system/off.service",
                 "[Service]\nExecStart=/bin/a\n[X-Landlock]\nPreset=\nMode=off\n"},
                {"/bin/a", ""}};
  Root root = tree.root();
  DeclarationIndex index{root, {}};
  FakeManager manager;
  FakeRecords records;

  Survey survey() { return Survey({&root, &index, &manager, &records, kWrapper}); }
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

TEST(Survey, AsksForTheRecordsOfThePresentInvocation) {
  Fixture fixture;
  fixture.manager.services["a@x.service"] = running("a@x.service", "");
  fixture.survey().report("a@x.service");
  ASSERT_EQ(fixture.records.asked.size(), 1U);
  EXPECT_EQ(fixture.records.asked[0].unit, "a@x.service");
  EXPECT_EQ(fixture.records.asked[0].id, "0123");
  EXPECT_EQ(fixture.records.asked[0].started_usec, 5U);
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

TEST(Survey, FindsAMaskedDropIn) {
  Fixture fixture;
  fixture.tree.link("/etc/systemd/system/a@.service.d/zz-unitlock.conf", "/dev/null");
  DeclarationIndex index(fixture.root, {});
  Survey survey({&fixture.root, &index, &fixture.manager, &fixture.records, kWrapper});
  Service service = running("a@x.service", "");
  service.exec_start[0].path = "/bin/a";
  fixture.manager.services["a@x.service"] = service;
  ServiceReport report = survey.report("a@x.service");
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
  Survey survey({&fixture.root, &fixture.index, nullptr, nullptr, kWrapper});
  auto reports = survey.report_all();
  EXPECT_EQ(reports->size(), 2U);
  for (const ServiceReport& report : *reports)
    EXPECT_TRUE(is_well(report.verdict.state))
        << report.facts.unit << ": " << report.verdict.reason;
}

TEST(Survey, AManagerThatDoesNotAnswerIsSaid) {
  Fixture fixture;
  Survey survey({&fixture.root, &fixture.index, fail("no bus"), fail("no journal"), kWrapper});
  EXPECT_EQ(survey.report_all()->size(), 2U);
  ServiceReport report = survey.report("a@x.service");
  EXPECT_EQ(report.verdict.state, State::CannotTell);
  EXPECT_EQ(report.verdict.reason, "no bus");
}

} // namespace
} // namespace unitlock::machine
