// SPDX-License-Identifier: LGPL-2.1-or-later
// A directory tree in memory that a fuzzer's input describes. However the links in it point,
// nothing is made outside of it.
#pragma once

#include <string>
#include <string_view>

#include "base/files.hpp"

namespace unitlock::fuzz {

class ScratchTree {
public:
  /// In /dev/shm, or in $TMPDIR or /tmp where there is none. Ends the program where that fails.
  ScratchTree();
  ScratchTree(const ScratchTree&) = delete;
  ScratchTree& operator=(const ScratchTree&) = delete;
  ~ScratchTree();

  /// Each makes the directories above. False where the tree has something in the way, or `path`
  /// is no path that can be made.
  bool write(std::string_view path, std::string_view text);
  bool link(std::string_view path, const std::string& target);
  bool make_directory(std::string_view path);
  bool make_fifo(std::string_view path);

  /// Removes everything in it.
  void clear();

  const std::string& directory() const { return directory_; }
  Root root() const;

private:
  /// Opens the directory above `path` and leaves the last name in `path`.
  UniqueFd open_parent(std::string_view& path);

  std::string directory_;
  UniqueFd fd_;
};

} // namespace unitlock::fuzz
