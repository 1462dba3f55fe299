// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/confinement.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/exit_status.hpp"
#include "base/files.hpp"
#include "inject/drop_in.hpp"
#include "landlock/abi.hpp"
#include "policy/command_line.hpp"
#include "policy/lower.hpp"

namespace unitlock::machine {
namespace {

using Kind = StartRecord::Kind;

struct StateRow {
  State state;
  std::string_view text;
  bool well;
};
constexpr StateRow kStates[] = {
    {State::Enforced, "enforced", true},           {State::Partly, "partly enforced", false},
    {State::NotEnforced, "not enforced", false},   {State::RestartNeeded, "restart needed", false},
    {State::ReloadNeeded, "reload needed", false}, {State::Invalid, "invalid", false},
    {State::StartRefused, "start refused", false}, {State::NotRunning, "not running", true},
    {State::Permissive, "permissive", false},      {State::Off, "off", true},
    {State::Undeclared, "not declared", false},    {State::Declared, "declared", true},
    {State::CannotTell, "cannot tell", false},
};

const StateRow& row_of(State state) {
  return *std::find_if(std::begin(kStates), std::end(kStates),
                       [&](const StateRow& row) { return row.state == state; });
}

std::string first_error(const Declaration& declaration) {
  for (const Diagnostic& diagnostic : declaration.diagnostics)
    if (diagnostic.severity == Severity::Error)
      return unitlock::to_string(diagnostic);
  return "";
}

/// What systemd reads of a drop-in: the same policy is written with another comment for an
/// instance than for its template.
std::string without_comments(const std::string& text) {
  std::string kept;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#'))
      kept += line + '\n';
  return kept;
}

/// "$$" → "$", as systemd does it when it starts the command. nullopt where a variable is meant.
std::optional<std::string> fold_variables(const std::string& word) {
  std::string folded;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '$' && i + 1 < word.size()) {
      if (word[i + 1] == '{')
        return std::nullopt;
      i += word[i + 1] == '$' ? 1 : 0;
    }
    folded += word[i];
  }
  return folded;
}

bool starts_only(const Service& service, const std::string& wrapper) {
  return !service.exec_start.empty() &&
         std::all_of(service.exec_start.begin(), service.exec_start.end(),
                     [&](const LoadedCommand& command) { return command.path == wrapper; });
}

class Judge {
public:
  explicit Judge(const Facts& facts) : facts_(facts) {}

  Verdict run() {
    verdict_.state = State::CannotTell;
    if (!judge_declaration())
      judge_machine();
    return std::move(verdict_);
  }

private:
  bool decide(State state, std::string reason, std::vector<std::string> advice = {}) {
    verdict_.state = state;
    verdict_.reason = std::move(reason);
    verdict_.advice = std::move(advice);
    if (!facts_.service) // nobody there to tell
      std::erase_if(verdict_.advice,
                    [](const std::string& step) { return step.starts_with("systemctl "); });
    return true;
  }

  std::string whose() const { return facts_.of_user ? "--user " : ""; }
  std::string systemctl(const std::string& verb) const { return "systemctl " + whose() + verb; }
  std::string reload() const { return systemctl("daemon-reload"); }
  std::string restart() const { return systemctl("restart " + facts_.unit); }
  /// To bring what is declared into force.
  std::vector<std::string> reload_and_restart() const {
    return running_ ? std::vector{reload(), restart()} : std::vector{reload()};
  }

  // Each of the following returns true where it has decided.
  bool judge_declaration();
  bool judge_replacement();
  void judge_machine();
  bool judge_loading(const Service& service);
  bool judge_mask();
  bool judge_commands(const Service& service);
  void explain_other_command(const Service& service);
  bool judge_drop_in();
  bool judge_failed_start(const Service& service);
  bool judge_unseen_failure(const Service& service);
  bool judge_lost_message(const Service& service);
  bool judge_strictness();
  bool judge_running(const Service& service);
  void judge_missing_record(const Service& service);
  void judge_record(const StartRecord& record);
  void judge_shortfalls(const StartRecord& record);

