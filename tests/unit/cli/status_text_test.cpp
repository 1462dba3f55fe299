// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/status_text.hpp"

#include <cstdlib>
#include <ctime>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "../base/temp_tree.hpp"
#include "cli/glance.hpp"

namespace unitlock::cli {
namespace {

using machine::StartRecord;
using machine::State;

std::string printed(const std::function<void(std::FILE*)>& print) {
  setenv("TZ", "UTC", 1);
  tzset();
  unsetenv("COLUMNS");
  std::FILE* file = std::tmpfile();
  print(file);
  std::rewind(file);
  std::string text(8192, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

StatusEntry entry(const std::string& unit, State state, const std::string& reason = "",
                  std::vector<std::string> advice = {}) {
  StatusEntry made;
  made.report.facts.unit = unit;
  made.report.verdict.state = state;
  made.report.verdict.reason = reason;
  made.report.verdict.advice = std::move(advice);
  return made;
}

void add_service(StatusEntry& entry) {
  machine::Service service;
  service.active_state = "active";
  service.sub_state = "running";
  service.main_pid = 66;
  service.inactive_exit_usec = 1795303307791000;
  service.invocation = "3f9c";
  entry.report.facts.service = service;
}

void add_record(StatusEntry& entry) {
  StartRecord record;
  record.realtime_usec = 1795303307800000;
  record.pid = 65;
  record.policy = "00112233aabbccdd";
  record.abi = 7;
  record.pin = 10;
  record.errata = 7;
  record.asked = landlock::known_to(10);
  record.enforced = landlock::known_to(7);
  record.dropped = record.asked.without(record.enforced);
  record.proven = kAllFamilies;
  record.rules = 48;
  record.skipped = 38;
  entry.report.facts.records = machine::StartRecords{{record}, 0, false};
  entry.report.verdict.records = {0};
  entry.report.verdict.pid_matches = true;
}

TEST(StatusText, OverviewSaysTheSameOnce) {
  StatusEntry nginx = entry("nginx.service", State::Partly, "this kernel cannot restrict a");
  add_service(nginx);
  add_record(nginx);
  nginx.denials = 12;
  StatusEntry other = entry("other@a.service", State::Partly, "this kernel cannot restrict a");
  StatusEntry failed = entry("x.service", State::NotRunning, "it has failed");
  add_service(failed);
  (*failed.report.facts.service)->active_state = "failed";
  std::vector<StatusEntry> entries = {nginx, other, failed,
                                      entry("z.service", State::RestartNeeded, "an earlier policy",
                                            {"systemctl restart z.service"})};
  EXPECT_EQ(printed([&](std::FILE* file) { print_overview(file, entries); }),
            "UNIT            STATE                ABI     ENFORCED RIGHTS                          "
            "DENIALS\n"
            "nginx.service   partly enforced      7 of 10 filesystem 16/17, network 2/4, scope 2/2 "
            "     12\n"
            "other@a.service partly enforced      -       -                                        "
            "      -\n"
            "x.service       not running (failed) -       -                                        "
            "      -\n"
            "z.service       restart needed       -       -                                        "
            "      -\n"
            "\n"
            "nginx.service, other@a.service: partly enforced\n"
            "  this kernel cannot restrict a\n"
            "\n"
            "z.service: restart needed\n"
            "  an earlier policy\n"
            "  → systemctl restart z.service\n");
}

TEST(StatusText, Details) {
  StatusEntry nginx = entry("nginx.service", State::Partly, "this kernel cannot restrict a");
  add_service(nginx);
  add_record(nginx);
  nginx.denials = 2;
  nginx.report.declared.unit.fragment = "/usr/lib/systemd/system/nginx.service";
  nginx.report.declared.unit.drop_ins = {"/etc/systemd/system/nginx.service.d/landlock.conf"};
  nginx.report.facts.drop_in.path = "/run/systemd/generator/nginx.service.d/zz-unitlock.conf";
  nginx.report.verdict.loaded_policy = "00112233aabbccdd";
  EXPECT_EQ(printed([&](std::FILE* file) { print_details(file, nginx); }),
            "nginx.service: partly enforced\n"
            "  this kernel cannot restrict a\n"
            "          Files: /usr/lib/systemd/system/nginx.service\n"
            "                 /etc/systemd/system/nginx.service.d/landlock.conf\n"
            "       Injected: /run/systemd/generator/nginx.service.d/zz-unitlock.conf\n"
            "        Service: active (running), PID 66, since 2026-11-21 23:21:47\n"
            "   Start record: 2026-11-21 23:21:47, PID 65\n"
            "   Landlock ABI: 7 in the kernel, 10 asked for\n"
            "       Enforced: fs.execute fs.write_file fs.read_file fs.read_dir\n"
            "                 fs.remove_dir fs.remove_file fs.make_char fs.make_dir\n"
            "                 fs.make_reg fs.make_sock fs.make_fifo fs.make_block\n"
            "                 fs.make_sym fs.refer fs.truncate fs.ioctl_dev net.bind_tcp\n"
            "                 net.connect_tcp scope.abstract_unix_socket scope.signal\n"
            "   Not enforced: fs.resolve_unix net.bind_udp net.connect_send_udp\n"
            "         Proven: a denial was seen: filesystem network scope\n"
            "          Rules: 48, and 38 paths skipped that are not there\n"
            "  Kernel errata: not known to be fixed: overlay whiteouts need make_reg\n"
            "         Policy: 00112233aabbccdd\n"
            "        Denials: 2 since it was started; see: unitlock denials nginx.service\n");
}

TEST(StatusText, TheDeclarationsWarningsAreShown) {
  StatusEntry partly = entry("a.service", State::Partly, "/f:1: ExecStop= is not confined");
  partly.report.facts.declaration.diagnostics = {
      {Severity::Warning, {"/f", 1, 0}, "ExecStop= is not confined"},
      {Severity::Warning, {"/f", 2, 0}, "ExecReload= cannot signal it"},
      {Severity::Note, {"/f", 3, 0}, "a note"},
      {Severity::Error, {"/f", 4, 0}, "one more error"}};
  EXPECT_EQ(printed([&](std::FILE* file) { print_details(file, partly); }),
            "a.service: partly enforced\n"
            "  /f:1: ExecStop= is not confined\n"
            "    Errors: /f:4: one more error\n"
            "  Warnings: /f:2: ExecReload= cannot signal it\n");
}

TEST(StatusText, DenialsOfAServiceThatHasFailed) {
  StatusEntry failed = entry("a.service", State::NotRunning, "it has failed");
  add_service(failed);
  (*failed.report.facts.service)->active_state = "failed";
  failed.denials = 3;
  auto text = [&] { return printed([&](std::FILE* file) { print_details(file, failed); }); };
  EXPECT_NE(text().find("Denials: 3 when it last ran; see: unitlock denials a.service\n"),
            std::string::npos);
  failed.report.facts.of_user = true;
  EXPECT_NE(text().find("see: unitlock --user denials a.service\n"), std::string::npos);
  failed.denials = 0;
  EXPECT_NE(text().find("Denials: none when it last ran\n"), std::string::npos);
  failed.disputed = 2;
  EXPECT_NE(text().find("Denials: none for certain when it last ran\n"), std::string::npos);
  EXPECT_NE(text().find("2 that another claims too; see: unitlock --user denials\n"),
            std::string::npos);
}

TEST(StatusText, HintsAreForTheSameManager) {
  auto text = [](bool of_user) {
    return printed([&](std::FILE* file) {
      print_visibility(file, {machine::Visible::Yes, {}}, of_user);
    });
  };
  EXPECT_EQ(text(false), "Denials are logged on this machine: see unitlock denials.\n");
  EXPECT_EQ(text(true), "Denials are logged on this machine: see unitlock --user denials.\n");
}

TEST(StatusText, NothingForeignReachesTheTerminal) {
  const std::string hostile = "\x1b[2J\xff\n";
  StatusEntry bad = entry("a.service", State::CannotTell, hostile, {hostile});
  add_service(bad);
  add_record(bad);
  machine::Service& service = **bad.report.facts.service;
  service.active_state = service.sub_state = hostile;
  StartRecord& record = (*bad.report.facts.records)->records[0];
  record.policy = record.message = hostile;
  record.unknown = {hostile};
  bad.report.declared.unit.fragment = hostile;
  bad.report.declared.unit.drop_ins = {hostile};
  bad.report.facts.drop_in.path = hostile;
  bad.report.facts.declaration.diagnostics = {{Severity::Warning, {hostile, 1, 0}, "a" + hostile}};
  std::string text = printed([&](std::FILE* file) {
    print_overview(file, {bad});
    print_details(file, bad);
    print_visibility(file, {machine::Visible::No, {hostile}}, false);
  });
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
  EXPECT_EQ(text.find("\n\n\n"), std::string::npos);
  EXPECT_NE(text.find("\\x1b[2J\\xff\\n"), std::string::npos);
  status_json(bad, nullptr).dump(); // would throw
}

TEST(StatusText, Json) {
  StatusEntry nginx = entry("nginx.service", State::NotEnforced);
  add_service(nginx);
  add_record(nginx);
  machine::Visibility visibility{machine::Visible::No, {}};
  auto json = status_json(nginx, &visibility);
  EXPECT_EQ(json["state"], "not-enforced");
  EXPECT_EQ(json["well"], false);
  EXPECT_EQ(json["records"][0]["kind"], "confined");
  EXPECT_EQ(json["records"][0]["dropped"].size(), 3U);
  EXPECT_EQ(json["service"]["started"], "2026-11-21T23:21:47.791000Z");
  EXPECT_EQ(json["denials"], nullptr);
  EXPECT_EQ(json["denials_visible"], false);
}

TEST(StatusText, TheWeekIsAColumnWhereItIsKnown) {
  StatusEntry known = entry("a.service", State::NotRunning);
  known.week = 3;
  std::string text = printed([&](std::FILE* file) {
    print_overview(file, {known, entry("b.service", State::Off)});
  });
  EXPECT_NE(text.find("7 DAYS"), std::string::npos) << text;
  EXPECT_NE(text.find("     3\n"), std::string::npos) << text;
  EXPECT_EQ(status_json(known, nullptr)["denials_7_days"], 3);
}

TEST(StatusText, AFailureAfterDenialsIsSaid) {
  StatusEntry failed = entry("a.service", State::NotRunning, "it has failed, after 2 denials");
  add_service(failed);
  (*failed.report.facts.service)->active_state = "failed";
  auto shown = [&] {
    return printed([&](std::FILE* file) {
             print_overview(file, {failed});
           }).find("a.service: not running\n  it has failed, after 2 denials") != std::string::npos;
  };
  EXPECT_FALSE(shown());
  failed.denials = 2;
  EXPECT_TRUE(shown());
}

TEST(Glance, SumsUp) {
  TempTree tree({{"/usr/share/unitlock/units.yaml",
                  "units:\n  web.service: runtime\n  getty@.service: none\n"},
                 {"/usr/lib/unitlock/conf.d/10.yaml", "presets:\n  runtime: {}\n"}});
  Root root = tree.root();
  StatusEntry runs = entry("a.service", State::RestartNeeded);
  add_service(runs);
  add_record(runs);
  runs.week = 4;
  StatusEntry stopped = entry("b.service", State::NotRunning);
  stopped.week = 1;
  StatusEntry failed = entry("c.service", State::NotRunning);
  add_service(failed);
  (*failed.report.facts.service)->active_state = "failed";
  failed.denials = 3;
  Glance glance = glance_at({runs, stopped, failed},
                            {{{"web.service"}, false},
                             {{"getty@tty1.service", "getty@.service"}, false},
                             {{"exempt.service"}, true},
                             {{"other.service"}, false}},
                            VendorList(root, {}));
  glance.denials_left_out = 7;
  EXPECT_EQ(
      glance_json(glance).dump(),
      R"({"summary":{"states":{"restart-needed":1,"not-running":2},)"
      R"("restart_needed":["a.service"],"failed_after_denials":["c.service"],"running":5,"running_confined":1,"running_unknown":0,)"
      R"("with_preset":["web.service"],"excluded":["getty@tty1.service","exempt.service"],)"
      R"("others":1,"denials_7_days":5,"denials_left_out":7}})");
  EXPECT_EQ(printed([&](std::FILE* file) { print_glance(file, glance); }),
            "\nDeclared: 1 restart needed, 2 not running.\n"
            "Not under the declared policy until restarted: a.service.\n"
            "Failed, after denials: c.service.\n"
            "Running: 5 services, 1 of them confined.\n"
            "Not enabled, with a preset made for them: web.service (unitlock enable).\n"
            "Not to be confined: getty@tty1.service, exempt.service.\n");
}

Glance glance_at_one(const StatusEntry& entry) {
  TempTree tree({{"/usr/share/unitlock/units.yaml", "units: {}\n"}});
  Root root = tree.root();
  return glance_at({entry}, {}, VendorList(root, {}));
}

/// Who may not read the journal has no records.
TEST(Glance, WhatCannotBeToldIsNotCalledUnconfined) {
  StatusEntry runs = entry("a.service", State::CannotTell);
  add_service(runs);
  Glance glance = glance_at_one(runs);
  EXPECT_EQ(glance.running_unknown, 1U);
  EXPECT_EQ(printed([&](std::FILE* file) { print_glance(file, glance); }),
            "\nDeclared: 1 cannot tell.\n"
            "Running: 1 services, 0 of them known to be confined; of 1 it cannot be told.\n");
}

TEST(Glance, WhatAProbeRefutedIsNotConfined) {
  StatusEntry runs = entry("a.service", State::NotEnforced);
  add_service(runs);
  add_record(runs);
  EXPECT_EQ(glance_at_one(runs).running_confined, 1U);
  probe::ProbedProcess process;
  process.tries[0].verdict = probe::Verdict::Allowed;
  runs.probe = probe::ServiceProbe{"", {process}};
  EXPECT_EQ(glance_at_one(runs).running_confined, 0U);
}

} // namespace
} // namespace unitlock::cli
