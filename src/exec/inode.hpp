// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel ties a path rule to: not the path but the inode that it led to.
#pragma once

#include <cstdint>

#include <sys/stat.h>

#include "exec/system.hpp"

namespace unitlock::exec {

struct Inode {
  std::uint64_t number = 0;
  std::uint32_t major = 0, minor = 0;
  bool is_directory = false;

  bool operator==(const Inode&) const = default;
};

/// False with errno set.
inline bool inode_of(int fd, Inode& out) {
  struct statx status = {};
  if (sys::stat(fd, status) != 0)
    return false;
  out = {status.stx_ino, status.stx_dev_major, status.stx_dev_minor,
         (status.stx_mode & S_IFMT) == S_IFDIR};
  return true;
}

/// Follows links and needs no right but to reach the path: Landlock does not restrict O_PATH.
inline bool inode_at(const char* path, Inode& out) {
  int fd = sys::open(path, O_PATH);
  if (fd < 0)
    return false;
  bool known = inode_of(fd, out);
  sys::close(fd);
  return known;
}

} // namespace unitlock::exec
