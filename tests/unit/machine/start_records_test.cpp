// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/start_records.hpp"

#include <gtest/gtest.h>

#include "../journal/journal_file.hpp"
#include "base/start_record.hpp"
#include "policy/command_line.hpp"

namespace unitlock::machine {
namespace {

using namespace std::string_literals;

using Kind = StartRecord::Kind;
namespace names = start_record;

RecordFields confined() {
  return {{"MESSAGE_ID", std::string(names::kConfined)},
          {"MESSAGE", "nginx.service: confined"},
          {std::string(names::kPolicy), "00112233aabbccdd"},
          {std::string(names::kAbi), "7"},
          {std::string(names::kPin), "10"},
          {std::string(names::kErrata), "0x7"},
          {std::string(names::kAsked), "fs.read_file,fs.execute,net.bind_udp"},
          {std::string(names::kEnforced), "fs.read_file,fs.execute"},
          {std::string(names::kDropped), "net.bind_udp"},
          {std::string(names::kProven), "filesystem,scope"},
          {std::string(names::kRules), "48"},
          {std::string(names::kSkipped), "3"}};
}

RecordFields with(std::string_view name, const std::string& value) {
  RecordFields fields = confined();
  fields[std::string(name)] = value;
  return fields;
}

TEST(StartRecord, ReadsWhatTheWrapperWrites) {
  auto record = parse_start_record(confined());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, Kind::Confined);
  EXPECT_EQ(record->policy, "00112233aabbccdd");
  EXPECT_EQ(record->abi, 7);
  EXPECT_EQ(record->pin, 10);
  EXPECT_EQ(record->errata, 7U);
  EXPECT_EQ(record->enforced.fs,
            landlock::mask_of("fs.read_file") | landlock::mask_of("fs.execute"));
  EXPECT_EQ(record->dropped.net, landlock::mask_of("net.bind_udp"));
  EXPECT_EQ(record->proven,
            family_bit(landlock::Family::Filesystem) | family_bit(landlock::Family::Scope));
  EXPECT_EQ(record->rules, 48U);
  EXPECT_EQ(record->skipped, 3U);
  EXPECT_TRUE(record->unknown.empty());
}

TEST(StartRecord, HoldsTheOptionsIfTheyAreThoseOfThePolicy) {
  const std::string options = "--unit=a.service\0--abi=7\0--read-only=/etc\0--program=/x"s;
  RecordFields fields = with(names::kOptions, options);
  auto record = parse_start_record(fields);
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->options.empty()) << "the hash is that of another policy";
  fields[std::string(names::kPolicy)] = policy_hash({"--abi=7", "--read-only=/etc"});
  record = parse_start_record(fields);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->options.size(), 4U);
  EXPECT_EQ(record->options[2], "--read-only=/etc");
}

TEST(StartRecord, EmptyListsAreNoError) {
  auto record = parse_start_record(with(names::kDropped, ""));
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->dropped.empty());
}

TEST(StartRecord, RefusesWhatTheWrapperNeverWrites) {
  const std::pair<std::string_view, const char*> kBad[] = {
      {names::kPolicy, "00112233"},
      {names::kPolicy, "00112233aabbccdg"},
      {names::kPolicy, "\x1b[2J33aabbccdd.."},
      {names::kAbi, ""},
      {names::kAbi, "seven"},
      {names::kAbi, "7 "},
      {names::kAbi, "99999999999999999999"},
      {names::kPin, "-"},
      {names::kErrata, "7"},
      {names::kErrata, "0x"},
      {names::kErrata, "0x1ffffffffffffffff"},
      {names::kRules, "-1"},
      {names::kSkipped, "1\n2"},
  };
  for (const auto& [name, value] : kBad) {
    auto record = parse_start_record(with(name, value));
    ASSERT_FALSE(record) << name << "=" << value;
    EXPECT_NE(record.error().message.find(name), std::string::npos);
  }
}

