// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/visibility.hpp"

#include <linux/audit.h>

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine/kernel_audit.hpp"

namespace unitlock::machine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

VisibilityFacts good() {
  VisibilityFacts facts;
  facts.kernel_abi = 7;
  facts.audit_on = true;
  facts.journald_listens = true;
  return facts;
}

TEST(Visibility, AllIsWell) {
  Visibility result = judge(good());
  EXPECT_EQ(result.visible, Visible::Yes);
  EXPECT_THAT(result.words, IsEmpty());
}

TEST(Visibility, OldKernel) {
  VisibilityFacts facts = good();
  facts.kernel_abi = 6;
  Visibility result = judge(facts);
  EXPECT_EQ(result.visible, Visible::No);
  EXPECT_THAT(result.words, ElementsAre(HasSubstr("Linux 6.15")));
}

TEST(Visibility, NoLandlock) {
  VisibilityFacts facts = good();
  facts.kernel_abi = 0;
  EXPECT_THAT(judge(facts).words, ElementsAre(HasSubstr("no Landlock")));
}

TEST(Visibility, AuditOffNamesTheRemedy) {
  VisibilityFacts facts = good();
  facts.audit_on = false;
  facts.records_seen = true; // of the time before it was turned off
  Visibility result = judge(facts);
  EXPECT_EQ(result.visible, Visible::No);
  EXPECT_THAT(result.words, ElementsAre(HasSubstr("audit is off"),
                                        HasSubstr("enable --now unitlock-audit.service")));
}

TEST(Visibility, JournaldDoesNotListen) {
  VisibilityFacts facts = good();
  facts.journald_listens = false;
  facts.auditd_runs = true;
  Visibility result = judge(facts);
  EXPECT_EQ(result.visible, Visible::No);
  EXPECT_THAT(result.words, ElementsAre(HasSubstr("ausearch -m 1423"),
                                        HasSubstr("enable --now unitlock-audit.service")));
  facts.in_container = true;
  EXPECT_THAT(judge(facts).words.back(), HasSubstr("enable systemd-journald-audit.socket"));
}

TEST(Visibility, InAContainerOnlyTheJournalCanTell) {
  VisibilityFacts facts = good();
  facts.audit_on.reset();
  EXPECT_EQ(judge(facts).visible, Visible::Unknown);
  facts.records_seen = true;
  EXPECT_EQ(judge(facts).visible, Visible::Yes);
}

TEST(Visibility, WhoMayNotReadTheRecordsIsToldSo) {
  VisibilityFacts facts = good();
  facts.audit_on.reset();
  facts.records_hidden = true;
  Visibility result = judge(facts);
  EXPECT_EQ(result.visible, Visible::Unknown);
  EXPECT_THAT(result.words, ElementsAre(HasSubstr("members of the group systemd-journal")));
}

TEST(Visibility, WhatElseToKnow) {
  VisibilityFacts facts = good();
  facts.processes_hidden = true;
  facts.lost = 3;
  Visibility result = judge(facts);
  EXPECT_EQ(result.visible, Visible::Yes);
  EXPECT_THAT(result.words, ElementsAre(HasSubstr("never,task"), HasSubstr("lost 3")));
}

TEST(Visibility, GatheringNeverFails) {
  (void)judge(gather_visibility());
}

TEST(ExcludeRule, AsTheKernelTakesIt) {
  audit_rule_data raw = {};
  std::string bytes = encode({1100, 1199, 1107});
  ASSERT_EQ(bytes.size(), sizeof raw);
  std::memcpy(&raw, bytes.data(), sizeof raw);
  EXPECT_EQ(raw.flags, static_cast<unsigned>(AUDIT_FILTER_EXCLUDE));
  ASSERT_EQ(raw.field_count, 3U);
  EXPECT_EQ(raw.fields[2], static_cast<unsigned>(AUDIT_MSGTYPE));
  EXPECT_EQ(raw.values[0], 1100U);
  EXPECT_EQ(raw.fieldflags[2], static_cast<unsigned>(AUDIT_NOT_EQUAL));
  std::memcpy(&raw, encode({1327, 1327, 0}).data(), sizeof raw);
  EXPECT_EQ(raw.field_count, 1U);
  EXPECT_EQ(raw.fieldflags[0], static_cast<unsigned>(AUDIT_EQUAL));
}

} // namespace
} // namespace unitlock::machine
