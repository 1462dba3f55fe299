// SPDX-License-Identifier: LGPL-2.1-or-later
// What systemd mounts for a service by its unit's settings, as far as it decides whether a path can
// be written, or is there at all.
//
// Source: systemd.exec(5), "Sandboxing"; systemd's src/core/namespace.c (the tables, and that of
// nested mounts the innermost counts, of those on one path the strictest, and nothing below what is
// inaccessible).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/manager_environment.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

class MountSettings {
public:
  /// `unit` must outlive it.
  MountSettings(const Unit& unit, RuntimeScope scope);

  /// Each: the setting that does it to this path, or nullptr.
  const Assignment* inaccessible(std::string_view path) const;
  const Assignment* read_only(std::string_view path) const;
  const Assignment* not_executable(std::string_view path) const;
  /// Another file than the host's is there, or none.
  const Assignment* replaced(std::string_view path) const;

  /// Nothing of the host's is to be found there: it is out of reach, or something else is mounted
  /// over it and nothing brings it back. False where a specifier leaves that open.
  bool hides(std::string_view path) const;

private:
  /// The strictest first.
  enum class Kind : std::uint8_t { Inaccessible, ReadOnly, ReadWrite };
  enum class Files : std::uint8_t {
    Same,    ///< those that are there anyhow
    New,     ///< of another file system than the host's
    OfHosts, ///< the host's, whatever is mounted around
  };
  struct Mount {
    std::string path;
    Kind kind;
    Files files;
    const Assignment* by;
  };
  void add(std::string_view path, Kind kind, const Assignment* by, Files files = Files::Same);
  void add_list(const char* key, Kind kind);
  void add_system();
  void add_home();
  void add_kernel();
  void add_other_root();
  void add_kernels_own();
  void add_new_file_systems();
  void add_directories();
  const Assignment* other_root() const;
  /// The mount that decides whose files are there; nullptr where none does.
  const Mount* replacing(std::string_view path) const;
  const Mount* innermost(std::string_view path) const;
  /// The setting if it is a boolean and on.
  const Assignment* on(const char* key) const;

  const Unit& unit_;
  RuntimeScope scope_;
  std::vector<Mount> mounts_;
};

} // namespace unitlock
