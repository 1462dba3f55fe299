// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/confinement.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "confined_service.hpp"

namespace unitlock::machine {
namespace {

using testing::HasSubstr;
using Kind = StartRecord::Kind;

const std::vector<std::string> kOptions = {"--abi=10", "--read-only=/srv"};

StartRecord record(std::int64_t pid, int abi = 10) {
  return start_record(kOptions, pid, abi);
}

/// A service that is confined as declared, and runs.
Facts enforced() {
  return confined_service(kOptions, 10);
}

void declare_error(Facts& facts, Declaration::State state) {
  facts.declaration.state = state;
  facts.declaration.diagnostics = {{Severity::Note, {"/n", 1, 0}, "a note"},
                                   {Severity::Error, {"/etc/x.conf", 3, 0}, "no such directive"}};
}
/// As after a reload: systemd forgets the PID with the command.
void unwrap(Facts& facts) {
  service_of(facts).exec_start[0].path = "/bin/a";
  service_of(facts).exec_start[0].pid = 0;
}

/// The last start failed with this status, by the wrapper's own word.
StartRecord& fail_start(Facts& facts, int status) {
  stop(facts);
  service_of(facts).active_state = "failed";
  service_of(facts).exec_main_status = status;
  StartRecord& failure = records_of(facts).records[0];
  failure.kind = Kind::Failed;
  failure.exit_status = status;
  failure.message = "/srv: missing";
  return failure;
}

struct Case {
  const char* name;
  State state;
  const char* reason; ///< a part of it
  std::function<void(Facts&)> change;
};

const Case kCases[] = {
    {"as declared", State::Enforced, "", [](Facts&) {}},
    {"an older kernel", State::Partly, "net.bind_udp net.connect_send_udp (Linux 7.2 can)",
     [](Facts& f) { records_of(f).records = {record(100, 7)}; }},
    {"a command that Commands= asked for is not wrapped", State::Partly,
     "ExecStop= is not confined",
     [](Facts& f) {
       f.declaration.left_out = {
           {Severity::Warning, {"/f", 1, 0}, "ExecStop= is not confined: why"}};
     }},
    {"that, on an older kernel", State::Partly, "(Linux 7.2 can); /f:1: ExecStop= is",
     [](Facts& f) {
       records_of(f).records = {record(100, 7)};
       f.declaration.left_out = {
           {Severity::Warning, {"/f", 1, 0}, "ExecStop= is not confined: why"}};
     }},
    {"a right that only the wrapper knows", State::Partly, "fs.new",
     [](Facts& f) { records_of(f).records[0].unknown = {"fs.new"}; }},
    {"no Landlock", State::NotEnforced, "no Landlock",
     [](Facts& f) {
       records_of(f).records = {record(100, 0)};
       records_of(f).records[0].kind = Kind::NotConfined;
     }},
    {"Mode=permissive", State::Permissive, "runs unconfined",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       records_of(f).records[0].kind = Kind::Permissive;
     }},
    {"Mode=permissive, and a record that a service may have made up", State::Permissive,
     "runs unconfined",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       service_of(f).exec_start = {wrapped({"--abi=10", "--permissive"}, 100)};
       records_of(f).records[0].policy = policy_hash({"--abi=10", "--permissive"});
     }},
    {"Mode=permissive, and it does not run", State::Permissive, "would run unconfined",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       stop(f);
     }},
    {"Mode=permissive in a template", State::Permissive, "would run unconfined",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       f.is_template = true;
     }},
    {"Mode=permissive in another root", State::Permissive, "would run unconfined",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       f.service.reset();
     }},
    {"Mode=off, and systemd would still start it confined", State::ReloadNeeded, "Mode=off",
     [](Facts& f) {
       f.declaration.state = Declaration::State::Off;
       stop(f);
       f.records.reset();
     }},
    {"Mode=permissive when it was started, and no more", State::RestartNeeded, "Mode=permissive",
     [](Facts& f) { records_of(f).records[0].kind = Kind::Permissive; }},
    {"Mode=permissive now, and not when it was started", State::RestartNeeded, "earlier policy",
     [](Facts& f) {
       f.declaration.policy.mode = Mode::Permissive;
       service_of(f).exec_start = {wrapped({"--unit=a.service", "--abi=10", "--permissive"}, 100)};
     }},
    {"a kernel that has nothing of it", State::NotEnforced, "ABI 2",
     [](Facts& f) {
       records_of(f).records = {record(100, 2)};
       records_of(f).records[0].kind = Kind::NotConfined;
     }},
    {"invalid", State::Invalid, "/etc/x.conf:3: no such directive",
     [](Facts& f) { declare_error(f, Declaration::State::Invalid); }},
    {"invalid in an image", State::Invalid, "/etc/x.conf:3",
     [](Facts& f) {
       declare_error(f, Declaration::State::Invalid);
       f.service.reset();
     }},
    {"cannot be wrapped", State::NotEnforced, "/etc/x.conf:3",
     [](Facts& f) { declare_error(f, Declaration::State::Unwrappable); }},
    {"off", State::Off, "Mode=off",
     [](Facts& f) {
       f.declaration.state = Declaration::State::Off;
       records_of(f).records.clear();
       unwrap(f);
     }},
    {"off, and still confined", State::RestartNeeded, "still confined",
     [](Facts& f) { f.declaration.state = Declaration::State::Off; }},
    {"nothing declared", State::Undeclared, "runs unconfined",
     [](Facts& f) {
       f.declaration.state = Declaration::State::None;
       records_of(f).records.clear();
     }},
    {"no command", State::Declared, "nothing to confine",
     [](Facts& f) {
       f.declaration.state = Declaration::State::NothingToConfine;
       records_of(f).records.clear();
     }},
    {"no command any more, and still confined", State::RestartNeeded, "still confined",
     [](Facts& f) { f.declaration.state = Declaration::State::NothingToConfine; }},
    {"declared in an image", State::Declared, "", [](Facts& f) { f.service.reset(); }},
    {"a template", State::Declared, "a template",
     [](Facts& f) {
       f.service.reset();
       f.is_template = true;
     }},
    {"switched off", State::NotEnforced, "unitlock=off", [](Facts& f) { f.switched_off = true; }},
    {"masked unit", State::NotRunning, "masked",
     [](Facts& f) {
       f.unit_masked = true;
       service_of(f).active_state = "inactive";
     }},
    {"masked unit that runs", State::CannotTell, "still runs",
     [](Facts& f) { f.unit_masked = true; }},
    {"masked by a generator", State::StartRefused, "by unitlock's",
     [](Facts& f) {
       service_of(f).load_state = "masked";
       service_of(f).active_state = "inactive";
     }},
    {"masked by a generator while it runs", State::CannotTell, "still runs",
     [](Facts& f) { service_of(f).load_state = "masked"; }},
    {"systemd silent", State::CannotTell, "no bus",
     [](Facts& f) { f.service = Result<Service>(fail("no bus")); }},
    {"not loaded", State::ReloadNeeded, "does not know",
     [](Facts& f) { service_of(f).load_state = "not-found"; }},
    {"bad setting", State::NotRunning, "bad-setting",
     [](Facts& f) {
       stop(f);
       service_of(f).load_state = "bad-setting";
     }},
    {"no drop-in, running", State::NotEnforced, "has not loaded",
     [](Facts& f) {
       unwrap(f);
       f.drop_in.path.clear();
       f.drop_in.text.reset();
     }},
    {"no drop-in, not running", State::ReloadNeeded, "has not loaded",
     [](Facts& f) {
       stop(f);
       unwrap(f);
       f.drop_in.path.clear();
       f.drop_in.text.reset();
     }},
    {"masked drop-in", State::NotEnforced,
     "/etc/zz-unitlock.conf masks the drop-in of unitlock; what runs now is still confined",
     [](Facts& f) {
       unwrap(f);
       f.declaration.state = Declaration::State::Off;
       f.drop_in.replaced_by = "/etc/zz-unitlock.conf";
       f.drop_in.replaced_by_nothing = true;
     }},
    {"it only says that it is confined", State::Undeclared, "runs unconfined",
     [](Facts& f) {
       f.declaration.state = Declaration::State::None;
       service_of(f).exec_start[0].path = "/bin/a";
     }},
    {"it says so late, when it knew the policy", State::RestartNeeded, "no start record",
     [](Facts& f) {
       Service& service = service_of(f);
       service.exec_start[0].pid = 0;
       service.exec_main_start_usec = 1'000'000;
       (*f.records)->records[0].realtime_usec = 62'000'000;
     }},
    {"it says so after its drop-in was written", State::RestartNeeded, "no start record",
     [](Facts& f) {
       Service& service = service_of(f);
       service.exec_start[0].pid = 0;
       service.exec_main_start_usec = 1'000'000;
       f.drop_in.written_usec = 5'000'000;
       (*f.records)->records[0].realtime_usec = 6'000'000;
     }},
    {"generators ran while the wrapper did", State::Enforced, "",
     [](Facts& f) {
       Service& service = service_of(f);
       service.exec_start[0].pid = 0;
       service.exec_main_start_usec = 1'000'000;
       f.drop_in.written_usec = 1'100'000;
       (*f.records)->records[0].realtime_usec = 1'200'000;
     }},
    {"masked, and systemd has not read it", State::ReloadNeeded,
     "masks the drop-in of unitlock, but systemd has not read it",
     [](Facts& f) {
       f.declaration.state = Declaration::State::Off;
       f.drop_in.replaced_by = "/etc/zz-unitlock.conf";
       f.drop_in.replaced_by_nothing = true;
     }},
    {"masked in an image", State::NotEnforced, "masks",
     [](Facts& f) {
       f.declaration.state = Declaration::State::Off;
       f.drop_in.replaced_by = "/etc/zz-unitlock.conf";
       f.drop_in.replaced_by_nothing = true;
       f.service.reset();
     }},
    {"a replacement that wraps is meant", State::Enforced, "",
     [](Facts& f) {
       f.declaration.state = Declaration::State::Off;
       f.drop_in.replaced_by = "/etc/zz-unitlock.conf";
       f.drop_in.text = "[Service]\nExecStart=other\n";
     }},
    {"a later drop-in", State::NotEnforced, "/etc/zzz.conf is read after",
     [](Facts& f) {
       unwrap(f);
       service_of(f).drop_ins.emplace_back("/etc/zzz.conf");
     }},
    {"one of two commands is not wrapped", State::NotEnforced, "would not start it through",
     [](Facts& f) {
       service_of(f).exec_start.push_back({"/bin/b", {"/bin/b"}, false, 0, 0});
     }},
    {"systemd has another declaration", State::ReloadNeeded, "have changed",
     [](Facts& f) { f.drop_in.wanted += "ExecStart=new\n"; }},
    {"systemd has an invalid declaration", State::ReloadNeeded, "an invalid one",
     [](Facts& f) { service_of(f).exec_start = {wrapped({"--refuse=no"}, 0)}; }},
    {"not running", State::NotRunning, "",
     [](Facts& f) {
       stop(f);
       f.records.reset();
     }},
    {"failed by itself", State::NotRunning, "it has failed",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 1;
     }},
    {"the wrapper refused", State::StartRefused, "/srv: missing",
     [](Facts& f) { fail_start(f, 66); }},
    {"the wrapper refused, and SuccessExitStatus= takes it for a success", State::StartRefused,
     "/srv: missing",
     [](Facts& f) {
       stop(f);
       service_of(f).exec_main_status = 66;
       StartRecord& failure = records_of(f).records[0];
       failure.kind = Kind::Failed;
       failure.exit_status = 66;
       failure.message = "/srv: missing";
     }},
    {"and RemainAfterExit= for active", State::StartRefused, "cannot execute",
     [](Facts& f) {
       service_of(f).sub_state = "exited";
       service_of(f).main_pid = 0;
       service_of(f).exec_start[0].exit_status = 203;
       records_of(f).records.push_back(record(100)); // confined, and then
       StartRecord& failure = records_of(f).records[1];
       failure.kind = Kind::Failed;
       failure.exit_status = 203;
       failure.message = "cannot execute";
     }},
    {"a failure that a service claims while it runs", State::Enforced, "",
     [](Facts& f) {
       records_of(f).records.push_back(record(100));
       records_of(f).records[1].kind = Kind::Failed;
     }},
    {"a failure without an exit status", State::NotRunning, "",
     [](Facts& f) {
       stop(f);
       records_of(f).records[0].kind = Kind::Failed;
     }},
    {"the wrapper refused a forking service", State::StartRefused, "/srv: missing",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_start[0].exit_status = 66;
       StartRecord& failure = records_of(f).records[0];
       failure.kind = Kind::Failed;
       failure.exit_status = 66;
       failure.message = "/srv: missing";
     }},
    {"systemd saw another exit status than a record claims", State::NotRunning, "it has failed",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 1;
       StartRecord forged = record(100);
       forged.kind = Kind::Failed;
       forged.exit_status = 66;
       records_of(f).records.push_back(forged);
     }},
    {"the wrapper refused, and journald does not know whose message it was", State::StartRefused,
     "exit status 66",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 66;
       records_of(f).records.clear();
     }},
    {"the service itself failed with such a status", State::NotRunning, "it has failed",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 66;
     }},
    {"it failed in its own way without a record", State::NotRunning, "it has failed",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 1;
       records_of(f).records.clear();
     }},
    {"waiting for its next try", State::StartRefused, "",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "activating";
       service_of(f).sub_state = "auto-restart";
       service_of(f).exec_main_status = 66;
       records_of(f).records[0].kind = Kind::Failed;
       records_of(f).records[0].exit_status = 66;
     }},
    {"the wrapper refused an earlier policy", State::NotRunning, "has changed since",
     [](Facts& f) { fail_start(f, 66).policy = "0000000000000001"; }},
    {"the wrapper refused, and did not say which policy", State::StartRefused, "/srv: missing",
     [](Facts& f) { fail_start(f, 66).policy.clear(); }},
    {"the declaration was invalid, and is corrected", State::NotRunning, "has changed since",
     [](Facts& f) { fail_start(f, 78).kind = Kind::Refused; }},
    {"that, and RemainAfterExit= has it active", State::StartRefused, "/srv: bad",
     [](Facts& f) {
       service_of(f).sub_state = "exited";
       service_of(f).main_pid = 0;
       service_of(f).exec_start[0].exit_status = 78;
       StartRecord& refusal = records_of(f).records[0];
       refusal.kind = Kind::Refused;
       refusal.exit_status = 78;
       refusal.message = "/srv: bad";
     }},
    {"strict, and the kernel has it all", State::NotRunning, "",
     [](Facts& f) {
       stop(f);
       f.records.reset();
       f.declaration.policy.compatibility = Compatibility::Strict;
       f.kernel_abi = 10;
     }},
    {"strict, and the kernel lacks something", State::StartRefused,
     "refuses its next start: this kernel cannot restrict fs.resolve_unix (Linux 7.1 can), "
     "net.bind_udp net.connect_send_udp (Linux 7.2 can)",
     [](Facts& f) {
       stop(f);
       f.records.reset();
       f.declaration.policy.compatibility = Compatibility::Strict;
       f.kernel_abi = 7;
     }},
    {"strict, and it has no Landlock", State::StartRefused, "this kernel has no Landlock",
     [](Facts& f) {
       stop(f);
       f.records.reset();
       f.declaration.policy.compatibility = Compatibility::Strict;
       f.kernel_abi = 0;
     }},
    {"best-effort, and it lacks something", State::NotRunning, "",
     [](Facts& f) {
       stop(f);
       f.records.reset();
       f.kernel_abi = 7;
     }},
    {"a failure that may be the wrapper's, and no journal to ask", State::CannotTell,
     "exit status 66, which is one of unitlock-exec's; no permission",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 66;
       f.records = Result<StartRecords>(fail("no permission"));
     }},
    {"a failure that is not, and no journal to ask", State::NotRunning, "it has failed",
     [](Facts& f) {
       stop(f);
       service_of(f).active_state = "failed";
       service_of(f).exec_main_status = 1;
       f.records = Result<StartRecords>(fail("no permission"));
     }},
    {"journal unreadable", State::CannotTell, "no permission",
     [](Facts& f) { f.records = Result<StartRecords>(fail("no permission")); }},
    {"another policy", State::RestartNeeded, "earlier policy",
     [](Facts& f) { service_of(f).exec_start = {wrapped({"--abi=9"}, 100)}; }},
    {"another policy, which strict refuses here", State::RestartNeeded,
     "earlier policy than the one that is declared, and Compatibility=strict refuses its next "
     "start: this kernel cannot restrict",
     [](Facts& f) {
       service_of(f).exec_start = {wrapped({"--abi=9"}, 100)};
       f.declaration.policy.compatibility = Compatibility::Strict;
       f.kernel_abi = 7;
     }},
    {"a variable hides the policy of the next start", State::Enforced, "",
     [](Facts& f) { service_of(f).exec_start = {wrapped({"--read-only=/${X}"}, 100)}; }},
    {"no record, and systemd did not reload", State::CannotTell, "reached the journal",
     [](Facts& f) { records_of(f).records.clear(); }},
    {"no record since a reload", State::RestartNeeded, "since before it was declared",
     [](Facts& f) {
       records_of(f).records.clear();
       service_of(f).exec_start[0].pid = 0;
     }},
    {"journal rotated", State::CannotTell, "does not go back",
     [](Facts& f) {
       records_of(f).records.clear();
       records_of(f).rotated = true;
     }},
    {"a record that nobody understands", State::CannotTell, "cannot be understood",
     [](Facts& f) {
       records_of(f).records.clear();
       records_of(f).malformed = 1;
     }},
    {"the worst of several commands counts", State::Partly, "bind_udp",
     [](Facts& f) {
       service_of(f).exec_start.push_back(wrapped(kOptions, 101));
       records_of(f).records = {record(100), record(101, 7)};
     }},
    {"a later record of the same process is the service's own", State::Partly, "",
     [](Facts& f) {
       records_of(f).records = {record(100, 7), record(100)};
     }},
    {"a child's record is the service's own", State::Partly, "",
     [](Facts& f) {
       records_of(f).records = {record(100, 7), record(102)};
     }},
    {"nor does an earlier one of another process count", State::Partly, "",
     [](Facts& f) {
       records_of(f).records = {record(99), record(100, 7)};
     }},
    {"after a reload the main process is not believed more", State::Partly, "",
     [](Facts& f) {
       // Type=forking: the wrapper was PID 99 and is gone; 100 is the service.
       service_of(f).exec_start[0].pid = 0;
       records_of(f).records = {record(99, 7), record(100)};
     }},
};

