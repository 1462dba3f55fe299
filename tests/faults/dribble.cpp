// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: what it reads and writes comes and goes byte by byte, and every other
// call is interrupted. strace cannot do this: what it makes shorter was not done at all.
#include <cerrno>

#include <sys/syscall.h>
#include <unistd.h>

namespace {
thread_local bool interrupted = false;

/// True for every other call.
bool interrupt() {
  interrupted = !interrupted;
  if (interrupted)
    errno = EINTR;
  return interrupted;
}
} // namespace

extern "C" ssize_t read(int fd, void* buffer, size_t size) {
  return interrupt() ? -1 : syscall(SYS_read, fd, buffer, size > 0 ? 1 : 0);
}

extern "C" ssize_t write(int fd, const void* buffer, size_t size) {
  return interrupt() ? -1 : syscall(SYS_write, fd, buffer, size > 0 ? 1 : 0);
}