TEST(StartRecord, RefusesWhatLacksAField) {
  for (const auto& [name, value] : confined()) {
    RecordFields fields = confined();
    fields.erase(name);
    EXPECT_EQ(parse_start_record(fields).has_value(), name == "MESSAGE") << name;
  }
}

TEST(StartRecord, KeepsNamesThatItDoesNotKnow) {
  std::string many = "fs.read_file,fs.new_right,fs.new_right";
  for (int i = 0; i < 1000; ++i)
    many += ",x" + std::to_string(i);
  auto record = parse_start_record(with(names::kDropped, many));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->unknown.front(), "fs.new_right");
  EXPECT_EQ(record->unknown[1], "x0");
  EXPECT_LE(record->unknown.size(), 100U);
}

TEST(StartRecord, AFailureHasAnExitStatus) {
  RecordFields fields = {{"MESSAGE_ID", std::string(names::kStartFailed)},
                         {"MESSAGE", "/srv: missing"},
                         {std::string(names::kExitStatus), "66"}};
  auto record = parse_start_record(fields);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, Kind::Failed);
  EXPECT_EQ(record->exit_status, 66);
  EXPECT_EQ(record->message, "/srv: missing");
}

TEST(StartRecord, OtherMessagesAreNone) {
  EXPECT_FALSE(parse_start_record({}));
  EXPECT_FALSE(parse_start_record({{"MESSAGE_ID", "0"}}));
}

TEST(StartLine, HasTheFieldsBehindTheSentence) {
  auto fields =
      parse_start_line("unitlock-exec: a.service: confined, x=1 y "
                       "MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925 UNITLOCK_UNIT=a.service "
                       "UNITLOCK_TAG=ul-1 UNITLOCK_DROPPED=");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("MESSAGE"), "a.service: confined, x=1 y");
  EXPECT_EQ(fields->at("MESSAGE_ID"), names::kConfined);
  EXPECT_EQ(fields->at("UNITLOCK_TAG"), "ul-1");
  EXPECT_EQ(fields->at("UNITLOCK_DROPPED"), "");
}

TEST(StartLine, AMessageInTheSentenceIsText) {
  auto fields = parse_start_line("unitlock-exec: /MESSAGE_ID=1 UNITLOCK_ABI=9 MESSAGE_ID=2 A=b");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("MESSAGE_ID"), "2");
  EXPECT_FALSE(fields->contains("UNITLOCK_ABI"));
}

TEST(StartLine, OtherLinesAreNone) {
  EXPECT_FALSE(parse_start_line(""));
  EXPECT_FALSE(parse_start_line("unitlock-exec: "));
  EXPECT_FALSE(parse_start_line("unitlock-exec: MESSAGE_ID=1"));
  EXPECT_FALSE(parse_start_line("unitlock-exec: a b c=d"));
  EXPECT_FALSE(parse_start_line("other: x MESSAGE_ID=1"));
}

// Which of several records counts: the first, whichever way it came.
class FoundRecords : public testing::Test {
protected:
  static constexpr const char* kInvocation = "7e58517c73c146de9821f757842a734d";
  static constexpr const char* kUnit = "a.service";
  static constexpr int kPid = 100;

  void SetUp() override {
    if (access(journal::kRemote, X_OK) != 0)
      GTEST_SKIP() << "systemd-journal-remote is not installed";
    file.add({{"_TRANSPORT", "kernel"}, {"MESSAGE", "Linux"}});
  }

  /// journald had it a second later than the one before; `sent` seconds before that.
  void entry(const std::string& abi, int pid = kPid, unsigned sent_before = 0) {
    journal::Fields fields;
    for (const auto& [name, value] : with(names::kAbi, abi))
      fields[name] = value;
    fields["_SOURCE_REALTIME_TIMESTAMP"] =
        std::to_string(file.now() + 1000000 - sent_before * 1000000ULL);
    file.trusted(kUnit, kInvocation, pid, "journal", fields);
  }
  void line(const std::string& abi, int pid = kPid) {
    std::string text = "unitlock-exec: a.service: confined";
    RecordFields fields = with(names::kAbi, abi);
    fields.erase("MESSAGE");
    for (const auto& [name, value] : fields)
      text += " " + name + "=" + value;
    file.trusted(kUnit, kInvocation, pid, "stdout", {{"MESSAGE", text}});
  }

