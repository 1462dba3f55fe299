// SPDX-License-Identifier: LGPL-2.1-or-later
// --cursor-file: where in the journal the next run goes on, as journalctl(1) has it.
#pragma once

#include <string>

#include "base/result.hpp"

namespace unitlock::cli {

class CursorFile {
public:
  /// An empty path: nothing is read or kept.
  explicit CursorFile(std::string path) : path_(std::move(path)) {}

  bool is_wanted() const { return !path_.empty(); }
  /// Empty where there is no such file yet. Errors: it cannot be read, or is no file of this kind.
  Result<std::string> read();
  /// Nothing is done where the file says so already, or where there is no cursor yet. Errors: those
  /// of writing it.
  Result<void> write(const std::string& cursor);

private:
  std::string path_;
  std::string written_;
};

} // namespace unitlock::cli
