// SPDX-License-Identifier: LGPL-2.1-or-later
// The system calls of the wrapper, straight to the kernel and with the kernel's own structures: the
// program is compiled with the headers of one C library and linked with another, and this is what
// both agree on. Each returns what the kernel does, or -1 with errno set.
//
// A unit's SystemCallFilter= applies to the wrapper. What it cannot do without:
//   landlock_create_ruleset landlock_add_rule landlock_restrict_self
//   openat close                          for each path rule
//   prctl                                 thread name, no_new_privs
//   execve exit_group
// and from musl's start: arch_prctl (x86) and set_tid_address.
// Unless --avoid-sockets: socket connect sendmsg (journal), socket bind connect getsockname getppid
// kill (proof). Only for a message on standard error: statx writev. Only in order to find out why
// something failed or whether the kernel really has no Landlock, or for the proof under a policy
// that lets "/" be read: statx read readlinkat.
#pragma once

#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace unitlock::exec::sys {

/// Whether a descriptor that the wrapper opened got standard error's number: then the caller had
/// closed it, and writing a message there would write into that descriptor.
inline bool stderr_was_closed = false;

inline int noted(long fd) {
  if (fd == STDERR_FILENO)
    stderr_was_closed = true;
  return static_cast<int>(fd);
}

inline int open(const char* path, int flags) {
  return noted(::syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0));
}
inline int close(int fd) {
  return static_cast<int>(::syscall(SYS_close, fd));
}
/// Type, inode and device of an open file.
inline int stat(int fd, struct statx& out) {
  return static_cast<int>(
      ::syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &out));
}
inline long read(int fd, void* buffer, std::size_t size) {
  return ::syscall(SYS_read, fd, buffer, size);
}
inline long readlink(const char* path, char* buffer, std::size_t size) {
  return ::syscall(SYS_readlinkat, AT_FDCWD, path, buffer, size);
}
inline long writev(int fd, const iovec* parts, int count) {
  return ::syscall(SYS_writev, fd, parts, count);
}
inline int socket(int domain, int type) {
  return noted(::syscall(SYS_socket, domain, type | SOCK_CLOEXEC, 0));
}
inline int bind(int fd, const void* address, std::size_t size) {
  return static_cast<int>(::syscall(SYS_bind, fd, address, size));
}
inline int connect(int fd, const void* address, std::size_t size) {
  return static_cast<int>(::syscall(SYS_connect, fd, address, size));
}
inline int getsockname(int fd, void* address, socklen_t& size) {
  return static_cast<int>(::syscall(SYS_getsockname, fd, address, &size));
}
inline long sendmsg(int fd, const msghdr& message, int flags) {
  return ::syscall(SYS_sendmsg, fd, &message, flags);
}
inline int prctl(int option, unsigned long argument) {
  return static_cast<int>(::syscall(SYS_prctl, option, argument, 0UL, 0UL, 0UL));
}
inline int kill(int process, int signal) {
  return static_cast<int>(::syscall(SYS_kill, process, signal));
}
inline int getppid() {
  return static_cast<int>(::syscall(SYS_getppid));
}
inline int execve(const char* program, char* const* arguments, char* const* environment) {
  return static_cast<int>(::syscall(SYS_execve, program, arguments, environment));
}
[[noreturn]] inline void exit(int status) {
  for (;;)
    ::syscall(SYS_exit_group, status);
}

} // namespace unitlock::exec::sys