  /// The kernel's ABI of each record that was found.
  std::vector<int> abis() {
    auto journal = journal::Journal::open({{}, {}, {file.write()}});
    EXPECT_TRUE(journal);
    auto found = start_records_of(*journal)->find({kUnit, {}, kInvocation, 1, {{kPid, 0}}});
    EXPECT_TRUE(found);
    malformed = found->malformed;
    std::vector<int> list;
    for (const StartRecord& record : found->records)
      list.push_back(record.abi);
    return list;
  }

  journal::JournalFile file;
  std::size_t malformed = 0;
};

TEST_F(FoundRecords, AnEntry) {
  entry("7");
  EXPECT_EQ(abis(), std::vector{7});
}

/// systemd notes the time of a start when it has forked, and the process may be faster.
TEST_F(FoundRecords, AnEntryWithoutAUnitFromJustBeforeTheStart) {
  struct Case {
    unsigned before_msec;
    const char* tag;
    bool counts;
  };
  const std::string own = std::string("ul-") + std::string(kInvocation).substr(0, 12);
  for (const auto& [before_msec, tag, counts] :
       {Case{0, "ul-000000000000", true}, Case{900, own.c_str(), true},
        Case{900, "ul-000000000000", false}, Case{900, "", false},
        Case{1100, own.c_str(), false}}) {
    journal::Fields fields;
    for (const auto& [name, value] : confined())
      fields[name] = value;
    std::uint64_t start = file.now() + 1000000;
    fields[std::string(names::kTag)] = tag;
    fields["_SOURCE_REALTIME_TIMESTAMP"] = std::to_string(start - before_msec * 1000ULL);
    fields["_TRANSPORT"] = "journal";
    fields["_PID"] = std::to_string(kPid);
    file.clear();
    file.add(fields);
    auto journal = journal::Journal::open({{}, {}, {file.write()}});
    ASSERT_TRUE(journal);
    auto found = start_records_of(*journal)->find({kUnit, {}, kInvocation, start, {{kPid, 0}}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->records.size(), counts ? 1U : 0U) << before_msec << " " << tag;
  }
}

TEST_F(FoundRecords, ALineWhereThereIsNoEntry) {
  line("7");
  line("8");
  EXPECT_EQ(abis(), (std::vector{7, 8}));
}

// The wrapper could reach no journal socket, the service can.
TEST_F(FoundRecords, AnEntryThatTheServiceForgesLaterIsNotTheFirst) {
  line("7");
  entry("9");
  EXPECT_EQ(abis(), (std::vector{7, 9}));
}

TEST_F(FoundRecords, AnEntryThatNobodyUnderstandsHidesNoLine) {
  line("7");
  entry("nine");
  EXPECT_EQ(abis(), std::vector{7});
  EXPECT_EQ(malformed, 1U);
}

TEST_F(FoundRecords, ALineThatTheServiceForgesLaterIsNone) {
  entry("7");
  line("9");
  EXPECT_EQ(abis(), std::vector{7});
}

// journald read the line first, of two sockets; the entry had been sent before.
TEST_F(FoundRecords, ALineThatOnlyOvertookTheEntryIsNone) {
  line("9");
  entry("7", kPid, 2);
  EXPECT_EQ(abis(), std::vector{7});
}

// Nor one of a child that has a stream of its own.
TEST_F(FoundRecords, ALineOfAnotherProcessOfTheServiceIsNone) {
  entry("7");
  line("9", 101);
  EXPECT_EQ(abis(), std::vector{7});
}

} // namespace
} // namespace unitlock::machine
