// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/record.hpp"

#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "arguments.hpp"

namespace unitlock::exec {
namespace {

using namespace std::string_literals;

std::string joined(const Record::Parts& parts) {
  std::string out;
  for (const iovec& part : parts)
    out.append(static_cast<const char*>(part.iov_base), part.iov_len);
  return out;
}

/// Reads an entry as journald does: a line is NAME=value, or a name before the size of a value.
std::map<std::string, std::string> fields_of(const std::string& entry) {
  std::map<std::string, std::string> fields;
  EXPECT_EQ(entry.back(), '\n');
  std::istringstream lines(entry);
  for (std::string line; std::getline(lines, line);) {
    std::size_t equals = line.find('=');
    if (equals != std::string::npos) {
      EXPECT_TRUE(fields.emplace(line.substr(0, equals), line.substr(equals + 1)).second) << line;
      continue;
    }
    EXPECT_EQ(line, start_record::kOptions);
    std::uint64_t size = 0;
    for (unsigned shift = 0; shift < 64; shift += 8)
      size |= static_cast<std::uint64_t>(lines.get() & 0xff) << shift;
    std::string value(size, ' ');
    lines.read(value.data(), static_cast<std::streamsize>(size));
    EXPECT_EQ(lines.get(), '\n');
    fields[line] = value;
  }
  return fields;
}

const Tag kTag("3f9c2a1b7d0411112222333344445555");

/// The start record on a kernel of `abi`.
std::map<std::string, std::string> start(std::vector<std::string> options, int abi,
                                         Outcome outcome) {
  options.insert(options.end(), {"--program=/x", "--", "x"});
  Arguments arguments(options);
  Settings settings;
  EXPECT_EQ(read_settings(arguments.line(), settings).what, nullptr);
  Plan planned = plan(settings, abi);
  outcome.kernel_abi = abi;
  Record record(start_record::kConfined, Priority::Info, settings.unit, kTag);
  describe_start(record, arguments.line(), settings, planned, outcome);
  return fields_of(joined(record.journal_entry()));
}

TEST(ExecRecord, TellsAllOfTheStart) {
  Outcome outcome;
  outcome.errata = 0xf;
  outcome.rules = 3;
  outcome.skipped = 1;
  outcome.proven = 5;
  auto fields = start({"--unit=a.service", "--abi=4", "--restrict=network,scope"}, 3, outcome);
  EXPECT_EQ(fields["MESSAGE_ID"], start_record::kConfined);
  EXPECT_EQ(fields["PRIORITY"], "6");
  EXPECT_EQ(fields["SYSLOG_IDENTIFIER"], "unitlock-exec");
  EXPECT_EQ(fields["UNITLOCK_UNIT"], "a.service");
  EXPECT_EQ(fields["UNITLOCK_TAG"], "ul-3f9c2a1b7d04");
  EXPECT_EQ(fields["UNITLOCK_POLICY"].size(), 16U);
  EXPECT_EQ(fields["UNITLOCK_ABI"], "3");
  EXPECT_EQ(fields["UNITLOCK_PIN"], "4");
  EXPECT_EQ(fields["UNITLOCK_ERRATA"], "0xf");
  EXPECT_EQ(fields["UNITLOCK_ASKED"], "net.bind_tcp,net.connect_tcp");
  EXPECT_EQ(fields["UNITLOCK_ENFORCED"], "");
  EXPECT_EQ(fields["UNITLOCK_DROPPED"], "net.bind_tcp,net.connect_tcp");
  EXPECT_EQ(fields["UNITLOCK_PROVEN"], "filesystem,scope");
  EXPECT_EQ(fields["UNITLOCK_RULES"], "3");
  EXPECT_EQ(fields["UNITLOCK_SKIPPED"], "1");
  EXPECT_EQ(fields["UNITLOCK_OPTIONS"],
            "--unit=a.service\0--abi=4\0--restrict=network,scope\0--program=/x"s);
  EXPECT_EQ(fields["MESSAGE"], "a.service: started NOT CONFINED: Landlock ABI 3 has none of what "
                               "the policy restricts; this kernel cannot restrict "
                               "net.bind_tcp,net.connect_tcp (Linux 6.7 can)");
}

TEST(ExecRecord, EachMissingRightHasItsKernel) {
  auto fields = start({"--unit=a.service", "--abi=10"}, 7, Outcome());
  EXPECT_NE(fields["MESSAGE"].find("; this kernel cannot restrict fs.resolve_unix (Linux 7.1 can), "
                                   "net.bind_udp,net.connect_send_udp (Linux 7.2 can)"),
            std::string::npos)
      << fields["MESSAGE"];
}

TEST(ExecRecord, EveryRightFitsOnEveryKernel) {
  for (int abi = 0; abi <= landlock::kNewestAbi; ++abi) {
    Outcome outcome;
    outcome.no_landlock = "none";
    auto fields = start({"--unit=" + std::string(300, 'u'), "--abi=11"}, abi, outcome);
    std::string enforced = fields["UNITLOCK_ENFORCED"], dropped = fields["UNITLOCK_DROPPED"];
    for (const landlock::Right& right : landlock::kRights)
      EXPECT_NE((right.first_abi <= abi ? enforced : dropped).find(right.name), std::string::npos)
          << right.name << " on ABI " << abi;
    EXPECT_EQ(fields.count("UNITLOCK_SKIPPED"), 1U) << "the last field";
  }
}

TEST(ExecRecord, NoValueCanForgeAField) {
  Record record(start_record::kStartFailed, Priority::Error, "a\nPRIORITY=0", kTag);
  record.message().add("x\n_EXE=/bin/sh\n\nMESSAGE=y");
  auto fields = fields_of(joined(record.journal_entry()));
  EXPECT_EQ(fields["PRIORITY"], "3");
  EXPECT_EQ(fields["UNITLOCK_UNIT"], "a\\x0aPRIORITY=0");
  EXPECT_EQ(fields.count("_EXE"), 0U);
  EXPECT_EQ(fields.size(), 6U);
}

TEST(ExecRecord, AFieldThatDoesNotFitIsLeftOutWhole) {
  Record record(start_record::kStartFailed, Priority::Error, std::string(5000, 'u'), kTag);
  record.message().add(std::string(9000, 'm'));
  auto fields = fields_of(joined(record.journal_entry()));
  EXPECT_EQ(fields.count("UNITLOCK_UNIT"), 0U);
  EXPECT_EQ(fields["UNITLOCK_TAG"], "ul-3f9c2a1b7d04");
  EXPECT_EQ(fields["MESSAGE"].substr(fields["MESSAGE"].size() - 4), "u...");
}

TEST(ExecRecord, IsOneLineOnStandardError) {
  Record record(start_record::kStartFailed, Priority::Error, "a.service", kTag);
  record.number(start_record::kExitStatus, 66);
  record.message().add("/nope: cannot open");
  EXPECT_EQ(joined(record.line()),
            "<3>unitlock-exec: a.service: /nope: cannot open MESSAGE_ID=" +
                std::string(start_record::kStartFailed) +
                " UNITLOCK_UNIT=a.service UNITLOCK_TAG=ul-3f9c2a1b7d04 UNITLOCK_EXIT_STATUS=66\n");
}

} // namespace
} // namespace unitlock::exec