TEST(Confinement, Cases) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.name);
    Facts facts = enforced();
    row.change(facts);
    Verdict verdict = judge(facts);
    EXPECT_EQ(to_string(verdict.state), to_string(row.state)) << verdict.reason;
    EXPECT_THAT(verdict.reason, HasSubstr(row.reason));
  }
}

TEST(Confinement, OnlyWhatIsEnforcedOrNotRunningIsWell) {
  for (const Case& row : kCases) {
    Facts facts = enforced();
    row.change(facts);
    bool well = row.state == State::Enforced || row.state == State::NotRunning ||
                row.state == State::Off || row.state == State::Declared;
    EXPECT_EQ(is_well(judge(facts).state), well) << row.name;
  }
}

TEST(Confinement, SaysWhatToDo) {
  Facts facts = enforced();
  facts.drop_in.wanted += "ExecStart=new\n";
  EXPECT_EQ(judge(facts).advice,
            (std::vector<std::string>{"systemctl daemon-reload", "systemctl restart a.service"}));
  stop(facts);
  EXPECT_EQ(judge(facts).advice, (std::vector<std::string>{"systemctl daemon-reload"}));
  facts.declaration.state = Declaration::State::Invalid;
  facts.service.reset();
  EXPECT_EQ(judge(facts).advice, (std::vector<std::string>{"correct the declaration"}))
      << "no manager runs in another root";
}

