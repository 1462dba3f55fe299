// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a long journal in the export format, for systemd-journal-remote to make a file of:
// ordinary log lines, and between them denials as systemd 252 and Linux 6.18 record them, three
// records each (1423, SYSCALL, PROCTITLE), from twenty services with two starts each.
//
// Usage: make-journal ENTRIES DENIALS
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "base/start_record.hpp"
#include "config.hpp"

namespace {

constexpr std::uint64_t kBegin = 1795219200ULL * 1000000;
constexpr unsigned kServices = 20, kStarts = 2, kPaths = 40;

class Writer {
public:
  void open() {
    usec_ += 170000;
    put("__REALTIME_TIMESTAMP", usec_);
    put("__MONOTONIC_TIMESTAMP", usec_ - kBegin);
    put("_BOOT_ID", "aa1f48e1c7f44b1c934f83ae9cc56031");
    put("_MACHINE_ID", "70cff2e0993644838f541cea0a2ee86c");
    put("_HOSTNAME", "bench");
    put("_RUNTIME_SCOPE", "system");
  }
  template <class Value>
  void put(const char* field, const Value& value) {
    fmt::print("{}={}\n", field, value);
  }
  void close() { std::putchar('\n'); }
  std::uint64_t usec() const { return usec_; }

private:
  std::uint64_t usec_ = kBegin;
};

struct Start {
  unsigned service = 0, start = 0;