  const StartRecord* worst_record() const;
  bool is_confined() const;
  bool would_still_be_confined() const {
    return facts_.service && *facts_.service && starts_only(**facts_.service, facts_.wrapper);
  }
  std::vector<std::string> lift_permissive() const {
    return running_ ? std::vector<std::string>{"take Mode=permissive away", reload(), restart()}
                    : std::vector<std::string>{"take Mode=permissive away", reload()};
  }
  /// Another policy was declared since: what a start was refused for may be gone.
  bool is_of_earlier_policy(const StartRecord& record) const {
    return record.kind == Kind::Refused ||
           (!record.policy.empty() && !verdict_.loaded_policy.empty() &&
            record.policy != verdict_.loaded_policy);
  }
  bool started_without_wrapper(std::int64_t pid) const;
  std::string still_confined() const {
    return running_ && is_confined() ? "; what runs now is still confined" : "";
  }
  void choose(const Service& service);

  const Facts& facts_;
  Verdict verdict_;
  bool running_ = false;
  bool loaded_permissive_ = false; ///< systemd would start it to be confined by nothing
};

bool Judge::judge_declaration() {
  const Declaration& declaration = facts_.declaration;
  if (facts_.service && *facts_.service) {
    running_ = is_running(**facts_.service);
    choose(**facts_.service);
  }
  switch (declaration.state) {
  case Declaration::State::Invalid:
    return decide(State::Invalid, first_error(declaration),
                  {"correct the declaration", reload(), restart()});
  case Declaration::State::Unwrappable:
    return decide(State::NotEnforced, first_error(declaration));
  case Declaration::State::Off:
    if (!facts_.drop_in.replaced_by.empty())
      return judge_replacement();
    [[fallthrough]];
  case Declaration::State::NothingToConfine:
  case Declaration::State::None:
    if (running_ && is_confined())
      return decide(State::RestartNeeded, "it is still confined by an earlier declaration",
                    {restart()});
    if (declaration.state == Declaration::State::Off && would_still_be_confined())
      return decide(State::ReloadNeeded,
                    "Mode=off, but systemd has not read it: the next start would be confined",
                    {reload()});
    if (declaration.state == Declaration::State::Off)
      return decide(State::Off, running_ ? "Mode=off: it runs unconfined"
                                         : "Mode=off: it would run unconfined");
    if (declaration.state == Declaration::State::NothingToConfine)
      return decide(State::Declared, "nothing to confine: it has no ExecStart=");
    if (declaration.exempted_at)
      return decide(State::Undeclared, fmt::format("exempted by {}: it runs unconfined",
                                                   unitlock::to_string(*declaration.exempted_at)));
    return decide(State::Undeclared, "nothing is declared: it runs unconfined");
  case Declaration::State::Confined:
    break;
  }
  return false;
}

/// An administrator's file has taken the place of the drop-in. It may start the wrapper itself.
bool Judge::judge_replacement() {
  const InjectedDropIn& drop_in = facts_.drop_in;
  if (would_still_be_confined() && drop_in.replaced_by_nothing)
    return decide(State::ReloadNeeded,
                  fmt::format("{} masks the drop-in of unitlock, but systemd has not read it: the "
                              "next start would be confined",
                              drop_in.replaced_by),
                  {"remove " + drop_in.replaced_by + ", or " + reload()});
  if (would_still_be_confined())
    return false;
  return decide(State::NotEnforced,
                fmt::format("{} {} the drop-in of unitlock{}", drop_in.replaced_by,
                            drop_in.replaced_by_nothing ? "masks" : "takes the place of",
                            still_confined()),
                {"remove " + drop_in.replaced_by, reload(), restart()});
}

void Judge::judge_machine() {
  if (facts_.unit_masked) {
    judge_mask();
    return;
  }
  if (facts_.switched_off) {
    decide(State::NotEnforced, "unitlock=off is on the kernel command line: nothing is confined",
           {"boot without unitlock=off"});
    return;
  }
  if ((facts_.is_template || !facts_.service) &&
      facts_.declaration.policy.mode == Mode::Permissive) {
    decide(State::Permissive, "Mode=permissive: it would run unconfined", lift_permissive());
    return;
  }
  if (facts_.is_template || !facts_.service) {
    decide(State::Declared, facts_.is_template ? "a template: its instances are confined" : "");
    return;
  }
  if (!*facts_.service) {
    decide(State::CannotTell, unitlock::to_string(facts_.service->error()));
    return;
  }
  const Service& service = **facts_.service;
  judge_loading(service) || judge_commands(service) || judge_drop_in() ||
      judge_failed_start(service) || judge_running(service);
}

