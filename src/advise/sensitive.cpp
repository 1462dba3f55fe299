// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/sensitive.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/escape.hpp"
#include "check/places.hpp"
#include "check/subject.hpp"

namespace unitlock::advise {
namespace {

constexpr std::uint64_t kMakes =
    landlock::mask_of("fs.make_char") | landlock::mask_of("fs.make_dir") |
    landlock::mask_of("fs.make_reg") | landlock::mask_of("fs.make_sock") |
    landlock::mask_of("fs.make_fifo") | landlock::mask_of("fs.make_block") |
    landlock::mask_of("fs.make_sym") | landlock::mask_of("fs.remove_dir") |
    landlock::mask_of("fs.remove_file") | landlock::mask_of("fs.refer");
constexpr std::uint64_t kChanges =
    kMakes | landlock::mask_of("fs.write_file") | landlock::mask_of("fs.truncate");
constexpr std::uint64_t kReads = check::kReadFile | landlock::mask_of("fs.read_dir");
constexpr std::uint64_t kMakesDevice =
    landlock::mask_of("fs.make_char") | landlock::mask_of("fs.make_block");

/// Keys that servers are given, and may ask for.
constexpr auto kServersSecrets = std::to_array<std::string_view>(
    {"/etc/ssl/private", "/etc/letsencrypt/live", "/etc/letsencrypt/archive",
     "/etc/letsencrypt/accounts", "/etc/letsencrypt/keys"});
constexpr auto kSystemsSecrets = std::to_array<std::string_view>(
    {"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/security/opasswd",
     "/etc/sudoers", "/etc/sudoers.d", "/etc/wireguard", "/etc/NetworkManager/system-connections",
     "/etc/krb5.keytab", "/etc/credstore", "/etc/credstore.encrypted",
     "/var/lib/systemd/credential.secret", "/var/lib/systemd/random-seed", "/var/lib/sss/secrets",
     "/run/credentials"});
constexpr auto kSecretDirectories = std::to_array<std::string_view>(
    {".ssh", ".gnupg", ".aws", ".kube", ".docker", ".password-store", ".pki"});
constexpr auto kSecretNames =
    std::to_array<std::string_view>({".netrc", ".pgpass", ".my.cnf", ".git-credentials",
                                     ".htpasswd", "authorized_keys", "credentials", "passwd.db"});
constexpr auto kSecretEndings = std::to_array<std::string_view>(
    {".key", "_key", "key.pem", ".keytab", ".p12", ".pfx", ".kdbx", ".jks", ".keystore"});

/// Devices that hold nothing and do nothing.
constexpr auto kIdleDevices = std::to_array<std::string_view>(
    {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"});

constexpr auto kPrograms =
    std::to_array<std::string_view>({"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"});

template <class Places>
bool is_in(std::string_view path, const Places& places) {
  return std::any_of(places.begin(), places.end(),
                     [&](std::string_view place) { return path_is_below(path, place); });
}
template <class Places>
bool holds_one(std::string_view directory, const Places& places) {
  return std::any_of(places.begin(), places.end(),
                     [&](std::string_view place) { return path_is_below(place, directory); });
}

bool is_systems_or_persons_secret(std::string_view path) {
  if (is_in(path, kSystemsSecrets))
    return true;
  for (std::size_t at = 1; at <= path.size();) {
    std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view component = path.substr(at, end - at);
    if (std::find(kSecretDirectories.begin(), kSecretDirectories.end(), component) !=
        kSecretDirectories.end())
      return true;
    at = end + 1;
  }
  return false;
}

struct Judgement {
  std::vector<std::string> reasons;
  bool looks_like_attack = false;
};

class Judge {
public:
  Judge(const Access& access, const ServiceView& view) : access_(access), view_(view) {}

  Judgement run() {
    secrets();
    state_of_others();
    shared_places();
    homes();
    kernel_files();
    devices();
    levers();
    programs();
    execution();
    sockets();
    breadth();
    return std::move(judgement_);
  }

private:
  bool wants(std::uint64_t rights) const { return (access_.rights & rights) != 0; }
  bool is_below(std::string_view directory) const { return path_is_below(access_.path, directory); }
  void add(std::string reason) { judgement_.reasons.push_back(std::move(reason)); }
  void add(std::string reason, bool looks_like_attack) {
    add(std::move(reason));
    judgement_.looks_like_attack = judgement_.looks_like_attack || looks_like_attack;
  }

  void secrets() {
    if (!wants(kReads | kChanges))
      return;
    if (is_secret(access_.path))
      add("keys, passwords or hashes of them",
          is_systems_or_persons_secret(access_.path) && !view_.is_own(access_.path));
    else if (access_.is_directory && wants(check::kReadFile | kChanges) && holds_secret())
      add("keys or passwords lie in it");
  }
  bool holds_secret() const {
    if (holds_one(access_.path, kServersSecrets) || holds_one(access_.path, kSystemsSecrets))
      return true;
    auto entries = view_.list(access_.path);
    return entries && std::any_of(entries->begin(), entries->end(), [&](const DirectoryEntry& e) {
             return is_secret(access_.path + "/" + e.name);
           });
  }

  void state_of_others() {
    if (view_.is_own(access_.path))
      return;
    if (const std::string* owner = view_.other_owner(access_.path)) {
      if (wants(kReads | kChanges))
        add(fmt::format("it is of {}", escape(*owner, Backslash::Keep)));
      return;
    }
    for (std::string_view base :
         {"/var/lib", "/var/spool", "/var/mail", "/var/backups", "/srv/backup"})
      if (is_below(base) && wants(kReads | kChanges))
        return add("state that is not known to be this service's own");
    for (std::string_view base : {"/run", "/var/cache", "/var/log"})
      if (is_below(base) && wants(kChanges))
        return add(
            fmt::format("what is in {} and not the service's own is written by others", base));
  }

  void shared_places() {
    // With PrivateTmp= the service sees another directory.
    for (std::string_view base : {"/tmp", "/var/tmp", "/dev/shm"})
      if (is_below(base) && view_.look(access_.path).known)
        return add("anybody can put something else there");
  }

  void homes() {
    if (view_.scope() == RuntimeScope::User)
      return;
    for (std::string_view base : {"/home", "/root", "/run/user"})
      if (is_below(base))
        return add("people's files");
  }

  void kernel_files() {
    if (is_below("/proc"))
      add("/proc tells of all processes and steers the kernel");
    if (is_below("/sys"))
      add("/sys tells of the machine and steers it");
  }

  void devices() {
    bool idle =
        std::find(kIdleDevices.begin(), kIdleDevices.end(), access_.path) != kIdleDevices.end();
    if (is_below("/dev") && !idle && !is_below("/dev/shm"))
      add("a device");
    else if (wants(landlock::mask_of("fs.ioctl_dev")))
      add("control of a device");
    if (wants(kMakesDevice))
      add("a device node is a way around every other rule");
  }

  void levers() {
    if (!wants(kChanges))
      return;
    for (const check::Lever& lever : check::kLevers)
      if (access_.path == lever.path || (lever.all_below && is_below(lever.path)) ||
          (access_.is_directory && path_is_below(lever.path, access_.path)))
        // Not what is made in /run or /etc, where something of the kind lies among other things.
        return add(fmt::format("writing there decides what others do: {}", lever.path),
                   is_below(lever.path));
  }

  void programs() {
    if (!wants(kChanges))
      return;
    Entry entry = view_.look(access_.path);
    if (is_in(access_.path, kPrograms))
      add("programs and libraries would become writable");
    else if (entry.known && entry.is_executable)
      add("an executable file would become writable");
  }

  void execution() {
    std::uint64_t had = view_.granted(access_.path, access_.is_directory, access_.unit);
    bool writes_what_runs =
        wants(kChanges) &&
        ((had & check::kExecute) != 0 || wants(check::kExecute) ||
         (access_.is_directory && view_.grants_below(access_.path, check::kExecute, access_.unit)));
    bool runs_what_is_written = wants(check::kExecute) && (had & check::kWrites) != 0;
    if (writes_what_runs || runs_what_is_written)
      add("the service could write what it executes");
    if (wants(check::kExecute) && is_interpreter(access_.path))
      add("a shell or an interpreter executes whatever it is given",
          is_shell(access_.path) && !view_.is_own_program(access_.path));
    if (wants(check::kExecute) && access_.is_directory)
      add("every program in it could be executed");
  }

  void sockets() {
    if (!wants(check::kResolveUnix))
      return;
    std::string_view path = access_.path;
    if (path.starts_with("/var/run/"))
      path.remove_prefix(4);
    for (std::string_view socket : check::kPowerfulSockets)
      if (path_is_below(path, socket) || (access_.is_directory && path_is_below(socket, path)))
        return add("who may connect there can have things done outside of the confinement",
                   path_is_below(path, socket));
    if (path == "/run/dbus/system_bus_socket" && view_.runs_as_root())
      add("on the system's bus, root may ask systemd for anything");
  }

  /// To list a broad directory is one thing; a rule on "/" is one for every directory there is.
  void breadth() {
    if (access_.is_directory && check::is_broad(access_.path) &&
        (access_.path == "/" || wants(~landlock::mask_of("fs.read_dir"))))
      add(fmt::format("far more lies in {} than the service has to do with", escape(access_.path)));
  }

  const Access& access_;
  const ServiceView& view_;
  Judgement judgement_;
};

} // namespace

bool is_secret(std::string_view path) {
  if (is_in(path, kServersSecrets) || is_systems_or_persons_secret(path))
    return true;
  std::string_view name = path_basename(path);
  if (name.starts_with("id_") && !name.ends_with(".pub"))
    return true;
  return std::find(kSecretNames.begin(), kSecretNames.end(), name) != kSecretNames.end() ||
         std::any_of(kSecretEndings.begin(), kSecretEndings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_shell(std::string_view path) {
  std::string_view name = path_basename(path);
  return name == "sh" || name == "bash" || name == "dash" || name == "zsh" || name == "busybox";
}

bool is_interpreter(std::string_view path) {
  constexpr auto kNames = std::to_array<std::string_view>({"sh",
                                                           "bash",
                                                           "dash",
                                                           "zsh",
                                                           "ksh",
                                                           "fish",
                                                           "busybox",
                                                           "env",
                                                           "gawk",
                                                           "mawk",
                                                           "awk",
                                                           "expect",
                                                           "xargs",
                                                           "find",
                                                           "gdb",
                                                           "socat",
                                                           "nc",
                                                           "nc.openbsd",
                                                           "nc.traditional",
                                                           "ncat"});
  constexpr auto kFamilies = std::to_array<std::string_view>(
      {"python", "perl", "ruby", "php", "lua", "node", "tclsh", "guile", "java"});
  std::string_view name = path_basename(path);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](std::string_view family) { return name.starts_with(family); });
}

std::vector<std::string> why_sensitive(const Access& access, const ServiceView& view) {
  return Judge(access, view).run().reasons;
}

std::string why_sensitive_scope(std::uint64_t scope) {
  return scope == landlock::mask_of("scope.signal")
             ? "all processes that its user may signal, not only this one"
             : "all abstract sockets of the machine, not only this one";
}

bool looks_like_attack(const Access& access, const ServiceView& view) {
  return Judge(access, view).run().looks_like_attack;
}

} // namespace unitlock::advise
