// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/sight.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <cerrno>

#include <fmt/format.h>

#include "check/reach.hpp"

namespace unitlock::advise {
namespace {

/// An O_PATH descriptor has no attributes to ask for; its entry in /proc has.
bool has_acl(int fd) {
  std::string self = fmt::format("/proc/self/fd/{}", fd);
  return getxattr(self.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

bool is_immutable(int fd) {
  struct statx found = {};
  return statx(fd, "", AT_EMPTY_PATH, 0, &found) == 0 &&
         (found.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
}

} // namespace

bool Node::is_directory() const {
  return is_there() && S_ISDIR(mode);
}

Node Sight::look(const std::string& path) const {
  Node node;
  if ((hides_ && hides_(path)) || check::is_of_one_process(path)) {
    node.state = Node::State::Unseen;
    return node;
  }
  auto fd = root_.open_file(path, O_PATH);
  if (!fd) {
    int number = fd.error().number;
    bool is_missing = number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
    node.state = is_missing ? Node::State::Missing : Node::State::Unreachable;
    return node;
  }
  struct stat st = {};
  struct statvfs mount = {};
  if (fstat(fd->get(), &st) < 0 || fstatvfs(fd->get(), &mount) < 0) {
    node.state = Node::State::Unreachable;
    return node;
  }
  return {Node::State::There,
          st.st_mode,
          st.st_uid,
          st.st_gid,
          st.st_dev,
          st.st_ino,
          has_acl(fd->get()),
          is_immutable(fd->get()),
          (mount.f_flag & ST_RDONLY) != 0,
          (mount.f_flag & ST_NOEXEC) != 0};
}

std::string Sight::resolve(const std::string& path) const {
  std::string simple = simplify_path(path);
  if (check::is_of_one_process(simple) || (hides_ && hides_(simple)))
    return simple;
  return root_.resolve(simple).value_or("");
}

std::string Sight::nearest_directory(const std::string& path) const {
  std::string at = path;
  while (at != "/" && !look(at).is_directory())
    at = parent_of(at);
  return at;
}

std::string parent_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

} // namespace unitlock::advise