bool Judge::judge_loading(const Service& service) {
  if (service.load_state == "loaded")
    return false;
  if (service.load_state == "masked")
    return judge_mask();
  if (service.load_state == "not-found")
    return decide(State::ReloadNeeded, "systemd does not know the unit yet", {reload()});
  return decide(State::NotRunning,
                fmt::format("systemd cannot load the unit ({})", service.load_state),
                {systemctl("status " + facts_.unit),
                 fmt::format("systemd-analyze {}verify {}", whose(), facts_.unit), reload()});
}

/// Of a masked unit, systemd does not know any more by what command it was started.
bool Judge::judge_mask() {
  if (running_)
    return decide(State::CannotTell, "the unit is masked, and still runs as it was started before",
                  {systemctl("stop " + facts_.unit)});
  if (facts_.unit_masked)
    return decide(State::NotRunning, "the unit is masked");
  return decide(State::StartRefused,
                "it is masked by a generator: by unitlock's, which could not write its drop-in, or "
                "by systemd's for systemd.mask= on the kernel command line",
                {"journalctl -b -t unitlock-generator", reload()});
}

bool Judge::judge_commands(const Service& service) {
  if (!starts_only(service, facts_.wrapper)) {
    explain_other_command(service);
    return true;
  }
  bool refuses = false;
  std::set<std::string> policies;
  for (const LoadedCommand& command : service.exec_start) {
    auto wrapper = read_wrapper_command(command, facts_.wrapper);
    refuses = refuses || wrapper->refuses;
    loaded_permissive_ = loaded_permissive_ || wrapper->permissive;
    policies.insert(wrapper->policy);
  }
  if (policies.size() == 1)
    verdict_.loaded_policy = *policies.begin();
  if (refuses)
    return decide(State::ReloadNeeded, "systemd has loaded an earlier declaration, an invalid one",
                  reload_and_restart());
  return false;
}

void Judge::explain_other_command(const Service& service) {
  std::string still = still_confined();
  const InjectedDropIn& drop_in = facts_.drop_in;
  if (drop_in.path.empty() || !drop_in.text) {
    decide(running_ || !still.empty() ? State::NotEnforced : State::ReloadNeeded,
           fmt::format("systemd has not loaded the drop-in of unitlock{}", still),
           reload_and_restart());
    return;
  }
  std::string last = service.drop_ins.empty() ? "" : service.drop_ins.back();
  if (last != drop_in.path) {
    decide(State::NotEnforced,
           fmt::format("{} is read after the drop-in of unitlock and sets ExecStart= again{}", last,
                       still),
           {fmt::format("give {} a name that sorts before {}", last, kDropInName), reload(),
            restart()});
    return;
  }
  decide(State::NotEnforced,
         fmt::format("systemd would not start it through {}{}", facts_.wrapper, still),
         reload_and_restart());
}

bool Judge::judge_drop_in() {
  const InjectedDropIn& drop_in = facts_.drop_in;
  if (!drop_in.replaced_by.empty())
    return false; // the administrator's own: whatever it says is meant
  if (!drop_in.text || without_comments(*drop_in.text) == without_comments(drop_in.wanted))
    return false;
  return decide(State::ReloadNeeded,
                "the unit or the presets have changed since systemd loaded them",
                reload_and_restart());
}

/// Whether systemd saw a command of the last start exit with this status, or has forgotten.
bool may_have_exited_with(const Service& service, int status) {
  bool forgotten = true;
  for (const LoadedCommand& command : service.exec_start) {
    if (command.pid != 0 && command.exit_status == status)
      return true;
    forgotten = forgotten && command.pid == 0;
  }
  return service.exec_main_status == status || (forgotten && service.exec_main_status == 0);
}

