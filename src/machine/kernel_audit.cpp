// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/kernel_audit.hpp"

#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace unitlock::machine {
namespace {

constexpr timeval kPatience = {5, 0};

template <class Struct>
std::string_view bytes_of(const Struct& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

} // namespace

Result<KernelAudit> KernelAudit::open() {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
  if (!fd)
    return fail("cannot reach the kernel's audit", errno);
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  return KernelAudit(std::move(fd));
}

Result<void> KernelAudit::send_request(std::uint16_t type, std::string_view payload) {
  nlmsghdr header = {};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(payload.size()));
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  header.nlmsg_seq = ++sequence_;
  std::string message(bytes_of(header));
  message += payload;
  message.resize(NLMSG_ALIGN(message.size()));
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  if (sendto(fd_.get(), message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&kernel),
             sizeof kernel) < 0)
    return fail("cannot ask the kernel's audit", errno);
  return {};
}

Result<void> KernelAudit::request(std::uint16_t type, std::string_view payload, std::uint16_t last,
                                  const Visit& visit) {
  if (auto sent = send_request(type, payload); !sent)
    return sent;
  bool acknowledged = false, complete = last == 0;
  while (!acknowledged || !complete) {
    alignas(nlmsghdr) char buffer[NLMSG_LENGTH(16384)];
    ssize_t n = recv(fd_.get(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail("the kernel's audit does not answer", errno);
    auto rest = static_cast<std::size_t>(n);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, rest);
         header = NLMSG_NEXT(header, rest)) {
      if (header->nlmsg_seq != sequence_)
        continue; // a late answer to an earlier question
      std::string_view answer(static_cast<const char*>(NLMSG_DATA(header)),
                              header->nlmsg_len - NLMSG_HDRLEN);
      if (header->nlmsg_type == NLMSG_ERROR) {
        int error = 0;
        std::memcpy(&error, answer.data(), std::min(answer.size(), sizeof error));
        if (error != 0)
          return fail("the kernel's audit refuses", -error);
        acknowledged = true;
        continue;
      }
      complete = complete || header->nlmsg_type == last;
      visit(header->nlmsg_type, answer);
    }
  }
  return {};
}

Result<AuditStatus> KernelAudit::status() {
  audit_status raw = {};
  auto asked = request(AUDIT_GET, {}, AUDIT_GET, [&](std::uint16_t type, std::string_view answer) {
    if (type == AUDIT_GET)
      std::memcpy(&raw, answer.data(), std::min(answer.size(), sizeof raw));
  });
  if (!asked)
    return tl::unexpected(asked.error());
  return AuditStatus{raw.enabled, raw.pid, raw.lost, raw.backlog, raw.backlog_limit};
}

Result<void> KernelAudit::change(std::uint16_t type, std::string_view payload) {
  return request(type, payload, 0, [](std::uint16_t, std::string_view) {});
}

Result<void> KernelAudit::set_enabled(bool on) {
  audit_status status = {};
  status.mask = AUDIT_STATUS_ENABLED;
  status.enabled = on;
  return change(AUDIT_SET, bytes_of(status));
}

Result<void> KernelAudit::set_backlog_limit(std::uint32_t records) {
  audit_status status = {};
  status.mask = AUDIT_STATUS_BACKLOG_LIMIT;
  status.backlog_limit = records;
  return change(AUDIT_SET, bytes_of(status));
}

Result<void> KernelAudit::add(const ExcludeRule& rule) {
  return change(AUDIT_ADD_RULE, encode(rule));
}

Result<void> KernelAudit::remove(const ExcludeRule& rule) {
  return change(AUDIT_DEL_RULE, encode(rule));
}

Result<bool> KernelAudit::hides_processes() {
  bool hides = false;
  auto asked =
      request(AUDIT_LIST_RULES, {}, NLMSG_DONE, [&](std::uint16_t type, std::string_view answer) {
        audit_rule_data rule = {};
        if (type != AUDIT_LIST_RULES || answer.size() < sizeof rule)
          return;
        std::memcpy(&rule, answer.data(), sizeof rule);
        hides = hides || (rule.flags == AUDIT_FILTER_TASK && rule.action == AUDIT_NEVER &&
                          rule.field_count == 0);
      });
  if (!asked)
    return tl::unexpected(asked.error());
  return hides;
}

namespace {

/// One more condition. Not a lambda: clang captures no struct with a flexible array member.
void add_type(audit_rule_data& raw, std::uint32_t comparison, std::uint32_t type) {
  raw.fields[raw.field_count] = AUDIT_MSGTYPE;
  raw.fieldflags[raw.field_count] = comparison;
  raw.values[raw.field_count] = type;
  ++raw.field_count;
}

} // namespace

std::string encode(const ExcludeRule& rule) {
  audit_rule_data raw = {};
  raw.flags = AUDIT_FILTER_EXCLUDE;
  raw.action = AUDIT_ALWAYS;
  if (rule.first == rule.last) {
    add_type(raw, AUDIT_EQUAL, rule.first);
  } else {
    add_type(raw, AUDIT_GREATER_THAN_OR_EQUAL, rule.first);
    add_type(raw, AUDIT_LESS_THAN_OR_EQUAL, rule.last);
  }
  if (rule.but_not != 0)
    add_type(raw, AUDIT_NOT_EQUAL, rule.but_not);
  return std::string(bytes_of(raw));
}

} // namespace unitlock::machine
