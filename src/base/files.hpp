// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading and writing files below a root directory. Nothing in the core opens a path in any other
// way, so that every program can be pointed at an image or at a test's folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace unitlock {

struct DirectoryEntry {
  std::string name;
  unsigned char type = 0; ///< DT_REG, DT_DIR, DT_LNK, … of readdir(3); never DT_UNKNOWN
};

/// What is at a path, symbolic links followed.
enum class FileKind { Missing, Regular, Directory, Null, Other };

/// A directory that plays "/". Symbolic links met on the way, absolute ones included, stay inside
/// it (openat2(2), RESOLVE_IN_ROOT). Paths are absolute, as seen from inside.
class Root {
public:
  /// Errors: the directory cannot be opened.
  static Result<Root> open(const std::string& directory);

  /// Errors: as openat2(2), EISDIR for a directory, EFBIG beyond `limit` bytes.
  Result<std::string> read_file(std::string_view path, std::size_t limit = kReadLimit) const;
  /// At most the first `count` bytes, for looking at a program's header.
  Result<std::string> read_start(std::string_view path, std::size_t count) const;
  /// Sorted by name; "." and ".." left out.
  Result<std::vector<DirectoryEntry>> list(std::string_view path) const;
  /// The text of a symbolic link, not resolved. EINVAL where it is none.
  Result<std::string> read_link(std::string_view path) const;
  /// Whether systemd would find it as a program: a regular file, links followed, that somebody may
  /// execute.
  bool is_program(std::string_view path) const;
  /// `path` with its links and ".." resolved; what does not exist stays as written. ELOOP for a
  /// ring of links.
  Result<std::string> resolve(std::string_view path) const;
  /// FileKind::Missing also for what cannot be reached.
  FileKind kind(std::string_view path) const;
  /// Opens with O_CLOEXEC added; `flags` as for open(2).
  Result<UniqueFd> open_file(std::string_view path, int flags) const;

  /// The directory itself, as given.
  const std::string& directory() const { return directory_; }

  static constexpr std::size_t kReadLimit = 64 * 1024 * 1024;

private:
  Root(std::string directory, UniqueFd fd) : directory_(std::move(directory)), fd_(std::move(fd)) {}

  std::string directory_;
  UniqueFd fd_;
};

/// Writes `text` to `directory/name` so that a reader meets the old file, the new one or none,
/// never a part: a temporary file whose name begins with a dot, fsync left to the caller's file
/// system, then rename(2). Missing directories are made (0755). The path is taken as it is, below
/// no Root: it is a program's output, named on its command line.
Result<void> write_atomically(const std::string& directory, const std::string& name,
                              std::string_view text);

/// "/a//b/./c/" → "/a/b/c". Lexical only; ".." is kept.
std::string simplify_path(std::string_view path);

/// True where `path` is `ancestor` or lies below it, lexically. Both simplified.
bool path_is_below(std::string_view path, std::string_view ancestor);

/// Whether a component of the path is "..".
bool path_has_dotdot(std::string_view path);

std::string_view path_basename(std::string_view path);

} // namespace unitlock