/// The wrapper refused: whatever systemd makes of its exit status. With SuccessExitStatus=, the
/// prefix "-" or RemainAfterExit= it may call the service successful, even active.
bool Judge::judge_failed_start(const Service& service) {
  if (service.main_pid != 0 || !facts_.records)
    return false;
  if (!*facts_.records)
    return judge_unseen_failure(service);
  // systemd's own word on the exit status; the record only says why.
  for (const StartRecord& record : (*facts_.records)->records)
    if ((record.kind == Kind::Failed || record.kind == Kind::Refused) && record.exit_status != 0 &&
        may_have_exited_with(service, record.exit_status))
      return !running_ && is_of_earlier_policy(record)
                 ? judge_strictness() ||
                       decide(State::NotRunning, "its last start was refused, with a declaration "
                                                 "that has changed since: it can be started again")
                 : decide(State::StartRefused, record.message,
                          {"correct what it says", reload(), restart()});
  return judge_lost_message(service);
}

bool has_failed(const Service& service) {
  return service.active_state == "failed" || service.sub_state == "auto-restart";
}

/// Who may not read the journal cannot tell the wrapper's failures from the service's own.
bool Judge::judge_unseen_failure(const Service& service) {
  if (!has_failed(service) || !exit_status::is_wrappers(service.exec_main_status))
    return false;
  return decide(State::CannotTell,
                fmt::format("it failed with exit status {}, which is one of unitlock-exec's; {}",
                            service.exec_main_status,
                            unitlock::to_string(facts_.records->error())));
}

/// "this kernel cannot restrict …"; empty where it can.
std::string lacking(const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("this kernel cannot restrict {}", fmt::join(names, ", "));
}

/// With Compatibility=strict it is known before.
bool Judge::judge_strictness() {
  const Policy& policy = facts_.declaration.policy;
  Ruleset ruleset = lower(policy, facts_.kernel_abi);
  if (!is_refused(policy, ruleset))
    return false;
  std::string why = facts_.kernel_abi == 0
                        ? "this kernel has no Landlock"
                        : lacking({names_with_kernels(ruleset.dropped(), "can")});
  return decide(State::StartRefused, "Compatibility=strict refuses its next start: " + why,
                {facts_.kernel_abi == 0
                     ? std::string("boot a kernel that has Landlock")
                     : fmt::format("ABI={} asks for no more than this kernel has",
                                   std::min(facts_.kernel_abi, policy.abi)),
                 reload()});
}

/// Of a process that ends at once, journald may not find out which unit it was of. The wrapper
/// records each service that it does start, so without any record it was the wrapper that ended.
bool Judge::judge_lost_message(const Service& service) {
  if (!has_failed(service) || !(*facts_.records)->records.empty() ||
      !exit_status::is_wrappers(service.exec_main_status))
    return false;
  return decide(State::StartRefused,
                fmt::format("it failed with exit status {}, which is one of unitlock-exec's, and "
                            "left no start record",
                            service.exec_main_status),
                {fmt::format("journalctl {}UNITLOCK_UNIT={}", whose(), facts_.unit),
                 "correct what it says", restart()});
}

bool Judge::judge_running(const Service& service) {
  if (!running_ && (loaded_permissive_ || facts_.declaration.policy.mode == Mode::Permissive))
    return decide(State::Permissive, "Mode=permissive: it would run unconfined", lift_permissive());
  if (!running_ && judge_strictness())
    return true;
  if (!running_)
    return decide(State::NotRunning, service.active_state == "activating" ? "it is starting"
                                     : service.active_state == "failed"   ? "it has failed"
                                                                          : "");
  if (!facts_.records)
    return decide(State::CannotTell, "systemd gives it no invocation ID");
  if (!*facts_.records)
    return decide(State::CannotTell, unitlock::to_string(facts_.records->error()));
  if (verdict_.records.empty())
    judge_missing_record(service);
  else
    judge_record(*worst_record());
  return true;
}

