// SPDX-License-Identifier: LGPL-2.1-or-later
// What somebody asks about: one right on one object, read from the words of a command line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "advise/sight.hpp"
#include "base/result.hpp"
#include "landlock/access.hpp"
#include "policy/port_names.hpp"

namespace unitlock::advise {

struct Question {
  /// As the kernel calls it: "fs.read_file"; "fs.change_topology" and "ptrace" too, which nothing
  /// can grant.
  std::string name;
  const landlock::Right* right = nullptr; ///< nullptr for those two

  /// Of the file system: as it was named, simplified.
  std::string path;
  /// The path is the directory in which something is made, removed or moved, and not the thing
  /// itself: denials name directories.
  bool names_directory = false;
  std::uint16_t port = 0; ///< of the network
  /// Of scopes: a socket's or a process's name. Of the network: the address that was named beside
  /// the port. May be empty.
  std::string peer;

  bool is_path() const;
  bool is_port() const { return right && right->family == landlock::Family::Network; }
};

/// Rights that are asked for at the directory of what they make, remove or move.
bool is_decided_at_directory(const landlock::Right& right);

/// About a right by its full name, and about no object yet. Errors: there is no such right.
Result<Question> named_question(const std::string& name);

/// `right`: names of rights ("fs.read_file", "read_file"), comma separated; a directive that grants
/// ("ReadOnlyPaths", "bind-tcp"), for all of its rights; or one of read, write, create, remove,
/// execute, bind, connect, signal, mount, whose meaning depends on what the object is. `object`: a
/// path; a port, by number or name, with "/tcp" or "/udp" behind it where only one is meant, and
/// perhaps an address in front ("10.0.0.1:80", "[::1]:80"); a name or nothing for scopes; nothing
/// for mounting wherever. Errors: words that mean nothing, with what was probably meant.
Result<std::vector<Question>> read_question(const std::string& right, const std::string& object,
                                            const Sight& sight, const PortNames& names);

} // namespace unitlock::advise
