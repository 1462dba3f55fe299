// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/mount_settings.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "unit/expand.hpp"
#include "unit/path_fate.hpp"
#include "unit/service_directories.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

constexpr const char* kSystem[] = {"/usr", "/boot", "/efi", "/lib", "/lib64", "/bin", "/sbin"};
constexpr const char* kHomes[] = {"/home", "/root", "/run/user"};
/// Left alone by ProtectSystem=strict: other settings are for these.
constexpr const char* kNotOfSystem[] = {"/proc", "/sys", "/dev", "/home", "/root", "/run/user"};
constexpr const char* kTunables[] = {
    "/proc/acpi",          "/proc/apm",           "/proc/asound", "/proc/bus",  "/proc/fs",
    "/proc/irq",           "/proc/latency_stats", "/proc/mttrr",  "/proc/scsi", "/proc/sys",
    "/proc/sysrq-trigger", "/proc/timer_stats",   "/sys",
};
/// What PrivateDevices= takes over into its /dev.
constexpr const char* kKeptInDev[] = {"/dev/hugepages", "/dev/mqueue", "/dev/pts", "/dev/shm"};
constexpr const char* kTemporary[] = {"/tmp", "/var/tmp"};

} // namespace

MountSettings::MountSettings(const Unit& unit, RuntimeScope scope) : unit_(unit), scope_(scope) {
  add_system();
  add_home();
  add_kernel();
  add_other_root();
  add_kernels_own();
  add_new_file_systems();
  add_directories();
  add_list("InaccessiblePaths", Kind::Inaccessible);
  add_list("ReadOnlyPaths", Kind::ReadOnly);
  add_list("ReadWritePaths", Kind::ReadWrite);
}

void MountSettings::add(std::string_view path, Kind kind, const Assignment* by, Files files) {
  auto expanded = expand(path, unit_.name, scope_);
  if (expanded && expanded->starts_with('/'))
    mounts_.push_back({simplify_path(*expanded), kind, files, by});
}

/// In another root, "+" says that the path is one of it. The others are the host's, and whether
/// they lie in that root is not known here.
void MountSettings::add_list(const char* key, Kind kind) {
  for (const Unit::Word& word : unit_.words("Service", key)) {
    std::string_view marks =
        std::string_view(word.text).substr(0, word.text.find_first_not_of("-+"));
    if (!other_root() || marks.find('+') != std::string_view::npos)
      add(without_path_marks(word.text), kind, word.assignment);
  }
}

const Assignment* MountSettings::on(const char* key) const {
  const Assignment* found = unit_.scalar("Service", key);
  return found && parse_boolean(found->value).value_or(false) ? found : nullptr;
}

void MountSettings::add_system() {
  const Assignment* said = unit_.scalar("Service", "ProtectSystem");
  const Assignment* dynamic = on("DynamicUser");
  bool is_strict = dynamic || (said && said->value == "strict");
  if (is_strict) {
    const Assignment* by = said && said->value == "strict" ? said : dynamic;
    add("/", Kind::ReadOnly, by);
    for (const char* path : kNotOfSystem)
      add(path, Kind::ReadWrite, by);
    return;
  }
  if (!said || (said->value != "full" && !parse_boolean(said->value).value_or(false)))
    return;
  for (const char* path : kSystem)
    add(path, Kind::ReadOnly, said);
  if (said->value == "full")
    add("/etc", Kind::ReadOnly, said);
}

void MountSettings::add_home() {
  const Assignment* said = unit_.scalar("Service", "ProtectHome");
  const Assignment* dynamic = on("DynamicUser");
  bool is_no = !said || parse_boolean(said->value) == std::optional(false);
  if (is_no && !dynamic)
    return;
  const Assignment* by = is_no ? dynamic : said;
  bool is_hidden = !is_no && parse_boolean(said->value).value_or(false);
  for (const char* path : kHomes)
    add(path, is_hidden ? Kind::Inaccessible : Kind::ReadOnly, by,
        by->value == "tmpfs" ? Files::New : Files::Same);
}

void MountSettings::add_kernel() {
  if (const Assignment* by = on("ProtectKernelTunables")) {
    for (const char* path : kTunables)
      add(path, Kind::ReadOnly, by);
    add("/run", Kind::ReadWrite, by);           // whatever is read-only above it (seen on 257)
    add("/sys/fs/cgroup", Kind::ReadWrite, by); // which is for ProtectControlGroups=
  }
  const Assignment* groups = unit_.scalar("Service", "ProtectControlGroups");
  if (groups && parse_boolean(groups->value) != std::optional(false))
    add("/sys/fs/cgroup", Kind::ReadOnly, groups);
  if (const Assignment* by = on("ProtectKernelModules"))
    for (const char* path : {"/usr/lib/modules", "/lib/modules"})
      add(path, Kind::Inaccessible, by);
  if (const Assignment* by = on("ProtectKernelLogs"))
    for (const char* path : {"/dev/kmsg", "/proc/kmsg"})
      add(path, Kind::Inaccessible, by);
}