void Judge::judge_missing_record(const Service& service) {
  const StartRecords& found = **facts_.records;
  if (found.malformed > 0) {
    decide(State::CannotTell, "its start record cannot be understood: it is of another version",
           {restart()});
    return;
  }
  if (found.rotated) {
    decide(State::CannotTell, "the journal does not go back to its start", {restart()});
    return;
  }
  // systemd forgets the PIDs of commands when it reloads.
  bool certainly_wrapped =
      std::any_of(service.exec_start.begin(), service.exec_start.end(),
                  [](const LoadedCommand& command) { return command.pid != 0; });
  if (certainly_wrapped)
    decide(State::CannotTell,
           "it was started through unitlock-exec, but no start record reached the journal",
           {"allow it AF_UNIX in RestrictAddressFamilies=, or give it StandardError=journal",
            restart()});
  else
    decide(State::RestartNeeded,
           "the journal has no start record of it: it runs since before it was declared, or the "
           "record did not reach the journal",
           {restart()});
}

void Judge::judge_record(const StartRecord& record) {
  // With these options the wrapper has confined nothing, whatever a record says.
  if (loaded_permissive_ && record.policy == verdict_.loaded_policy) {
    decide(State::Permissive, "Mode=permissive: it runs unconfined", lift_permissive());
    return;
  }
  switch (record.kind) {
  case Kind::Refused:
  case Kind::Failed:
    decide(State::CannotTell, "the record of its start says that it failed: " + record.message);
    return;
  case Kind::Permissive:
    // An earlier declaration's: what is declared now is to be enforced.
    if (facts_.declaration.policy.mode != Mode::Permissive)
      decide(State::RestartNeeded, "it was started with Mode=permissive, and runs unconfined",
             {restart()});
    else
      decide(State::Permissive, "Mode=permissive: it runs unconfined", lift_permissive());
    return;
  case Kind::NotConfined:
    if (record.abi == 0)
      decide(State::NotEnforced, "the kernel has no Landlock: " + record.message,
             {"boot with lsm=landlock,… or a kernel that has it",
              "Compatibility=strict would have refused to start it"});
    else
      decide(State::NotEnforced,
             fmt::format("the kernel's ABI {} has nothing of what is declared", record.abi));
    return;
  case Kind::Confined:
    break;
  }
  if (!verdict_.loaded_policy.empty() && record.policy != verdict_.loaded_policy) {
    if (judge_strictness()) // a restart would take it down
      decide(State::RestartNeeded,
             "it runs with an earlier policy than the one that is declared, and " +
                 std::string(verdict_.reason),
             std::vector(verdict_.advice));
    else
      decide(State::RestartNeeded, "it runs with an earlier policy than the one that is declared",
             {restart()});
    return;
  }
  judge_shortfalls(record);
}

std::string lacking_rights(const StartRecord& record) {
  std::vector<std::string> names = record.unknown;
  if (!record.dropped.empty())
    names.insert(names.begin(), names_with_kernels(record.dropped, "can"));
  return lacking(names);
}

/// The service runs with its policy; the kernel may lack a part of it, and commands beside
/// ExecStart= that Commands= asked for may not be confined.
void Judge::judge_shortfalls(const StartRecord& record) {
  std::string reason = lacking_rights(record);
  const Diagnostics& left_out = facts_.declaration.left_out;
  if (left_out.empty()) {
    decide(reason.empty() ? State::Enforced : State::Partly, reason);
    return;
  }
  reason += (reason.empty() ? "" : "; ") + unitlock::to_string(left_out.front());
  decide(State::Partly, reason,
         {"take the command's kind out of Commands=, or change the command"});
}

void Judge::choose(const Service& service) {
  if (!facts_.records || !*facts_.records)
    return;
  ChosenRecords chosen =
      choose_records((*facts_.records)->records, service, facts_.drop_in.written_usec);
  verdict_.records = std::move(chosen.indexes);
  verdict_.pid_matches = chosen.pid_matches;
}

