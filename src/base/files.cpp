// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/output_file.hpp"

namespace unitlock {
namespace {

int open_in_root(int root, const std::string& path, int flags) {
  struct open_how how = {};
  how.flags = static_cast<__u64>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  // EAGAIN: a rename(2) elsewhere raced with the walk, see openat2(2).
  for (int attempt = 0;; ++attempt) {
    long fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == 100)
      return static_cast<int>(fd);
  }
}

/// No fstat(2) in front: its size would save one of two reads, and be wrong where a file grows or
/// a file system knows no sizes. Only a read of nothing says that a file has ended.
Result<std::string> read_all(int fd, const std::string& path, std::size_t limit, bool cut) {
  std::string text;
  char buffer[4096]; // longer than most unit files; the compiler's hardening zeroes all of it
  for (;;) {
    ssize_t n = read(fd, buffer, std::min(sizeof buffer, limit + 1 - text.size()));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(fmt::format("cannot read {}", path), errno);
    if (n == 0)
      return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() <= limit)
      continue;
    if (!cut)
      return fail(fmt::format("cannot read {}", path), EFBIG);
    text.resize(limit);
    return text;
  }
}

unsigned char entry_type(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN)
    return entry.d_type;
  struct stat st = {};
  if (fstatat(directory, entry.d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
    return DT_REG; // gone since; opening it will say so
  return IFTODT(st.st_mode);
}

} // namespace

Result<Root> Root::open(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd)
    return fail(fmt::format("cannot open root directory {}", directory), errno);
  return Root(directory, std::move(fd));
}

Result<UniqueFd> Root::open_file(std::string_view path, int flags) const {
  std::string name(path);
  UniqueFd fd(open_in_root(fd_.get(), name, flags));
  if (!fd)
    return fail(fmt::format("cannot open {}", name), errno);
  return fd;
}

Result<std::string> Root::read_file(std::string_view path, std::size_t limit) const {
  // O_NONBLOCK: a FIFO in a unit directory must not stop the boot.
  auto fd = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd)
    return tl::unexpected(fd.error());
  return read_all(fd->get(), std::string(path), limit, false);
}

Result<std::string> Root::read_start(std::string_view path, std::size_t count) const {
  auto fd = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd)
    return tl::unexpected(fd.error());
  return read_all(fd->get(), std::string(path), count, true);
}

Result<std::vector<DirectoryEntry>> Root::list(std::string_view path) const {
  auto fd = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!fd)
    return tl::unexpected(fd.error());
  std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd->get()), closedir);
  if (!stream)
    return fail(fmt::format("cannot list {}", path), errno);
  int directory = fd->release(); // closedir closes it now
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(stream.get());
    if (!entry && errno != 0)
      return fail(fmt::format("cannot list {}", path), errno);
    if (!entry)
      break;
    std::string name = entry->d_name;
    if (name != "." && name != "..")
      entries.push_back({std::move(name), entry_type(directory, *entry)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> Root::read_link(std::string_view path) const {
  auto fd = open_file(path, O_PATH | O_NOFOLLOW);
  if (!fd)
    return tl::unexpected(fd.error());
  char buffer[4096];
  ssize_t n = readlinkat(fd->get(), "", buffer, sizeof buffer);
  if (n < 0)
    // An O_PATH descriptor of anything but a link gives ENOENT here.
    return fail(fmt::format("cannot read link {}", path), errno == ENOENT ? EINVAL : errno);
  return std::string(buffer, static_cast<std::size_t>(n));
}

FileKind Root::kind(std::string_view path) const {
  auto fd = open_file(path, O_PATH);
  struct stat st = {};
  if (!fd || fstat(fd->get(), &st) < 0)
    return FileKind::Missing;
  if (S_ISREG(st.st_mode))
    return FileKind::Regular;
  if (S_ISDIR(st.st_mode))
    return FileKind::Directory;
  // systemd's null_or_empty(): the null device, wherever it lies.
  if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
    return FileKind::Null;
  return FileKind::Other;
}

bool Root::is_program(std::string_view path) const {
  auto fd = open_file(path, O_PATH);
  struct stat st = {};
  return fd && fstat(fd->get(), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0;
}

Result<std::string> Root::resolve(std::string_view path) const {
  constexpr int kLinkLimit = 40; // MAXSYMLINKS
  std::string done;
  std::string pending = simplify_path(path);
  for (int links = 0; !pending.empty() && pending != "/";) {
    std::size_t end = std::min(pending.find('/', 1), pending.size());
    std::string component = pending.substr(0, end); // with its slash
    pending.erase(0, end);
    if (component == "/..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    auto link = read_link(done + component);
    if (!link) {
      done += component;
      continue;
    }
    if (++links > kLinkLimit)
      return fail(fmt::format("cannot resolve {}", path), ELOOP);
    bool absolute = (*link)[0] == '/';
    pending = simplify_path((absolute ? "" : done + "/") + *link + pending);
    done.clear();
  }
  return done.empty() ? "/" : done;
}

Result<void> write_atomically(const std::string& directory, const std::string& name,
                              std::string_view text) {
  std::error_code made;
  std::filesystem::create_directories(directory, made);
  if (made)
    return fail(fmt::format("cannot make directory {}", directory), made.value());
  UniqueFd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd)
    return fail(fmt::format("cannot write into directory {}", directory), errno);
  return replace_in(fd, name, text, directory + "/" + name);
}

std::string simplify_path(std::string_view path) {
  std::string simple;
  std::size_t at = 0;
  while (at < path.size()) {
    std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view component = path.substr(at, end - at);
    if (!component.empty() && component != ".") {
      simple += '/';
      simple += component;
    }
    at = end + 1;
  }
  return simple.empty() ? "/" : simple;
}

bool path_is_below(std::string_view path, std::string_view ancestor) {
  if (ancestor == "/")
    return true;
  return path.substr(0, ancestor.size()) == ancestor &&
         (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

bool path_has_dotdot(std::string_view path) {
  std::string framed = fmt::format("/{}/", path);
  return framed.find("/../") != std::string::npos;
}

std::string_view path_basename(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

} // namespace unitlock
