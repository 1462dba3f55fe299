// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/grants.hpp"

#include "exec/inode.hpp"
#include "exec/text.hpp"

namespace unitlock::exec {
namespace {

constexpr std::size_t kLongestPath = 4096; // PATH_MAX, with the NUL

/// The inodes of a path and of the directories above it.
class Chain {
public:
  bool fill(std::string_view path) {
    if (path.empty() || path[0] != '/' || path.size() >= kLongestPath)
      return false;
    bool complete = add("/");
    for (std::size_t end = 1; complete && end <= path.size(); ++end)
      if ((end == path.size() && end > 1) || (end < path.size() && path[end] == '/'))
        complete = add({path.data(), end});
    return complete;
  }

  bool holds(const Inode& inode) const {
    for (std::size_t i = 0; i < size_; ++i)
      if (inodes_[i] == inode)
        return true;
    return false;
  }

private:
  bool add(std::string_view prefix) {
    char name[kLongestPath];
    prefix.copy(name, prefix.size());
    name[prefix.size()] = '\0';
    return size_ < kDeepest && inode_at(name, inodes_[size_++]);
  }

  static constexpr std::size_t kDeepest = 128;
  Inode inodes_[kDeepest];
  std::size_t size_ = 0;
};

} // namespace

bool granted_along(std::string_view path, const Plan& plan, OptionReader options,
                   std::uint64_t& granted) {
  Chain chain;
  if (!chain.fill(path))
    return false;
  granted = 0;
  for (Argument rule; options.next(Argument::Kind::Path, rule);) {
    Inode inode;
    if (plan.access(rule) && inode_at(rule.text.data(), inode) && chain.holds(inode))
      granted |= plan.access(rule);
  }
  return true;
}

} // namespace unitlock::exec
