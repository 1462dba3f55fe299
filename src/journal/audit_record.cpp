// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/audit_record.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "base/number.hpp"

namespace unitlock::journal {
namespace {

/// One `key=value` of a record; `quoted` values stand without their quotes.
struct Word {
  std::string_view key;
  std::string_view value;
  bool quoted = false;
};

/// Takes the next word off `text`. False at the end. What is no `key=value` is skipped.
bool next_word(std::string_view& text, Word& word) {
  for (;;) {
    while (!text.empty() && text.front() == ' ')
      text.remove_prefix(1);
    if (text.empty())
      return false;
    std::size_t equals = text.find_first_of("= ");
    if (equals == text.npos || text[equals] == ' ') {
      text.remove_prefix(equals == text.npos ? text.size() : equals);
      continue;
    }
    word.key = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    // A quote inside would have made the kernel write the string in hexadecimal.
    word.quoted = !text.empty() && text.front() == '"';
    if (word.quoted)
      text.remove_prefix(1);
    std::size_t end = std::min(text.find(word.quoted ? '"' : ' '), text.size());
    word.value = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return true;
  }
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// A string that came from outside of the kernel: quoted, or in hexadecimal if it holds anything
/// but printable ASCII. Empty where the kernel could not write it.
std::string untrusted_string(const Word& word) {
  std::string_view text = word.value;
  if (word.quoted)
    return text == "<no_memory>" || text == "<too_long>" ? "" : std::string(text);
  if (text.size() % 2 != 0)
    return std::string(text == "(null)" ? "" : text);
  std::string decoded;
  decoded.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return std::string(text == "(null)" ? "" : text);
    decoded += static_cast<char>(high << 4 | low);
  }
  return decoded;
}

void set_path(Object& object, const Word& word) {
  object.path = untrusted_string(word);
  object.kind = Object::Kind::Path;
  if (object.path.empty() || object.path.front() != '\0')
    return;
  object.path.erase(0, 1);
  object.kind = Object::Kind::AbstractSocket;
}

/// The words that name an object. False for a number that is none.
bool set_object(Object& object, const Word& word) {
  if (word.key == "path") {
    set_path(object, word);
  } else if (word.key == "name") {
    object.kind = Object::Kind::Name;
    object.path = untrusted_string(word);
  } else if (word.key == "dev") {
    object.device = untrusted_string(word);
  } else if (word.key == "ino") {
    return parse_number(word.value, object.inode);
  } else if (word.key == "ioctlcmd") {
    std::string_view digits = word.value.substr(word.value.starts_with("0x") ? 2 : 0);
    return parse_number(digits, object.ioctl_command.emplace(0), 16);
  } else if (word.key == "saddr" || word.key == "daddr") {
    object.kind = Object::Kind::Network;
    object.address = word.value;
  } else if (word.key == "src" || word.key == "dest") {
    object.kind = Object::Kind::Network;
    return parse_number(word.value, object.port);
  } else if (word.key == "opid") {
    object.kind = Object::Kind::Process;
    return parse_number(word.value, object.pid);
  } else if (word.key == "ocomm") {
    object.kind = Object::Kind::Process;
    object.comm = untrusted_string(word);
  }
  return true;
}

tl::unexpected<Error> malformed(int type, const Word& word) {
  return fail(fmt::format("audit record of type {}: cannot read {}={}", type, word.key,
                          escape(word.value)));
}

Result<AuditRecord> parse_access(std::string_view body) {
  AccessRecord record;
  bool has_domain = false;
  for (Word word; next_word(body, word);) {
    bool good = true;
    if (word.key == "domain")
      good = has_domain = parse_number(word.value, record.domain, 16);
    else if (word.key == "blockers")
      record.blockers = word.value;
    else
      good = set_object(record.object, word);
    if (!good)
      return malformed(kLandlockAccessType, word);
  }
  if (!has_domain || record.blockers.empty())
    return fail("audit record of type 1423 without domain= or blockers=");
  // The device follows every path; without it the kernel's log has cut the line, and the path.
  if (record.object.kind == Object::Kind::Path && record.object.device.empty())
    record.object.path.clear();
  // An address or port of zero is left out: bind(2) to 0.0.0.0 port 0 names no object at all.
  if (record.object.kind == Object::Kind::None && record.blockers.starts_with("net."))
    record.object.kind = Object::Kind::Network;
  return record;
}

Result<AuditRecord> parse_domain(std::string_view body) {
  DomainRecord record;
  bool has_domain = false;
  for (Word word; next_word(body, word);) {
    bool good = true;
    if (word.key == "domain")
      good = has_domain = parse_number(word.value, record.domain, 16);
    else if (word.key == "status")
      record.allocated = word.value == "allocated";
    else if (word.key == "pid")
      good = parse_number(word.value, record.pid);
    else if (word.key == "exe")
      record.exe = untrusted_string(word);
    else if (word.key == "comm")
      record.comm = untrusted_string(word);
    else if (word.key == "denials")
      good = parse_number(word.value, record.denials);
    if (!good)
      return malformed(kLandlockDomainType, word);
  }
  if (!has_domain)
    return fail("audit record of type 1424 without domain=");
  return record;
}

Result<AuditRecord> parse_syscall(std::string_view body) {
  SyscallRecord record;
  for (Word word; next_word(body, word);) {
    if (word.key == "pid" && !parse_number(word.value, record.pid))
      return malformed(kSyscallType, word);
    if (word.key == "exe")
      record.exe = untrusted_string(word);
    if (word.key == "comm")
      record.comm = untrusted_string(word);
  }
  return record;
}

std::string describe_address(const Object& object) {
  std::string_view address = object.address.empty() ? "*" : std::string_view(object.address);
  if (address.find(':') != address.npos)
    return fmt::format("[{}]:{}", escape(address), object.port);
  return fmt::format("{}:{}", escape(address), object.port);
}

} // namespace

Result<AuditRecord> parse_record(int type, std::string_view body) {
  switch (type) {
  case kLandlockAccessType:
    return parse_access(body);
  case kLandlockDomainType:
    return parse_domain(body);
  case kSyscallType:
    return parse_syscall(body);
  default:
    return AuditRecord();
  }
}

std::string_view body_of_message(std::string_view message) {
  std::size_t space = message.find(' ');
  return space == message.npos ? std::string_view() : message.substr(space + 1);
}

std::optional<KernelCopy> parse_kernel_copy(std::string_view line) {
  constexpr std::string_view kStart = "audit: type=";
  if (!line.starts_with(kStart))
    return std::nullopt;
  line.remove_prefix(kStart.size());
  KernelCopy copy;
  std::size_t space = line.find(' ');
  if (space == line.npos || !parse_number(line.substr(0, space), copy.type))
    return std::nullopt;
  line.remove_prefix(space + 1);
  std::size_t colon = line.find(':'), end = line.find("): ");
  if (!line.starts_with("audit(") || colon == line.npos || end == line.npos || colon > end ||
      !parse_number(line.substr(colon + 1, end - colon - 1), copy.serial))
    return std::nullopt;
  copy.body = line.substr(end + 3);
  return copy;
}

std::vector<Blocker> split_blockers(std::string_view blockers) {
  std::vector<Blocker> list;
  while (!blockers.empty()) {
    std::size_t comma = std::min(blockers.find(','), blockers.size());
    std::string_view name = blockers.substr(0, comma);
    if (!name.empty())
      list.push_back({name, landlock::find_right(name)});
    blockers.remove_prefix(std::min(comma + 1, blockers.size()));
  }
  return list;
}

bool is_known(const Blocker& blocker) {
  return blocker.right || std::find(kBlockersOfNoRight.begin(), kBlockersOfNoRight.end(),
                                    blocker.name) != kBlockersOfNoRight.end();
}

std::string describe(const Object& object) {
  switch (object.kind) {
  case Object::Kind::None:
    return "-";
  case Object::Kind::Path:
  case Object::Kind::Name: {
    std::string text = object.path.empty() ? "(path not logged)" : escape(object.path);
    if (object.ioctl_command)
      text += fmt::format(" (ioctl {:#x})", *object.ioctl_command);
    return text;
  }
  case Object::Kind::AbstractSocket:
    return "@" + escape(object.path);
  case Object::Kind::Network:
    return describe_address(object);
  case Object::Kind::Process:
    return object.comm.empty() ? fmt::format("process {}", object.pid) : escape(object.comm);
  }
  return "-";
}

} // namespace unitlock::journal
