// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text as what the journal holds: a line of the kernel's log, or an audit record, whose type is
// then the first byte. A log is the attacker's, and what people see of it must be harmless.

#include "journal/audit_record.hpp"
#include "journal/event_joiner.hpp"
#include "target.hpp"

namespace unitlock::journal {
namespace {

using fuzz::require;

int type_of(char c) {
  return c == 'a' ? kLandlockAccessType : c == 'd' ? kLandlockDomainType : kSyscallType;
}

void check_object(const Object& object) {
  for (unsigned char c : describe(object))
    require(c >= 0x20 && c != 0x7f, "nothing reaches the terminal raw", describe(object));
}

void check_blockers(std::string_view blockers) {
  for (const Blocker& blocker : split_blockers(blockers)) {
    require(!blocker.name.empty(), "a blocker has a name", blockers);
    require(!blocker.right || blocker.right->name == blocker.name, "the right is the one named",
            blocker.name);
  }
}

void check_record(int type, std::string_view body) {
  auto record = parse_record(type, body);
  if (!record)
    return;
  if (const auto* access = std::get_if<AccessRecord>(&*record)) {
    check_object(access->object);
    check_blockers(access->blockers);
  }
}

/// The same record from both sources, and a SYSCALL record of the same event: no denial is shown
/// more often than it was recorded.
void check_joined(int type, std::string_view body) {
  std::size_t denials = 0;
  EventJoiner joiner([&](const Denial&) { ++denials; }, [](std::uint32_t, const DomainRecord&) {});
  joiner.add({0, 7, 1000000, type, body, true});
  joiner.add({0, 7, 1000001, type, body, false});
  joiner.add({0, 7, 1000002, kSyscallType, "pid=1 comm=\"x\" exe=\"/x\"", false});
  joiner.finish();
  require(denials <= 1, "what both sources hold counts once", body);
}

} // namespace
} // namespace unitlock::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock::journal;
  std::string_view text = unitlock::fuzz::text_of(data, size);
  if (text.empty())
    return 0;
  if (auto copy = parse_kernel_copy(text))
    check_record(copy->type, copy->body);
  int type = type_of(text[0]);
  check_record(type, text.substr(1));
  check_record(type, body_of_message(text));
  check_joined(type, text.substr(1));
  return 0;
}
