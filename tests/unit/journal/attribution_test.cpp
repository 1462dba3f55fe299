// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/attribution.hpp"

#include <gtest/gtest.h>

#include "nginx_records.hpp"

namespace unitlock::journal {
namespace {

constexpr bool kHost = true, kContainer = false;
const std::string kOther = "0123456789abcdef0123456789abcdef";

DomainRecord domain(std::int64_t pid, std::string exe = kWrapper) {
  return {0x185a38215, true, pid, std::move(exe), kTag, 0};
}

StartClaim claim(std::string unit, std::int64_t pid, const std::string& invocation = kInvocation) {
  return {kTag, invocation, {std::move(unit), {}}, pid, 0, false};
}

Attribution judged(const DomainRecord& record, const std::vector<StartClaim>& claims, bool host) {
  return attribute(&record, claims, kWrapper, host);
}

TEST(Attribution, PidTagAndWrapperAgree) {
  Attribution result = judged(domain(100), {claim("nginx.service", 100)}, kHost);
  EXPECT_EQ(result.certainty, Certainty::Certain);
  EXPECT_EQ(result.unit.name, "nginx.service");
  EXPECT_EQ(result.invocation, kInvocation);
}

TEST(Attribution, InAContainerTheTagIsLeft) {
  Attribution result = judged(domain(28948), {claim("nginx.service", 100)}, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Likely);
  EXPECT_EQ(result.unit.name, "nginx.service");
}

TEST(Attribution, SeveralCommandsOfOneUnitAreNoDispute) {
  Attribution result =
      judged(domain(28948), {claim("nginx.service", 100), claim("nginx.service", 101)}, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Likely);
}

TEST(Attribution, UnknownDomain) {
  EXPECT_EQ(attribute(nullptr, {}, kWrapper, kHost).certainty, Certainty::Unknown);
}

TEST(Attribution, AnotherProgramIsForeign) {
  // Even with nginx's tag and PID.
  Attribution result =
      judged(domain(100, "/tmp/unitlock-exec"), {claim("nginx.service", 100)}, kHost);
  EXPECT_EQ(result.certainty, Certainty::Foreign);
  EXPECT_EQ(result.unit.name, "");
}

TEST(Attribution, NoStartRecord) {
  EXPECT_EQ(judged(domain(100), {}, kHost).certainty, Certainty::Unclaimed);
  EXPECT_EQ(judged(domain(100), {}, kContainer).certainty, Certainty::Unclaimed);
}

// A service runs the wrapper with nginx's INVOCATION_ID. Its start record says so by journald's own
// fields: another unit, another invocation.
TEST(Attribution, ForgedTagIsNotBelieved) {
  std::vector<StartClaim> claims = {claim("nginx.service", 100),
                                    claim("evil.service", 200, kOther)};
  Attribution mine = judged(domain(100), claims, kHost);
  EXPECT_EQ(mine.certainty, Certainty::Certain);
  EXPECT_EQ(mine.unit.name, "nginx.service");
  Attribution theirs = judged(domain(200), claims, kHost);
  EXPECT_EQ(theirs.certainty, Certainty::Likely);
  EXPECT_EQ(theirs.unit.name, "evil.service");
}

// journald still had the unit and the invocation of the process that had the PID before.
TEST(Attribution, AStartRecordUnderTheFormerUnitOfItsPidIsOfNobody) {
  std::vector<StartClaim> claims = {claim("former.service", 100, kOther)};
  EXPECT_EQ(judged(domain(100), claims, kHost).certainty, Certainty::Unclaimed);
  EXPECT_EQ(judged(domain(28948), claims, kContainer).certainty, Certainty::Unclaimed);
}

TEST(Attribution, ForgedTagInAContainerIsDisputed) {
  std::vector<StartClaim> claims = {claim("nginx.service", 100),
                                    claim("evil.service", 200, kOther)};
  Attribution result = judged(domain(28948), claims, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Disputed);
  EXPECT_EQ(result.unit.name, "");
  EXPECT_EQ(result.claimants, (std::vector<UnitName>{{"evil.service", {}}, {"nginx.service", {}}}));
}

// The same, and it keeps its start record from the journal: its PID gives it away.
TEST(Attribution, ForgedTagWithoutStartRecordOnAHost) {
  Attribution result = judged(domain(200), {claim("nginx.service", 100)}, kHost);
  EXPECT_EQ(result.certainty, Certainty::Unclaimed);
}

TEST(Attribution, OnlyALiarClaims) {
  Attribution result = judged(domain(28948), {claim("evil.service", 200, kOther)}, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Unclaimed);
}

// journald reads a user unit's invocation ID from a directory that the user can write.
TEST(Attribution, UserUnitWithABorrowedInvocationIsDisputed) {
  StartClaim borrowed = claim("x.service", 300);
  borrowed.unit.user = 1000;
  Attribution result = judged(domain(28948), {claim("nginx.service", 100), borrowed}, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Disputed);
  result = judged(domain(100), {claim("nginx.service", 100), borrowed}, kHost);
  EXPECT_EQ(result.unit.name, "nginx.service");
}

TEST(Attribution, SamePidClaimedTwiceIsDisputed) {
  Attribution result =
      judged(domain(100), {claim("nginx.service", 100), claim("evil.service", 100, kOther)}, kHost);
  EXPECT_EQ(result.certainty, Certainty::Disputed);
}

TEST(Attribution, StandardErrorIsNeverCertain) {
  StartClaim line = claim("nginx.service", 100);
  line.from_stderr = true;
  EXPECT_EQ(judged(domain(100), {line}, kHost).certainty, Certainty::Likely);
  EXPECT_EQ(judged(domain(28948), {line}, kContainer).certainty, Certainty::Likely);
  EXPECT_EQ(judged(domain(200), {line}, kHost).certainty, Certainty::Unclaimed);
}

TEST(Attribution, AUnitThatJournaldDoesNotNameClaimsNothing) {
  EXPECT_EQ(judged(domain(100), {claim("", 100)}, kHost).certainty, Certainty::Unclaimed);
  EXPECT_EQ(judged(domain(28948), {claim("", 100)}, kContainer).certainty, Certainty::Unclaimed);
}

// journald looked when the process had ended: for example of a confined ExecReload=.
TEST(Attribution, ARecordThatJournaldCouldNotPlaceAccusesNobody) {
  std::vector<StartClaim> claims = {claim("", 101, ""), claim("nginx.service", 100)};
  for (const Attribution& result :
       {judged(domain(28948), claims, kContainer), judged(domain(101), claims, kHost)}) {
    EXPECT_EQ(result.certainty, Certainty::Likely);
    EXPECT_EQ(result.unit.name, "nginx.service");
    EXPECT_EQ(result.invocation, kInvocation);
  }
  EXPECT_EQ(judged(domain(100), claims, kHost).certainty, Certainty::Certain);
  EXPECT_EQ(judged(domain(102), claims, kHost).certainty, Certainty::Unclaimed);
}

TEST(Attribution, AStrangerWhoIsGoneGetsNobodyIntoTrouble) {
  std::vector<StartClaim> claims = {claim("", 101, ""), claim("nginx.service", 100)};
  claims[0].uid = 1000;
  EXPECT_EQ(judged(domain(101), claims, kHost).certainty, Certainty::Unclaimed);
  Attribution result = judged(domain(28948), claims, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Disputed);
  EXPECT_EQ(result.claimants, (std::vector<UnitName>{{"nginx.service", {}}}));
}

TEST(Attribution, TheInvocationComesFromTheRecordThatHasIt) {
  std::vector<StartClaim> claims = {claim("nginx.service", 101, ""), claim("nginx.service", 100)};
  Attribution result = judged(domain(28948), claims, kContainer);
  EXPECT_EQ(result.certainty, Certainty::Likely);
  EXPECT_EQ(result.invocation, kInvocation);
}

TEST(Tag, Matches) {
  EXPECT_TRUE(tag_matches(kTag, kInvocation));
  EXPECT_FALSE(tag_matches(kTag, kOther));
  EXPECT_FALSE(tag_matches("ul-", kInvocation));
  EXPECT_FALSE(tag_matches("ul-7e58", kInvocation));
  EXPECT_FALSE(tag_matches("", kInvocation));
  EXPECT_FALSE(tag_matches(kTag, ""));
}

} // namespace
} // namespace unitlock::journal
