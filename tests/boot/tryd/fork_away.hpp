// SPDX-License-Identifier: LGPL-2.1-or-later
// What daemons did before systemd: a session of its own, and a file with the number of the process
// that stays.
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/// To be called by the first child; returns in the last one, when it belongs to init. False where
/// the file cannot be made, see errno.
inline bool fork_away_as_daemon(const char* pidfile) {
  setsid();
  const pid_t first_child = getpid();
  if (fork() > 0)
    _exit(0);
  while (getppid() == first_child)
    usleep(1000);
  const int fd = open(pidfile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return false;
  dprintf(fd, "%d\n", getpid());
  close(fd);
  return true;
}
