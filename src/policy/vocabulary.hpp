// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of a declaration: one row for each directive that grants something, with its name in
// the [X-Landlock] section and its key in presets and in the wrapper's options. Constexpr and
// without heap, because the wrapper uses it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "landlock/access.hpp"

namespace unitlock {

/// A directive that takes paths and grants the same rights on each of them.
struct PathDirective {
  std::string_view name; ///< "ReadOnlyPaths"
  std::string_view key;  ///< "read-only", as preset key and as wrapper option "--read-only="
  std::uint64_t access;  ///< Family::Filesystem bits
  std::string_view meaning;
};

/// A directive that takes ports and grants one right on each of them.
struct PortDirective {
  std::string_view name;     ///< "BindTCP"
  std::string_view key;      ///< "bind-tcp"
  std::uint64_t access;      ///< a Family::Network bit
  std::string_view protocol; ///< for names from services(5)
};

inline constexpr std::uint64_t kReadOnly =
    landlock::mask_of("fs.read_file") | landlock::mask_of("fs.read_dir");

/// Everything but execution and what concerns devices and sockets of others.
inline constexpr std::uint64_t kReadWrite =
    landlock::all_of(landlock::Family::Filesystem) &
    ~(landlock::mask_of("fs.execute") | landlock::mask_of("fs.make_char") |
      landlock::mask_of("fs.make_block") | landlock::mask_of("fs.ioctl_dev") |
      landlock::mask_of("fs.resolve_unix"));

inline constexpr auto kPathDirectives = std::to_array<PathDirective>({
    {"ReadOnlyPaths", "read-only", kReadOnly, "read files and list directories"},
    {"ExecPaths", "exec", landlock::mask_of("fs.execute") | kReadOnly, "execute and read"},
    {"ReadWritePaths", "read-write", kReadWrite,
     "read, write, create, remove, rename; not execute, no device nodes"},
    {"DevicePaths", "device",
     landlock::mask_of("fs.read_file") | landlock::mask_of("fs.write_file") |
         landlock::mask_of("fs.ioctl_dev"),
     "open and control devices"},
    {"SocketPaths", "socket", landlock::mask_of("fs.resolve_unix"),
     "connect to pathname UNIX sockets"},
});

inline constexpr auto kPortDirectives = std::to_array<PortDirective>({
    {"BindTCP", "bind-tcp", landlock::mask_of("net.bind_tcp"), "tcp"},
    {"ConnectTCP", "connect-tcp", landlock::mask_of("net.connect_tcp"), "tcp"},
    {"BindUDP", "bind-udp", landlock::mask_of("net.bind_udp"), "udp"},
    {"ConnectUDP", "connect-udp", landlock::mask_of("net.connect_send_udp"), "udp"},
});

/// Settings of a unit that paths are derived from, and that a preset can leave out
/// (systemd.exec(5)).
struct DerivedSetting {
  std::string_view word;
};
inline constexpr DerivedSetting kDerivedSettings[] = {
    {"RuntimeDirectory"}, {"StateDirectory"},         {"CacheDirectory"},
    {"LogsDirectory"},    {"ConfigurationDirectory"}, {"ReadWritePaths"},
    {"BindPaths"},        {"BindReadOnlyPaths"},      {"PrivateTmp"},
};

/// The words of `Restrict=` and `Scope=`.
struct FamilyWord {
  std::string_view word;
  landlock::Family family;
};
inline constexpr FamilyWord kFamilyWords[] = {
    {"filesystem", landlock::Family::Filesystem},
    {"network", landlock::Family::Network},
    {"scope", landlock::Family::Scope},
};
struct ScopeWord {
  std::string_view word;
  std::uint64_t mask;
};
inline constexpr ScopeWord kScopeWords[] = {
    {"signal", landlock::mask_of("scope.signal")},
    {"abstract-unix-socket", landlock::mask_of("scope.abstract_unix_socket")},
};

} // namespace unitlock
