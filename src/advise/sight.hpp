// SPDX-License-Identifier: LGPL-2.1-or-later
// The files as a service sees them: of the one that runs below its own root, else those of the
// machine, with the places marked where the unit's settings put something else.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/files.hpp"

namespace unitlock::advise {

/// What is at a path.
struct Node {
  enum class State : std::uint8_t {
    There,
    Missing,
    Unreachable, ///< whoever asks may not look there
    Unseen,      ///< the service has something else in this place
  };
  State state = State::Missing;
  // All below: of what is There.
  mode_t mode = 0; ///< with the file's type
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool has_acl = false;
  bool immutable = false; ///< chattr(1) +i
  bool read_only = false; ///< the mount that it is on
  bool no_exec = false;

  bool is_there() const { return state == State::There; }
  bool is_directory() const;
  /// Both are there and are one inode.
  bool is(const Node& other) const {
    return is_there() && other.is_there() && device == other.device && inode == other.inode;
  }
};

class Sight {
public:
  /// Whether the service sees something else at the path, and below it.
  using Hides = std::function<bool(std::string_view path)>;

  /// `root` must outlive it.
  explicit Sight(const Root& root, Hides hides = nullptr) : root_(root), hides_(std::move(hides)) {}

  /// `path`: as resolve() gives it.
  Node look(const std::string& path) const;
  /// Links followed as far as they can be; "" for a ring of links. What belongs to one process in
  /// /proc stays as written: its links lead whoever looks elsewhere.
  std::string resolve(const std::string& path) const;
  /// The nearest directory that is there, upwards from `path`, itself included.
  std::string nearest_directory(const std::string& path) const;

private:
  const Root& root_;
  Hides hides_;
};

/// "/a" of "/a/b"; "/" of "/a" and of "/".
std::string parent_of(std::string_view path);

} // namespace unitlock::advise
