// SPDX-License-Identifier: LGPL-2.1-or-later
// The one table of Landlock rights, ABI 1 to 11. The wrapper, the parsers, the lowering, the audit
// reader and the man page all read it; a new kernel right is one more row here. Constexpr and
// without heap, because the wrapper links no C++ runtime.
//
// Source: include/uapi/linux/landlock.h (bits), Documentation/userspace-api/landlock.rst (ABIs),
// security/landlock/audit.c (the names: an audit record's `blockers=`).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace unitlock::landlock {

enum class Family : std::uint8_t { Filesystem, Network, Scope };

struct Right {
  std::string_view name; ///< as in `blockers=`: "fs.read_file", "net.bind_tcp", "scope.signal"
  Family family;
  std::uint8_t bit;
  std::uint8_t first_abi;
  bool file_can_carry; ///< a rule on something that is not a directory may grant it
  std::string_view meaning;

  constexpr std::uint64_t mask() const { return std::uint64_t{1} << bit; }
  /// Without the family: "read_file".
  constexpr std::string_view short_name() const { return name.substr(name.find('.') + 1); }
};

inline constexpr auto kRights = std::to_array<Right>({
    {"fs.execute", Family::Filesystem, 0, 1, true, "execute a file"},
    {"fs.write_file", Family::Filesystem, 1, 1, true, "open a file for writing"},
    {"fs.read_file", Family::Filesystem, 2, 1, true, "open a file for reading"},
    {"fs.read_dir", Family::Filesystem, 3, 1, false, "open or list a directory"},
    {"fs.remove_dir", Family::Filesystem, 4, 1, false, "remove or rename an empty directory"},
    {"fs.remove_file", Family::Filesystem, 5, 1, false, "unlink or rename a file"},
    {"fs.make_char", Family::Filesystem, 6, 1, false, "create a character device"},
    {"fs.make_dir", Family::Filesystem, 7, 1, false, "create a directory"},
    {"fs.make_reg", Family::Filesystem, 8, 1, false, "create a regular file"},
    {"fs.make_sock", Family::Filesystem, 9, 1, false, "bind a UNIX socket to a path"},
    {"fs.make_fifo", Family::Filesystem, 10, 1, false, "create a FIFO"},
    {"fs.make_block", Family::Filesystem, 11, 1, false, "create a block device"},
    {"fs.make_sym", Family::Filesystem, 12, 1, false, "create a symbolic link"},
    {"fs.refer", Family::Filesystem, 13, 2, false, "link or rename across directories"},
    {"fs.truncate", Family::Filesystem, 14, 3, true, "truncate a file"},
    {"fs.ioctl_dev", Family::Filesystem, 15, 5, true, "ioctl(2) on a device"},
    {"fs.resolve_unix", Family::Filesystem, 16, 9, true, "connect to a pathname UNIX socket"},
    {"net.bind_tcp", Family::Network, 0, 4, false, "bind a TCP socket to a port"},
    {"net.connect_tcp", Family::Network, 1, 4, false, "connect a TCP socket to a port"},
    {"net.bind_udp", Family::Network, 2, 10, false, "bind a UDP socket to a port"},
    {"net.connect_send_udp", Family::Network, 3, 10, false, "connect or send to a UDP port"},
    {"scope.abstract_unix_socket", Family::Scope, 0, 6, false,
     "connect to an abstract UNIX socket outside"},
    {"scope.signal", Family::Scope, 1, 6, false, "signal a process outside"},
});

/// Rights of all families at once, one kernel bit mask for each.
struct AccessSet {
  std::uint64_t fs = 0;
  std::uint64_t net = 0;
  std::uint64_t scope = 0;

  constexpr bool operator==(const AccessSet&) const = default;
  constexpr bool empty() const { return fs == 0 && net == 0 && scope == 0; }
  constexpr std::uint64_t& of(Family family) {
    return family == Family::Filesystem ? fs : family == Family::Network ? net : scope;
  }
  constexpr std::uint64_t of(Family family) const {
    return family == Family::Filesystem ? fs : family == Family::Network ? net : scope;
  }
  constexpr bool has(const Right& right) const { return (of(right.family) & right.mask()) != 0; }
  constexpr AccessSet operator&(const AccessSet& other) const {
    return {fs & other.fs, net & other.net, scope & other.scope};
  }
  constexpr AccessSet operator|(const AccessSet& other) const {
    return {fs | other.fs, net | other.net, scope | other.scope};
  }
  /// What is here and not in `other`.
  constexpr AccessSet without(const AccessSet& other) const {
    return {fs & ~other.fs, net & ~other.net, scope & ~other.scope};
  }
};

/// By full name ("fs.read_file"); nullptr for a name that is none.
constexpr const Right* find_right(std::string_view name) {
  for (const Right& right : kRights)
    if (right.name == name)
      return &right;
  return nullptr;
}

/// By name inside a family ("read_file"); nullptr for a name that is none.
constexpr const Right* find_right(Family family, std::string_view short_name) {
  for (const Right& right : kRights)
    if (right.family == family && right.short_name() == short_name)
      return &right;
  return nullptr;
}

/// Has no body: calling it where a constant is needed does not compile. (A `throw` would not
/// compile in the wrapper, which is built without exceptions.)
std::uint64_t no_such_right();

/// The kernel bit of a right that exists; a misspelt name does not compile.
consteval std::uint64_t mask_of(std::string_view name) {
  // Not find_right(): GCC 12 with UBSan cannot test its pointer in a constant.
  for (const Right& right : kRights)
    if (right.name == name)
      return right.mask();
  return no_such_right();
}

/// Every right of one family, of any ABI.
constexpr std::uint64_t all_of(Family family) {
  std::uint64_t mask = 0;
  for (const Right& right : kRights)
    if (right.family == family)
      mask |= right.mask();
  return mask;
}

/// What a rule on something that is not a directory may carry; the kernel says EINVAL to the rest
/// (security/landlock/fs.c, ACCESS_FILE).
constexpr std::uint64_t file_rights() {
  std::uint64_t mask = 0;
  for (const Right& right : kRights)
    if (right.family == Family::Filesystem && right.file_can_carry)
      mask |= right.mask();
  return mask;
}

} // namespace unitlock::landlock
