// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of a machine as one service sees them: what is the service's own, what the host's file
// of a path says about the service's, and how a declaration writes a path.
//
// Source: systemd.exec(5), "Sandboxing"; systemd.unit(5), "Specifiers".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "check/reach.hpp"
#include "declare/declaration_index.hpp"
#include "unit/service_directories.hpp"

namespace unitlock::advise {

/// What is at a path; links not followed, as paths of records have none.
struct Entry {
  bool known = false; ///< false where the service sees another file than this one, or none may look
  bool exists = true;
  bool is_directory = false;
  bool is_link = false;
  bool is_executable = false; ///< a file with an execute bit
};

class ServiceView {
public:
  /// `root` and `declared` must outlive it. `others`: directories of other services, see
  /// directories_of_others(). `home`: of the user whose manager it is; empty for the system's.
  ServiceView(const Root& root, const DeclaredUnit& declared, RuntimeScope scope,
              std::map<std::string, std::string> others = {}, std::string home = {});

  /// When what runs was started; what was denied before is of another start.
  void set_started(std::uint64_t usec) { started_usec_ = usec; }
  std::uint64_t started_usec() const { return started_usec_; }

  Entry look(const std::string& path) const;
  /// Sorted; nullopt where the service's directory cannot be looked into.
  std::optional<std::vector<DirectoryEntry>> list(const std::string& directory) const;

  /// Whether a path is in a directory that is the service's: by StateDirectory= and its siblings,
  /// or because /var/lib, /run, /var/cache, /var/log, /var/spool and /etc have one of its name (or
  /// of its User=).
  bool is_own(std::string_view path) const;
  /// The unit that declares the directory that the path is in, if another one does.
  const std::string* other_owner(std::string_view path) const;

  /// Whether a program, as the kernel names it, is one of the unit's commands or the interpreter of
  /// one, or is no interpreter and granted to be executed where the service cannot write: by its
  /// own path, or in a directory of helpers.
  bool is_own_program(const std::string& program) const;

  /// What the declaration grants at a path, for the unit of this name (an instance, where the
  /// declaration is a template's). Rules whose specifiers only the start tells count for nothing.
  std::uint64_t granted(const std::string& path, bool is_directory, const std::string& unit) const;
  /// Whether a rule on just this file, and none on a directory, grants the rights.
  bool is_granted_by_file(const std::string& path, std::uint64_t rights,
                          const std::string& unit) const;
  /// Whether a rule below the path grants one of the rights.
  bool grants_below(const std::string& path, std::uint64_t rights, const std::string& unit) const;

  /// As a declaration writes it, with specifiers where they fit: %S and its siblings for the
  /// service's own directories, %h for a user's home, %i where the declaration is a template's.
  /// Errors: declared_path().
  Result<std::string> written(const std::string& path, const std::string& unit) const;

  const Root& root() const { return root_; }
  const Unit& unit() const { return declared_.unit; }
  const Policy& policy() const { return declared_.declaration.policy; }
  RuntimeScope scope() const { return scope_; }
  const std::string& home() const { return home_; }
  /// No User= and no DynamicUser=.
  bool runs_as_root() const;

private:
  bool is_hidden(const std::string& path) const;
  bool is_granted_program(const std::string& program) const;
  const check::Reach& reach(const std::string& unit) const;

  const Root& root_;
  const DeclaredUnit& declared_;
  RuntimeScope scope_;
  std::uint64_t started_usec_ = 0;
  std::map<std::string, std::string> others_;
  std::string home_;
  std::vector<std::string> names_;    ///< its own and its user's
  std::vector<OwnDirectory> own_;     ///< directories that its settings name
  std::vector<std::string> programs_; ///< of its commands, links resolved
  mutable std::map<std::string, check::Reach> reaches_;
};

/// StateDirectory= and its siblings of all services but this one: directory → unit.
std::map<std::string, std::string>
directories_of_others(const DeclarationIndex& index, const std::string& unit, RuntimeScope scope);

} // namespace unitlock::advise
