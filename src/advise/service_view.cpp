// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/service_view.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "advise/grant.hpp"
#include "advise/sensitive.hpp"
#include "base/text.hpp"
#include "check/subject.hpp"
#include "declare/program.hpp"
#include "policy/lower.hpp"
#include "unit/expand.hpp"
#include "unit/path_fate.hpp"
#include "unit/service_directories.hpp"
#include "unit/unit_name.hpp"
#include "unit/words.hpp"

namespace unitlock::advise {
namespace {

/// DynamicUser= keeps the directories in "private", with links to them outside.
std::string without_private(std::string_view path) {
  for (const ServiceDirectory& base : kServiceDirectories) {
    std::string hidden = fmt::format("{}/private", base.of_system);
    if (path_is_below(path, hidden) && path != hidden)
      return std::string(base.of_system) + std::string(path.substr(hidden.size()));
  }
  return std::string(path);
}

/// With interpreters, also those that env(1) starts.
std::vector<std::string> programs_of(const Root& root, const DeclaredUnit& declared,
                                     RuntimeScope scope) {
  std::vector<std::string> all;
  for (const WrappedCommand& wrapped : declared.declaration.commands) {
    auto program = expand(wrapped.program, declared.unit.name, scope);
    if (!program)
      continue;
    std::vector<std::string> chain = programs_behind(root, *program);
    bool is_for_env = chain.size() > 1 && path_basename(chain[1]) == "env";
    if (std::string started =
            is_for_env ? started_by_env(root, interpreter_line(root, *program)) : "";
        !started.empty())
      chain.push_back(started);
    for (const std::string& each : chain)
      all.push_back(root.resolve(each).value_or(each));
  }
  return all;
}

/// The programs of everybody.
bool is_general_place(std::string_view directory) {
  constexpr auto kGeneral = std::to_array<std::string_view>(
      {"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/lib"});
  return std::find(kGeneral.begin(), kGeneral.end(), directory) != kGeneral.end();
}

std::string replaced_instance(const std::string& path, const std::string& instance) {
  std::string out;
  for (std::size_t at = 1; at <= path.size();) {
    std::size_t end = std::min(path.find('/', at), path.size());
    std::string component = path.substr(at, end - at);
    out += "/" + (component == instance ? std::string("%i") : escape_specifiers(component));
    at = end + 1;
  }
  return out;
}

} // namespace

ServiceView::ServiceView(const Root& root, const DeclaredUnit& declared, RuntimeScope scope,
                         std::map<std::string, std::string> others, std::string home)
    : root_(root), declared_(declared), scope_(scope), others_(std::move(others)),
      home_(std::move(home)), own_(own_directories(declared.unit, scope)),
      programs_(programs_of(root, declared, scope)) {
  if (auto name = parse_unit_name(declared.unit.name))
    names_.push_back(name->prefix);
  const Assignment* user = declared.unit.scalar("Service", "User");
  if (user && user->value != "root" && user->value != "nobody" && user->value != "0")
    names_.push_back(user->value);
}

bool ServiceView::runs_as_root() const {
  const Assignment* dynamic = unit().scalar("Service", "DynamicUser");
  return scope_ == RuntimeScope::System && !unit().scalar("Service", "User") &&
         !(dynamic && parse_boolean(dynamic->value).value_or(false));
}

bool ServiceView::is_hidden(const std::string& path) const {
  PathFate fate = fate_of(unit(), path);
  if (fate.covered || fate.inaccessible)
    return true;
  const Assignment* tmp = unit().scalar("Service", "PrivateTmp");
  bool own_tmp = tmp && (parse_boolean(tmp->value).value_or(false) || tmp->value == "disconnected");
  return (own_tmp && (path_is_below(path, "/tmp") || path_is_below(path, "/var/tmp"))) ||
         path_is_below(path, "/proc");
}

Entry ServiceView::look(const std::string& path) const {
  Entry entry;
  if (is_hidden(path))
    return entry;
  auto fd = root_.open_file(path, O_PATH | O_NOFOLLOW);
  struct stat what {};
  if (!fd) {
    entry.known = fd.error().number == ENOENT || fd.error().number == ENOTDIR;
    entry.exists = !entry.known;
  } else if (fstat(fd->get(), &what) == 0) {
    entry.known = true;
    entry.is_directory = S_ISDIR(what.st_mode);
    entry.is_link = S_ISLNK(what.st_mode);
    entry.is_executable = S_ISREG(what.st_mode) && (what.st_mode & 0111) != 0;
  }
  return entry;
}

std::optional<std::vector<DirectoryEntry>> ServiceView::list(const std::string& directory) const {
  if (is_hidden(directory))
    return std::nullopt;
  auto entries = root_.list(directory);
  return entries ? std::optional(std::move(*entries)) : std::nullopt;
}

bool ServiceView::is_own(std::string_view path) const {
  std::string plain = without_private(path);
  auto below = [&](const std::string& directory) { return path_is_below(plain, directory); };
  if (std::any_of(own_.begin(), own_.end(),
                  [&](const OwnDirectory& directory) { return below(directory.path); }))
    return true;
  for (std::string_view base : {"/var/lib", "/run", "/var/cache", "/var/log", "/var/spool", "/etc"})
    for (const std::string& name : names_)
      if (below(fmt::format("{}/{}", base, name)))
        return true;
  return false;
}

const std::string* ServiceView::other_owner(std::string_view path) const {
  if (is_own(path))
    return nullptr;
  std::string plain = without_private(path);
  for (const auto& [directory, owner] : others_)
    if (path_is_below(plain, directory))
      return &owner;
  return nullptr;
}

bool ServiceView::is_own_program(const std::string& program) const {
  constexpr std::string_view kReplaced = " (deleted)"; // by an upgrade
  std::string path =
      program.ends_with(kReplaced) ? program.substr(0, program.size() - kReplaced.size()) : program;
  return std::find(programs_.begin(), programs_.end(), path) != programs_.end() ||
         is_granted_program(path);
}

bool ServiceView::is_granted_program(const std::string& program) const {
  if (program.empty() || program[0] != '/' || is_interpreter(program) ||
      (restricted_by(policy()).fs & check::kExecute) == 0)
    return false;
  std::uint64_t rights = granted(program, false, unit().name);
  if ((rights & check::kExecute) == 0 || (rights & check::kWrites) != 0)
    return false;
  return is_granted_by_file(program, check::kExecute, unit().name) ||
         !is_general_place(program.substr(0, program.rfind('/')));
}

const check::Reach& ServiceView::reach(const std::string& unit) const {
  auto found = reaches_.find(unit);
  if (found == reaches_.end())
    found = reaches_.try_emplace(unit, root_, policy(), unit, scope_).first;
  return found->second;
}

std::uint64_t ServiceView::granted(const std::string& path, bool is_directory,
                                   const std::string& unit) const {
  std::uint64_t rights =
      ~restricted_by(policy()).fs & landlock::all_of(landlock::Family::Filesystem);
  for (const check::PlacedRule& placed : reach(unit).rules()) {
    bool covers = path_is_below(path, placed.real) &&
                  (path != placed.real ? placed.kind != FileKind::Regular : true);
    if (covers)
      rights |= placed.rule->access;
  }
  return is_directory ? rights : on_file(rights);
}

bool ServiceView::is_granted_by_file(const std::string& path, std::uint64_t rights,
                                     const std::string& unit) const {
  std::uint64_t by_file = 0, by_others = 0;
  for (const check::PlacedRule& placed : reach(unit).rules())
    if (path == placed.real)
      by_file |= on_file(placed.rule->access);
    else if (path_is_below(path, placed.real) && placed.kind != FileKind::Regular)
      by_others |= placed.rule->access;
  return (rights & ~(by_file | by_others)) == 0 && (rights & ~by_others) != 0;
}

bool ServiceView::grants_below(const std::string& path, std::uint64_t rights,
                               const std::string& unit) const {
  const auto& rules = reach(unit).rules();
  return std::any_of(rules.begin(), rules.end(), [&](const check::PlacedRule& placed) {
    return path_is_below(placed.real, path) && (placed.rule->access & rights) != 0;
  });
}

Result<std::string> ServiceView::written(const std::string& path, const std::string& unit) const {
  auto plain = declared_path(path);
  if (!plain)
    return plain;
  std::string escaped = *plain;
  auto name = parse_unit_name(unit);
  auto declared = parse_unit_name(declared_.unit.name);
  if (name && declared && name->is_instance() && declared->is_template())
    escaped = replaced_instance(path, *name->instance);
  if (scope_ == RuntimeScope::User) {
    bool at_home = !home_.empty() && home_ != "/" && path_is_below(path, home_) &&
                   escape_specifiers(home_) == home_;
    return at_home ? "%h" + escaped.substr(home_.size()) : escaped;
  }
  if (!is_own(path))
    return escaped;
  escaped = without_private(escaped);
  for (const ServiceDirectory& base : kServiceDirectories)
    // Nobody writes %E for /etc.
    if (!base.is_for_reading && path_is_below(escaped, base.of_system))
      return std::string(base.specifier) + escaped.substr(base.of_system.size());
  return escaped;
}

std::map<std::string, std::string>
directories_of_others(const DeclarationIndex& index, const std::string& unit, RuntimeScope scope) {
  std::map<std::string, std::string> all;
  auto names_one = [](std::string_view text) {
    return text.find("Directory=") != std::string_view::npos;
  };
  for (const DeclaredUnit& other : index.having(names_one))
    if (other.unit.name != unit)
      for (const OwnDirectory& directory : own_directories(other.unit, scope))
        all.emplace(directory.path, other.unit.name);
  return all;
}

} // namespace unitlock::advise