const Assignment* MountSettings::other_root() const {
  for (const char* key : {"RootDirectory", "RootImage", "RootMStack"})
    if (const Assignment* root = unit_.scalar("Service", key); root && root->value != "/")
      return root;
  return nullptr;
}

void MountSettings::add_other_root() {
  if (const Assignment* root = other_root())
    add("/", Kind::ReadWrite, root, Files::New);
}

/// /dev and /sys of the host are mounted again into an empty or another root: by MountAPIVFS=,
/// which another root implies, and /sys for a network of its own.
void MountSettings::add_kernels_own() {
  const Assignment* said = unit_.scalar("Service", "MountAPIVFS");
  const Assignment* api = said ? on("MountAPIVFS") : other_root();
  if (api)
    for (const char* path : {"/dev", "/sys"})
      add(path, Kind::ReadWrite, api, Files::OfHosts);
  if (const Assignment* by = on("PrivateNetwork"))
    add("/sys", Kind::ReadWrite, by, Files::OfHosts);
}

void MountSettings::add_new_file_systems() {
  const Assignment* tmp = unit_.scalar("Service", "PrivateTmp");
  if (tmp && tmp->value != "disconnected" && !parse_boolean(tmp->value).value_or(false))
    tmp = nullptr;
  if (!tmp)
    tmp = on("DynamicUser");
  if (tmp)
    for (const char* path : kTemporary)
      add(path, Kind::ReadWrite, tmp, Files::New);
  if (const Assignment* by = on("PrivateDevices")) {
    add("/dev", Kind::ReadWrite, by, Files::New);
    for (const char* path : kKeptInDev)
      add(path, Kind::ReadWrite, by, Files::OfHosts);
  }
  for (const Unit::Word& word : unit_.words("Service", "TemporaryFileSystem")) {
    std::string options = "," + colon_field(word.text, 1) + ",";
    bool is_read_only = options.find(",ro,") != std::string::npos;
    add(colon_field(word.text, 0), is_read_only ? Kind::ReadOnly : Kind::ReadWrite, word.assignment,
        Files::New);
  }
  for (const char* key : {"BindPaths", "BindReadOnlyPaths"})
    for (const Unit::Word& word : unit_.words("Service", key)) {
      std::string source = without_path_marks(colon_field(word.text, 0));
      std::string target = colon_field(word.text, 1);
      bool is_elsewhere = !target.empty() && target != source;
      add(is_elsewhere ? target : source,
          key == std::string_view("BindPaths") ? Kind::ReadWrite : Kind::ReadOnly, word.assignment,
          is_elsewhere ? Files::New : Files::OfHosts);
    }
}

/// Directories of the service's own, which stay writable.
void MountSettings::add_directories() {
  for (const ServiceDirectory& row : kServiceDirectories)
    for (const Unit::Word& word : unit_.words("Service", row.setting)) {
      std::string name = colon_field(word.text, 0);
      add(fmt::format("{}/{}", row.specifier, name), Kind::ReadWrite, word.assignment);
      // Where DynamicUser= keeps it; the other name is a link.
      add(fmt::format("{}/private/{}", row.specifier, name), Kind::ReadWrite, word.assignment);
    }
}

const MountSettings::Mount* MountSettings::innermost(std::string_view path) const {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts_) {
    if (!path_is_below(path, mount.path))
      continue;
    if (mount.kind == Kind::Inaccessible && (!found || found->kind != Kind::Inaccessible))
      found = &mount;
    else if (found && found->kind == Kind::Inaccessible)
      continue;
    else if (!found || mount.path.size() > found->path.size() ||
             (mount.path.size() == found->path.size() && mount.kind < found->kind))
      found = &mount;
  }
  return found;
}

const Assignment* MountSettings::inaccessible(std::string_view path) const {
  const Mount* mount = innermost(path);
  return mount && mount->kind == Kind::Inaccessible ? mount->by : nullptr;
}

const Assignment* MountSettings::read_only(std::string_view path) const {
  const Mount* mount = innermost(path);
  return mount && mount->kind == Kind::ReadOnly ? mount->by : nullptr;
}

const Assignment* MountSettings::not_executable(std::string_view path) const {
  return fate_of(unit_, path).not_executable;
}

const Assignment* MountSettings::replaced(std::string_view path) const {
  if (const Assignment* covered = fate_of(unit_, path).covered)
    return covered;
  const Mount* mount = replacing(path);
  return mount && mount->files == Files::New ? mount->by : nullptr;
}

bool MountSettings::hides(std::string_view path) const {
  if (inaccessible(path))
    return true;
  const Mount* mount = replacing(path);
  return mount && mount->files == Files::New;
}

/// Of several on one place the last: they are in the order in which systemd mounts them.
const MountSettings::Mount* MountSettings::replacing(std::string_view path) const {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts_)
    if (mount.files != Files::Same && path_is_below(path, mount.path) &&
        (!found || mount.path.size() >= found->path.size()))
      found = &mount;
  return found;
}

} // namespace unitlock