const StartRecord* Judge::worst_record() const {
  const auto& records = (*facts_.records)->records;
  auto badness = [&](std::size_t index) {
    const StartRecord& record = records[index];
    bool other = !verdict_.loaded_policy.empty() && record.policy != verdict_.loaded_policy;
    return std::tuple(record.kind != Kind::Confined, other,
                      names_of(record.dropped).size() + record.unknown.size());
  };
  return &records[*std::max_element(
      verdict_.records.begin(), verdict_.records.end(),
      [&](std::size_t a, std::size_t b) { return badness(a) < badness(b); })];
}

bool Judge::is_confined() const {
  return std::any_of(verdict_.records.begin(), verdict_.records.end(), [&](std::size_t index) {
    const StartRecord& record = (*facts_.records)->records[index];
    return record.kind == Kind::Confined && !started_without_wrapper(record.pid);
  });
}

/// systemd knows that it started this process by another command, whatever the process says.
bool Judge::started_without_wrapper(std::int64_t pid) const {
  const auto& commands = (**facts_.service).exec_start;
  return std::any_of(commands.begin(), commands.end(), [&](const LoadedCommand& command) {
    return command.pid == pid && command.path != facts_.wrapper;
  });
}

} // namespace

Verdict judge(const Facts& facts) {
  return Judge(facts).run();
}

std::string_view to_string(State state) {
  return row_of(state).text;
}

std::string program_word(State state) {
  std::string word(to_string(state));
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

std::vector<State> all_states() {
  std::vector<State> states;
  for (const StateRow& row : kStates)
    states.push_back(row.state);
  return states;
}

bool is_well(State state) {
  return row_of(state).well;
}

bool is_running(const Service& service) {
  const std::string& state = service.active_state;
  if (state == "activating" || state == "deactivating")
    return service.main_pid != 0;
  return state == "active" || state == "reloading" || state == "refreshing";
}

std::optional<WrapperCommand> read_wrapper_command(const LoadedCommand& command,
                                                   const std::string& wrapper) {
  if (command.path != wrapper)
    return std::nullopt;
  WrapperCommand found;
  std::vector<std::string> options;
  bool known = true;
  for (std::size_t i = 1; i < command.argv.size() && command.argv[i] != "--"; ++i) {
    auto folded = command.no_variables ? command.argv[i] : fold_variables(command.argv[i]);
    known = known && folded;
    options.push_back(folded.value_or(""));
    found.refuses = found.refuses || options.back().starts_with("--refuse=");
    found.permissive = found.permissive || options.back() == "--permissive";
  }
  if (known) {
    found.policy = policy_hash(options);
    found.options = std::move(options);
  }
  return found;
}

namespace {

/// The wrapper speaks within moments; what comes later a service may have made up, for a policy
/// that was declared while it ran. So may what comes after the drop-in of a service that ran before
/// there was this one.
bool is_from_the_start(const StartRecord& record, const Service& service,
                       std::uint64_t drop_in_written_usec) {
  constexpr std::uint64_t kMoments = 60'000'000;
  constexpr std::uint64_t kMoment = 2'000'000; // where it was written just when the wrapper ran
  const std::uint64_t started = std::max(service.exec_main_start_usec, service.inactive_exit_usec);
  if (started == 0)
    return true;
  bool drop_in_is_between =
      started < drop_in_written_usec && drop_in_written_usec < record.realtime_usec;
  return record.realtime_usec <= started + (drop_in_is_between ? kMoment : kMoments);
}

} // namespace

ChosenRecords choose_records(const std::vector<StartRecord>& records, const Service& service,
                             std::uint64_t drop_in_written_usec) {
  std::set<std::int64_t> pids;
  for (const LoadedCommand& command : service.exec_start)
    if (command.pid != 0)
      pids.insert(command.pid);
  ChosenRecords chosen;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (pids.erase(records[i].pid) > 0) // the first one of each process
      chosen.indexes.push_back(i);
  chosen.pid_matches = !chosen.indexes.empty();
  // Not the main PID's first: a service can become another process and speak from there.
  if (chosen.indexes.empty() && !records.empty() &&
      is_from_the_start(records[0], service, drop_in_written_usec)) {
    chosen.indexes.push_back(0);
    chosen.pid_matches = records[0].pid == service.exec_main_pid;
  }
  return chosen;
}

} // namespace unitlock::machine
