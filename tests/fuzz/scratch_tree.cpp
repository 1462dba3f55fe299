// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scratch_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "target.hpp"

namespace unitlock::fuzz {
namespace {

std::string parent_directory() {
  if (access("/dev/shm", W_OK) == 0)
    return "/dev/shm";
  const char* directory = std::getenv("TMPDIR");
  return directory ? directory : "/tmp";
}

/// Opens or makes a directory; follows no link.
UniqueFd enter(int parent, const std::string& name) {
  if (name == "." || name == ".." || name.find('\0') != std::string::npos)
    return UniqueFd();
  mkdirat(parent, name.c_str(), 0755); // where it fails, opening does
  return UniqueFd(openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('\0') == std::string_view::npos;
}

} // namespace

ScratchTree::ScratchTree() : directory_(parent_directory() + "/unitlock-fuzz-XXXXXX") {
  require(mkdtemp(directory_.data()) != nullptr, "a directory for the tree can be made",
          directory_);
  fd_ = UniqueFd(open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  require(static_cast<bool>(fd_), "the tree's directory can be opened", directory_);
}

ScratchTree::~ScratchTree() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ScratchTree::clear() {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, problem))
    std::filesystem::remove_all(entry.path(), problem);
  require(!problem, "the tree can be emptied", directory_);
}

Root ScratchTree::root() const {
  auto root = Root::open(directory_);
  require(root.has_value(), "the tree can be opened", directory_);
  return std::move(*root);
}

UniqueFd ScratchTree::open_parent(std::string_view& path) {
  UniqueFd parent(dup(fd_.get()));
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  for (std::size_t slash = path.find('/'); parent && slash != std::string_view::npos;
       slash = path.find('/')) {
    parent = enter(parent.get(), std::string(path.substr(0, slash)));
    path.remove_prefix(std::min(path.find_first_not_of('/', slash), path.size()));
  }
  return is_name(path) ? std::move(parent) : UniqueFd();
}

bool ScratchTree::write(std::string_view path, std::string_view text) {
  UniqueFd parent = open_parent(path);
  if (!parent)
    return false; // openat(2) would take -1 for nothing, but an absolute path as it is
  UniqueFd file(openat(parent.get(), std::string(path).c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool ScratchTree::link(std::string_view path, const std::string& target) {
  UniqueFd parent = open_parent(path);
  return parent && symlinkat(target.c_str(), parent.get(), std::string(path).c_str()) == 0;
}

bool ScratchTree::make_directory(std::string_view path) {
  UniqueFd parent = open_parent(path);
  return parent && mkdirat(parent.get(), std::string(path).c_str(), 0755) == 0;
}

bool ScratchTree::make_fifo(std::string_view path) {
  UniqueFd parent = open_parent(path);
  return parent && mkfifoat(parent.get(), std::string(path).c_str(), 0644) == 0;
}

} // namespace unitlock::fuzz
