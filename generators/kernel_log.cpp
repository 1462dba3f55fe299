// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/escape.hpp"

namespace unitlock {
namespace {

/// The kernel's LOG_LINE_MAX is 1024 less its own prefix.
constexpr std::size_t kLineLimit = 900;

std::string one_line(std::string_view message) {
  std::string line = escape(message.substr(0, kLineLimit), Backslash::Keep);
  if (line.size() <= kLineLimit)
    return line;
  std::size_t end = kLineLimit;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80)
    --end; // not in the middle of a character
  return line.substr(0, end);
}

} // namespace

KernelLog::KernelLog(bool to_stderr)
    : kmsg_(to_stderr ? -1 : open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY)) {}

void KernelLog::write(LogLevel level, std::string_view message) const {
  std::string line = one_line(message);
  if (!kmsg_) {
    fmt::print(stderr, "<{}>unitlock-generator: {}\n", static_cast<int>(level), line);
    return;
  }
  std::string record =
      fmt::format("<{}>unitlock-generator[{}]: {}\n", static_cast<int>(level), getpid(), line);
  // Nothing is left to complain to when the kernel's log refuses a line.
  [[maybe_unused]] ssize_t ignored = ::write(kmsg_.get(), record.data(), record.size());
}

} // namespace unitlock
