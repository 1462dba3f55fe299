// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "base/output_file.hpp"

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
  write_as_is(fmt::format("<{}>unitlock-generator{}: {}\n", static_cast<int>(level),
                          kmsg_ ? fmt::format("[{}]", getpid()) : "", line));
}

void KernelLog::write_as_is(std::string_view record) const {
  // Not fmt::print(), which throws: what cannot be said is no reason to leave services unconfined.
  // Where standard error refuses it, too, nothing is left to complain to.
  if (!kmsg_ || write_all(kmsg_.get(), record) != 0)
    write_all(STDERR_FILENO, record);
}

} // namespace unitlock
