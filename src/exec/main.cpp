// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock-exec: confines itself with Landlock as its options say and becomes the service. Keeps
// the process ID, the environment, the words of the command and every descriptor that it got; opens
// everything close-on-exec. Whatever fails, the service is not started; each kind of failure has an
// exit status of its own (base/exit_status.hpp).
//
// No service runs unconfined because of a failure: only where the kernel itself says that it has no
// Landlock does a best-effort policy start the service, and says so; or where Mode=permissive asks
// for it.
#include <cerrno>

#include <sys/prctl.h>

#include "base/exit_status.hpp"
#include "exec/error_text.hpp"
#include "exec/kernel.hpp"
#include "exec/program.hpp"
#include "exec/proof.hpp"
#include "exec/ruleset.hpp"
#include "exec/system.hpp"
#include "landlock/syscalls.hpp"

namespace unitlock::exec {
namespace {

/// --refuse=: what the generator injects for a declaration that is invalid.
[[noreturn]] void refuse_declaration(OptionReader options, Reporter& reporter) {
  for (Argument option; options.next(Argument::Kind::Refuse, option);)
    reporter.declaration_problem(exit_status::kConfig, option.text);
  sys::exit(exit_status::kConfig);
}

[[noreturn]] void refuse_partial(const Plan& plan, const Outcome& outcome, Reporter& reporter) {
  if (plan.dropped().empty())
    reporter.refuse(exit_status::kUnavailable,
                    {"Compatibility=strict, but ABI= is newer than this version of unitlock"});
  FixedText<1024> rights;
  add_rights(rights, plan.dropped());
  reporter.refuse(exit_status::kUnavailable,
                  {"Compatibility=strict, but this kernel cannot restrict ", rights.view(),
                   "; Linux ", landlock::kernel_of(landlock::first_abi_of(plan.dropped())),
                   " can all of it", outcome.no_landlock.empty() ? "" : ": ", outcome.no_landlock});
}

/// The kernel asks for no_new_privs of whoever lacks CAP_SYS_ADMIN, and it alone knows for sure who
/// does (user namespaces, other security modules): so it is set only when the kernel says EPERM.
/// An EPERM for another reason comes back the second time. Newer kernels set it in the same call,
/// and only where it succeeds.
void restrict(int ruleset, const Plan& plan, Reporter& reporter) {
  std::uint32_t flags = plan.restrict_flags;
  if (landlock::restrict_self(ruleset, flags) == 0)
    return;
  if (errno == E2BIG)
    reporter.refuse(exit_status::kKernel, {"landlock_restrict_self: the process is in as many "
                                           "Landlock domains as the kernel allows, 16: ",
                                           error_text(errno)});
  if (errno != EPERM)
    reporter.refuse(exit_status::kKernel, {"landlock_restrict_self: ", error_text(errno)});
  if (plan.abi >= landlock::kAbiOfNoNewPrivsFlag)
    flags |= landlock::kRestrictSelfNoNewPrivs;
  else if (sys::prctl(PR_SET_NO_NEW_PRIVS, 1) != 0)
    reporter.refuse(exit_status::kKernel, {"prctl(PR_SET_NO_NEW_PRIVS): ", error_text(errno)});
  if (landlock::restrict_self(ruleset, flags) != 0)
    reporter.refuse(exit_status::kKernel, {"landlock_restrict_self: ", error_text(errno)});
}

void prove(const Proof& proof, const Plan& plan, OptionReader options, Outcome& outcome,
           Reporter& reporter) {
  std::uint8_t not_denied = 0;
  outcome.proven = proof.attempt(plan, options, not_denied);
  if (not_denied == 0)
    return;
  FixedText<64> families;
  add_families(families, not_denied);
  reporter.refuse(exit_status::kNotProven,
                  {"the kernel accepted the policy but does not enforce it: ", families.view()});
}

void confine(const CommandLine& line, const Settings& settings, const Plan& plan, const Tag& tag,
             Outcome& outcome, Reporter& reporter) {
  Ruleset ruleset = build_ruleset(plan, line.options(), reporter);
  outcome.rules = ruleset.rules;
  outcome.skipped = ruleset.skipped;
  reporter.connect();
  Proof proof;
  proof.prepare(plan, line.options(), settings.avoid_sockets);
  if (sys::prctl(PR_SET_NAME, reinterpret_cast<unsigned long>(tag.c_str())) != 0)
    reporter.refuse(exit_status::kKernel, {"prctl(PR_SET_NAME): ", error_text(errno)});
  restrict(ruleset.fd, plan, reporter);
  prove(proof, plan, line.options(), outcome, reporter);
}

void announce(const CommandLine& line, const Settings& settings, const Plan& plan,
              const Outcome& outcome, Reporter& reporter) {
  Record record =
      settings.permissive    ? reporter.record(start_record::kPermissive, Priority::Warning)
      : plan.handled.empty() ? reporter.record(start_record::kNotConfined, Priority::Warning)
                             : reporter.record(start_record::kConfined, Priority::Info);
  describe_start(record, line, settings, plan, outcome);
  reporter.send(record);
}

[[noreturn]] void run(char* const* argv, char* const* environment) {
  const CommandLine line = split(argv);
  Settings settings;
  const UsageProblem problem = read_settings(line, settings);
  const Tag tag(environment_value(environment, "INVOCATION_ID"));
  Reporter reporter(settings, tag, environment);
  if (problem.what)
    reporter.refuse(exit_status::kUsage,
                    {problem.option, *problem.option ? ": " : "", problem.what});
  if (settings.refuses)
    refuse_declaration(line.options(), reporter);

  Outcome outcome;
  ask_kernel(outcome, reporter);
  const Plan planned = plan(settings, static_cast<int>(outcome.kernel_abi));
  switch (decide(settings, planned)) {
  case Decision::RefuseEmpty:
    reporter.refuse(exit_status::kUsage, {"the policy restricts nothing"});
  case Decision::RefusePartial:
    refuse_partial(planned, outcome, reporter);
  case Decision::StartUnconfined:
  case Decision::StartPermissive:
    reporter.connect();
    break;
  case Decision::Confine:
    confine(line, settings, planned, tag, outcome, reporter);
    break;
  }
  announce(line, settings, planned, outcome, reporter);
  become(line, settings, planned, environment, reporter);
}

} // namespace
} // namespace unitlock::exec

int main(int, char** argv, char** environment) {
  unitlock::exec::run(argv, environment);
}
