// SPDX-License-Identifier: LGPL-2.1-or-later
// What confines a service in truth, in each state that it can be in. Never more than is known.
#include "machine/effective_policy.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "confined_service.hpp"

namespace unitlock::machine {
namespace {

using testing::HasSubstr;
using Kind = StartRecord::Kind;

constexpr int kHere = 9; ///< the ABI of the kernel that would start it
const std::vector<std::string> kDeclared = {"--abi=10", "--read-only=/declared"};
const std::vector<std::string> kEarlier = {"--abi=10", "--read-only=/earlier"};

StartRecord record(const std::vector<std::string>& options) {
  StartRecord made = start_record(options, 100, 7);
  made.options = options;
  return made;
}

/// Confined as declared by a kernel of ABI 7, and running.
Facts running() {
  Facts facts = confined_service(kDeclared, 7);
  facts.declaration.policy = parse_options(kDeclared)->policy;
  facts.declaration.policy.paths[0].from.said_by = "ReadOnlyPaths=";
  records_of(facts).records = {record(kDeclared)};
  return facts;
}

StartRecord& record_of(Facts& facts) {
  return records_of(facts).records[0];
}
void start_with(Facts& facts, const std::vector<std::string>& options) {
  record_of(facts) = record(options);
}

/// "/declared at 7", or "nothing".
std::string effective(const Facts& facts) {
  ServiceReport report;
  report.facts = facts;
  report.verdict = judge(facts);
  EffectivePolicy found = effective_policy(report, kHere, RuntimeScope::System);
  if (!found.policy) {
    EXPECT_FALSE(found.why.empty());
    return "nothing";
  }
  return found.policy->paths.at(0).path + " at " + std::to_string(found.abi);
}

struct Case {
  const char* name;
  const char* want;
  State state;
  std::function<void(Facts&)> change;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class EffectivePolicyTest : public testing::TestWithParam<Case> {};

TEST_P(EffectivePolicyTest, Is) {
  Facts facts = running();
  GetParam().change(facts);
  EXPECT_EQ(judge(facts).state, GetParam().state) << judge(facts).reason;
  EXPECT_EQ(effective(facts), GetParam().want);
}

const Case kCases[] = {
    {"AsDeclared", "/declared at 7", State::Partly, [](Facts&) {}},
    {"NotRunning", "/declared at 9", State::NotRunning, stop},
    {"AnotherRoot", "/declared at 9", State::Declared, [](Facts& facts) { facts.service.reset(); }},
    {"AnEarlierPolicyRuns", "/earlier at 7", State::RestartNeeded,
     [](Facts& facts) { start_with(facts, kEarlier); }},
    {"AnEarlierPolicyOfWhichNothingIsRecorded", "nothing", State::RestartNeeded,
     [](Facts& facts) {
       start_with(facts, kEarlier);
       record_of(facts).options.clear();
     }},
    {"ReloadNeededWhileItRuns", "/declared at 7", State::ReloadNeeded,
     [](Facts& facts) { facts.drop_in.text = "[Service]\nExecStart=old\n"; }},
    {"ReloadNeededBeforeItRuns", "/earlier at 9", State::ReloadNeeded,
     [](Facts& facts) {
       stop(facts);
       facts.drop_in.text = "[Service]\nExecStart=old\n";
       service_of(facts).exec_start = {wrapped(kEarlier, 0)};
     }},
    {"ReloadNeededAndNothingLoaded", "nothing", State::ReloadNeeded,
     [](Facts& facts) {
       stop(facts);
       facts.drop_in.path.clear();
       service_of(facts).exec_start[0].path = "/bin/a";
     }},
    {"StartedWithoutTheWrapper", "nothing", State::NotEnforced,
     [](Facts& facts) { service_of(facts).exec_start[0].path = "/bin/a"; }},
    {"NoRecord", "nothing", State::CannotTell,
     [](Facts& facts) { (*facts.records)->records.clear(); }},
    {"NoJournal", "nothing", State::CannotTell,
     [](Facts& facts) { facts.records = fail("no journal"); }},
    {"TheKernelHasNothing", "nothing", State::NotEnforced,
     [](Facts& facts) { record_of(facts).kind = Kind::NotConfined; }},
    {"ItWasPermissive", "nothing", State::RestartNeeded,
     [](Facts& facts) { record_of(facts).kind = Kind::Permissive; }},
    {"Permissive", "nothing", State::Permissive,
     [](Facts& facts) {
       record_of(facts).kind = Kind::Permissive;
       facts.declaration.policy.mode = Mode::Permissive;
     }},
    {"PermissiveInAnImage", "nothing", State::Permissive,
     [](Facts& facts) {
       facts.declaration.policy.mode = Mode::Permissive;
       facts.service.reset();
     }},
    {"Off", "nothing", State::Off,
     [](Facts& facts) {
       facts.declaration.state = Declaration::State::Off;
       (*facts.records)->records.clear();
       service_of(facts).exec_start[0].path = "/bin/a";
     }},
    {"OffButStillConfined", "/declared at 7", State::RestartNeeded,
     [](Facts& facts) { facts.declaration.state = Declaration::State::Off; }},
    {"Undeclared", "nothing", State::Undeclared,
     [](Facts& facts) {
       facts.declaration.state = Declaration::State::None;
       (*facts.records)->records.clear();
     }},
    {"Unwrappable", "nothing", State::NotEnforced,
     [](Facts& facts) { facts.declaration.state = Declaration::State::Unwrappable; }},
    {"Invalid", "nothing", State::Invalid,
     [](Facts& facts) {
       facts.declaration.state = Declaration::State::Invalid;
       stop(facts);
     }},
    {"InvalidWhileItRuns", "/declared at 7", State::Invalid,
     [](Facts& facts) { facts.declaration.state = Declaration::State::Invalid; }},
    {"NothingToConfine", "nothing", State::Declared,
     [](Facts& facts) {
       facts.declaration.state = Declaration::State::NothingToConfine;
       facts.service.reset();
     }},
};
INSTANTIATE_TEST_SUITE_P(States, EffectivePolicyTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(EffectivePolicy, KeepsWhoSaidWhat) {
  ServiceReport report;
  report.facts = running();
  report.verdict = judge(report.facts);
  auto found = effective_policy(report, kHere, RuntimeScope::System);
  EXPECT_EQ(found.policy->paths[0].from.said_by, "ReadOnlyPaths=");
}

TEST(EffectivePolicy, CommandsUnderDifferentPoliciesAreNotKnown) {
  Facts facts = running();
  service_of(facts).exec_start = {wrapped(kDeclared, 100), wrapped(kEarlier, 101)};
  StartRecord other = record(kEarlier);
  other.pid = 101;
  (*facts.records)->records.push_back(other);
  facts.declaration.state = Declaration::State::Invalid;
  EXPECT_EQ(effective(facts), "nothing");
}

} // namespace
} // namespace unitlock::machine