TEST(Confinement, SaysHowSureTheRecordIs) {
  Facts facts = enforced();
  EXPECT_TRUE(judge(facts).pid_matches);
  service_of(facts).exec_start[0].pid = 0;
  EXPECT_TRUE(judge(facts).pid_matches);
  service_of(facts).exec_main_pid = 101;
  EXPECT_FALSE(judge(facts).pid_matches);
}

TEST(WrapperCommand, HashesTheOptionsAsTheWrapperDoes) {
  auto command = read_wrapper_command(wrapped(kOptions, 0), kWrapper);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->policy, policy_hash(kOptions));
  EXPECT_FALSE(command->refuses);
  EXPECT_FALSE(read_wrapper_command({"/bin/a", {"/bin/a", "--abi=10"}, false, 0, 0}, kWrapper));
}

TEST(WrapperCommand, FoldsVariablesAsSystemdDoes) {
  auto policy_of = [](const char* option, bool no_variables = false) {
    LoadedCommand command = wrapped({option}, 0);
    command.no_variables = no_variables;
    return read_wrapper_command(command, kWrapper)->policy;
  };
  EXPECT_EQ(policy_of("--read-only=/a$$b"), policy_hash({"--read-only=/a$b"}));
  EXPECT_EQ(policy_of("--read-only=/a$$$$b"), policy_hash({"--read-only=/a$$b"}));
  EXPECT_EQ(policy_of("--read-only=/a$$b", true), policy_hash({"--read-only=/a$$b"}));
  EXPECT_EQ(policy_of("--read-only=/a$b$"), policy_hash({"--read-only=/a$b$"}));
  EXPECT_EQ(policy_of("--read-only=/$${b}"), policy_hash({"--read-only=/${b}"}));
  EXPECT_EQ(policy_of("--read-only=/${b}"), "");
}

} // namespace
} // namespace unitlock::machine