  unsigned number() const { return service * kStarts + start; }
  std::string invocation() const {
    return fmt::format("{:012x}{:020x}", 0x3f9c2a1b0000 + number(), 7);
  }
  std::string tag() const { return "ul-" + invocation().substr(0, 12); }
  std::string unit() const { return fmt::format("web{}.service", service); }
  unsigned pid() const { return 20000 + number(); }
  std::string domain() const { return fmt::format("{:x}", 0x185a38215 + number()); }
  std::string exe() const { return fmt::format("/usr/sbin/web{}", service); }
};

void put_process(Writer& writer, const Start& start) {
  writer.put("_PID", start.pid());
  writer.put("_UID", 0);
  writer.put("_GID", 0);
  writer.put("_COMM", fmt::format("web{}", start.service));
  writer.put("_EXE", start.exe());
  writer.put("_CMDLINE", start.exe() + " -g daemon off");
  writer.put("_CAP_EFFECTIVE", "1ffffffffff");
  writer.put("_SYSTEMD_CGROUP", "/system.slice/" + start.unit());
  writer.put("_SYSTEMD_UNIT", start.unit());
  writer.put("_SYSTEMD_SLICE", "system.slice");
  writer.put("_SYSTEMD_INVOCATION_ID", start.invocation());
}

void write_line(Writer& writer, const Start& start, unsigned number) {
  writer.open();
  put_process(writer, start);
  writer.put("_TRANSPORT", "syslog");
  writer.put("PRIORITY", 6);
  writer.put("SYSLOG_FACILITY", 3);
  writer.put("SYSLOG_IDENTIFIER", fmt::format("web{}", start.service));
  writer.put("SYSLOG_PID", start.pid());
  writer.put("SYSLOG_TIMESTAMP", "Nov 21 00:00:00 ");
  writer.put("MESSAGE", fmt::format("request {} from 192.0.2.{} served in {} ms", number,
                                    number % 250, number % 97));
  writer.put("_SOURCE_REALTIME_TIMESTAMP", writer.usec() - 20);
  writer.close();
}

void write_kernel_line(Writer& writer, unsigned number) {
  writer.open();
  writer.put("_TRANSPORT", "kernel");
  writer.put("PRIORITY", 6);
  writer.put("SYSLOG_FACILITY", 0);
  writer.put("SYSLOG_IDENTIFIER", "kernel");
  writer.put("_SOURCE_MONOTONIC_TIMESTAMP", writer.usec() - kBegin);
  writer.put("MESSAGE", fmt::format("eth0: link event {}", number));
  writer.close();
}

void write_start(Writer& writer, const Start& start) {
  namespace record = unitlock::start_record;
  writer.open();
  put_process(writer, start);
  writer.put("_TRANSPORT", "journal");
  writer.put("PRIORITY", 6);
  writer.put("MESSAGE", start.unit() + ": confined");
  writer.put("MESSAGE_ID", record::kConfined);
  fmt::print("{}={}\n{}={}\n", record::kUnit, start.unit(), record::kTag, start.tag());
  writer.close();
}

void open_audit(Writer& writer, unsigned serial, int type, const char* name) {
  writer.open();
  writer.put("_TRANSPORT", "audit");
  writer.put("SYSLOG_FACILITY", 4);
  writer.put("SYSLOG_IDENTIFIER", "audit");
  writer.put("_AUDIT_TYPE", type);
  writer.put("_AUDIT_TYPE_NAME", name);
  writer.put("_AUDIT_ID", serial);
  writer.put("_SOURCE_REALTIME_TIMESTAMP", writer.usec() / 1000 * 1000);
}

void write_domain(Writer& writer, const Start& start, unsigned serial) {
  open_audit(writer, serial, 1424, "AUDIT1424");
  writer.put("_AUDIT_FIELD_DOMAIN", start.domain());
  writer.put("_AUDIT_FIELD_STATUS", "allocated");
  writer.put("_AUDIT_FIELD_MODE", "enforcing");
  writer.put("_PID", start.pid());
  writer.put("_UID", 0);
  writer.put("_EXE", UNITLOCK_WRAPPER);
  writer.put("_COMM", start.tag());
  writer.put("MESSAGE",
             fmt::format("AUDIT1424 domain={} status=allocated mode=enforcing pid={} uid=0 "
                         "exe=\"{}\" comm=\"{}\"",
                         start.domain(), start.pid(), UNITLOCK_WRAPPER, start.tag()));
  writer.close();
}

void write_access(Writer& writer, const Start& start, unsigned serial, unsigned number) {
  std::string path = fmt::format("/srv/data/customers/{}/index.html", number % kPaths);
  unsigned inode = 1077791 + number % kPaths;
  open_audit(writer, serial, 1423, "AUDIT1423");
  writer.put("_AUDIT_FIELD_DOMAIN", start.domain());
  writer.put("_AUDIT_FIELD_BLOCKERS", "fs.read_file");
  writer.put("_AUDIT_FIELD_PATH", path);
  writer.put("_AUDIT_FIELD_DEV", "sda1");
  writer.put("_AUDIT_FIELD_INO", inode);
  writer.put(
      "MESSAGE",
      fmt::format("AUDIT1423 domain={} blockers=fs.read_file path=\"{}\" dev=\"sda1\" ino={}",
                  start.domain(), path, inode));
  writer.close();
}

void write_syscall(Writer& writer, const Start& start, unsigned serial, unsigned number) {
  open_audit(writer, serial, 1300, "SYSCALL");
  for (const char* field :
       {"_UID", "_GID", "_EUID", "_EGID", "_FSUID", "_FSGID", "_AUDIT_FIELD_SUID",
        "_AUDIT_FIELD_SGID", "_AUDIT_FIELD_ITEMS", "_AUDIT_FIELD_A2", "_AUDIT_FIELD_A3"})
    writer.put(field, 0);
  writer.put("_PPID", 1);
  writer.put("_PID", start.pid() + 1 + number % 4);
  writer.put("_EXE", start.exe());
  writer.put("_COMM", fmt::format("web{}", start.service));
  writer.put("_TTY", "(none)");
  writer.put("_AUDIT_LOGINUID", 4294967295U);
  writer.put("_AUDIT_SESSION", 4294967295U);
  writer.put("_AUDIT_FIELD_ARCH", "c000003e");
  writer.put("_AUDIT_FIELD_SYSCALL", 257);
  writer.put("_AUDIT_FIELD_SUCCESS", "no");
  writer.put("_AUDIT_FIELD_EXIT", -13);
  writer.put("_AUDIT_FIELD_KEY", "(null)");
  writer.put("_AUDIT_FIELD_A0", "ffffff9c");
  std::string pointer = fmt::format("{:x}", 0x7f1200000000 + number % 1000 * 64);
  writer.put("_AUDIT_FIELD_A1", pointer);
  writer.put(
      "MESSAGE",
      fmt::format("SYSCALL arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c a1={} a2=0 "
                  "a3=0 items=0 ppid=1 pid={} auid=4294967295 uid=0 gid=0 euid=0 suid=0 "
                  "fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm=\"web{}\" "
                  "exe=\"{}\" key=(null)",
                  pointer, start.pid() + 1 + number % 4, start.service, start.exe()));
  writer.close();
}

void write_proctitle(Writer& writer, const Start& start, unsigned serial) {
  open_audit(writer, serial, 1327, "PROCTITLE");
  writer.put("_CMDLINE", start.exe());
  writer.put("MESSAGE", fmt::format("PROCTITLE proctitle=\"{}\"", start.exe()));
  writer.close();
}

/// Writes three entries and, the first time in a domain, one more.
unsigned write_denial(Writer& writer, const Start& start, unsigned number, bool first) {
  unsigned serial = 249 + number;
  write_access(writer, start, serial, number);
  if (first)
    write_domain(writer, start, serial);
  write_syscall(writer, start, serial, number);
  write_proctitle(writer, start, serial);
  return first ? 4 : 3;
}

void write_journal(unsigned entries, unsigned denials) {
  Writer writer;
  unsigned written = 0, denied = 0;
  bool started[kServices * kStarts] = {}, denied_once[kServices * kStarts] = {};
  std::uint32_t random = 1;
  for (unsigned number = 0; written < entries; ++number) {
    random = random * 1664525 + 1013904223;
    Start start{(random >> 16) % kServices, written < entries / 2 ? 0U : 1U};
    if (!started[start.number()]) {
      write_start(writer, start);
      started[start.number()] = true;
      ++written;
    }
    // Evenly over the whole journal.
    if (std::uint64_t{denied} * entries < std::uint64_t{denials} * written && denied < denials) {
      written += write_denial(writer, start, denied++, !denied_once[start.number()]);
      denied_once[start.number()] = true;
    } else if (number % 100 == 0) {
      write_kernel_line(writer, number);
      ++written;
    } else {
      write_line(writer, start, number);
      ++written;
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  write_journal(static_cast<unsigned>(std::atol(argv[1])),
                static_cast<unsigned>(std::atol(argv[2])));
  return std::fflush(stdout) == 0 ? 0 : 1;
}
