// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/cursor_file.hpp"

#include <cerrno>
#include <filesystem>

#include "base/files.hpp"
#include "base/output_file.hpp"
#include "base/text.hpp"

namespace unitlock::cli {
namespace {

/// Longer than any cursor.
constexpr std::size_t kLimit = 4096;

} // namespace

Result<std::string> CursorFile::read() {
  if (!is_wanted())
    return std::string();
  // Better now than when all has been read and shown.
  if (auto directory = open_directory_of(path_); !directory)
    return tl::unexpected(directory.error());
  auto root = Root::open("/");
  if (!root)
    return tl::unexpected(root.error());
  auto text = root->read_file(std::filesystem::absolute(path_).string(), kLimit);
  if (!text && text.error().number == ENOENT)
    return std::string();
  if (!text)
    return tl::unexpected(text.error());
  written_ = strip(*text);
  return written_;
}

Result<void> CursorFile::write(const std::string& cursor) {
  if (!is_wanted() || cursor.empty() || cursor == written_)
    return {};
  auto done = replace_file(path_, cursor + "\n");
  if (done)
    written_ = cursor;
  return done;
}

} // namespace unitlock::cli
