// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/permissions.hpp"

#include <sys/stat.h>

#include <fmt/format.h>

namespace unitlock::advise {
namespace {

constexpr unsigned kRead = 4, kWrite = 2, kSearch = 1; // also: execute

/// What a right needs of the file, or of the directory where it is decided.
unsigned needed_by(const landlock::Right& right) {
  std::string_view name = right.short_name();
  if (name == "read_file" || name == "read_dir")
    return kRead;
  if (name == "execute")
    return kSearch;
  if (name == "write_file" || name == "truncate" || name == "resolve_unix")
    return kWrite;
  return is_decided_at_directory(right) ? kWrite | kSearch : 0;
}

/// Capabilities that go past the mode (inode_permission()).
bool overrides(const Identity& identity, const Node& node, unsigned needed) {
  bool may_execute = node.is_directory() || (needed & kSearch) == 0 || (node.mode & 0111) != 0;
  if (identity.can(kCapDacOverride) && may_execute)
    return true;
  bool only_reads = node.is_directory() ? (needed & kWrite) == 0 : needed == kRead;
  return identity.can(kCapDacReadSearch) && only_reads;
}

unsigned bits_for(const Identity& identity, const Node& node) {
  if (node.uid == identity.uid)
    return node.mode >> 6 & 7;
  return identity.is_in(node.gid) ? node.mode >> 3 & 7 : node.mode & 7;
}

bool may(const Identity& identity, const Node& node, unsigned needed) {
  return (bits_for(identity, node) & needed) == needed || overrides(identity, node, needed);
}

std::string words_of(unsigned needed, const Node& node) {
  if ((needed & kWrite) != 0)
    return node.is_directory() ? "change what is in it" : "write it";
  if ((needed & kRead) != 0)
    return node.is_directory() ? "list it" : "read it";
  return node.is_directory() ? "go through it" : "execute it";
}

OtherRefusal refusal(const Identity& identity, const PathNode& at, unsigned needed) {
  const auto& [path, node] = at;
  return {!node.has_acl, fmt::format("the permissions of {}", path),
          fmt::format("mode {:04o}, owner {}:{}{}: {} may not {}", node.mode & 07777, node.uid,
                      node.gid, node.has_acl ? ", and an access control list" : "", identity.who,
                      words_of(needed, node)),
          identity.where};
}

/// Only the owners of a directory with the sticky bit, or of what is in it, remove that.
bool keeps_others_files(const Surroundings& around, const Identity& identity,
                        const Node& directory) {
  return (directory.mode & S_ISVTX) != 0 && around.target && around.target->is_there() &&
         directory.uid != identity.uid && around.target->uid != identity.uid &&
         !identity.can(kCapFowner);
}

} // namespace

std::optional<OtherRefusal> refused_by_permissions(const Question& question,
                                                   const Identity& identity,
                                                   const Surroundings& around) {
  if (!question.right || around.way.empty())
    return std::nullopt;
  for (std::size_t i = 0; i + 1 < around.way.size(); ++i)
    if (const Node& node = around.way[i].second;
        node.is_directory() && !may(identity, node, kSearch))
      return refusal(identity, around.way[i], kSearch);
  const PathNode& last = around.way.back();
  const Node& node = last.second;
  std::string_view name = question.right->short_name();
  // Of a directory that is asked about for the files in it, only the way is known.
  bool is_for_files =
      node.is_directory() && !is_decided_at_directory(*question.right) && name != "read_dir";
  unsigned needed = is_for_files ? kSearch : needed_by(*question.right);
  if (!node.is_there() || needed == 0)
    return std::nullopt;
  if (!may(identity, node, needed))
    return refusal(identity, last, needed);
  if (name.starts_with("remove_") && keeps_others_files(around, identity, node))
    return OtherRefusal{true, fmt::format("the sticky bit of {}", last.first),
                        fmt::format("{} owns neither the directory nor the file", identity.who),
                        identity.where};
  if ((name == "make_char" || name == "make_block") && !identity.can(kCapMknod))
    return OtherRefusal{true, "CAP_MKNOD", fmt::format("{} lacks it", identity.who),
                        identity.where};
  return std::nullopt;
}

} // namespace unitlock::advise
