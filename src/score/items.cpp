// SPDX-License-Identifier: LGPL-2.1-or-later
#include "score/items.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/places.hpp"
#include "check/subject.hpp"

namespace unitlock::score {
namespace {

using check::kExecute;
using check::kReadFile;
using check::kResolveUnix;
using check::kWrites;
using check::PlacedRule;
using landlock::AccessSet;
using Paths = std::span<const std::string_view>;

std::string listed(const std::vector<std::string>& all) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> shown(all.begin(),
                                 all.begin() + static_cast<long>(std::min(kShown, all.size())));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     all.size() > kShown ? fmt::format(" and {} more", all.size() - kShown) : "");
}

/// Where the kernel or the policy leaves one of these rights open, it is so everywhere.
Reached without_limits(const View& view, const AccessSet& rights) {
  if (view.open(rights).empty())
    return {};
  return {100, view.why_open(rights), nullptr};
}

/// A directory or file as a whole.
Reached whole(const View& view, std::string_view path, std::uint64_t rights) {
  if (Reached open = without_limits(view, {rights, 0, 0}); open.percent > 0)
    return open;
  const PathRule* rule = view.reach().granting(view.real(path), rights);
  return rule ? Reached{100, std::string(path), &rule->from} : Reached{};
}

/// Something in a directory, and how bad that is.
Reached part(const View& view, std::string_view path, std::uint64_t rights, unsigned percent) {
  const PathRule* rule = view.reach().granting_below(view.real(path), rights);
  if (!rule)
    return {};
  return {percent, percent < 100 ? fmt::format("in part: {}", rule->path) : rule->path,
          &rule->from};
}

/// As many of the paths as can be reached as a whole, but at least `least` if it is one.
Reached share(const View& view, Paths paths, std::uint64_t rights, unsigned least) {
  if (Reached open = without_limits(view, {rights, 0, 0}); open.percent > 0)
    return open;
  std::vector<std::string> reached;
  const Provenance* from = nullptr;
  for (std::string_view path : paths)
    if (const PathRule* rule = view.reach().granting(view.real(path), rights)) {
      reached.emplace_back(path);
      from = from ? from : &rule->from;
    }
  if (reached.empty())
    return {};
  auto percent = static_cast<unsigned>(reached.size() * 100 / paths.size());
  return {std::max(least, percent), listed(reached), from};
}

Reached worse(Reached one, Reached other) {
  return other.percent > one.percent ? std::move(other) : std::move(one);
}

/// As share(), and where it is none of the paths, something below one of them.
Reached share_or_part(const View& view, Paths paths, std::uint64_t rights, unsigned least,
                      unsigned below) {
  Reached reached = share(view, paths, rights, least);
  for (std::string_view path : paths)
    reached = worse(std::move(reached), part(view, path, rights, below));
  return reached;
}

// --- reading

constexpr auto kHomes = std::to_array<std::string_view>({"/home", "/root"});
constexpr auto kState =
    std::to_array<std::string_view>({"/var/lib", "/var/log", "/var/spool", "/var/cache", "/srv"});
constexpr auto kAboutProcesses = std::to_array<std::string_view>({"/proc", "/sys"});
/// What Debian keeps from other users, of the machine and of many services.
constexpr auto kSecrets = std::to_array<std::string_view>(
    {"/etc/shadow", "/etc/gshadow", "/etc/ssl/private", "/etc/letsencrypt/archive",
     "/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_ed25519_key",
     "/etc/NetworkManager/system-connections", "/etc/wireguard", "/etc/krb5.keytab", "/root/.ssh",
     "/var/lib/systemd/credential.secret"});

Reached read_everything(const View& view) {
  return whole(view, "/", kReadFile);
}
Reached read_etc(const View& view) {
  return whole(view, "/etc", kReadFile);
}
Reached read_homes(const View& view) {
  Reached some = worse(part(view, "/home", kReadFile, 20), part(view, "/root", kReadFile, 20));
  return worse(share(view, kHomes, kReadFile, 50), std::move(some));
}
Reached read_secrets(const View& view) {
  return share_or_part(view, kSecrets, kReadFile, 20, 10);
}
Reached read_state(const View& view) {
  return share(view, kState, kReadFile, 20);
}
Reached read_processes(const View& view) {
  return share(view, kAboutProcesses, kReadFile, 50);
}

// --- writing

constexpr auto kPrograms = std::to_array<std::string_view>(
    {"/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local", "/opt", "/boot"});

Reached write_programs(const View& view) {
  return share_or_part(view, kPrograms, kWrites, 50, 20);
}
Reached write_configuration(const View& view) {
  return worse(whole(view, "/etc", kWrites), part(view, "/etc", kWrites, 20));
}
Reached write_levers(const View& view) {
  if (Reached open = without_limits(view, {kWrites, 0, 0}); open.percent > 0)
    return open;
  std::vector<std::string> found;
  const Provenance* from = nullptr;
  for (const check::Lever& lever : check::kLevers) {
    std::string real = view.real(lever.path);
    const PathRule* rule = view.reach().granting(real, kWrites);
    if (!rule && lever.all_below)
      rule = view.reach().granting_below(real, kWrites);
    if (!rule)
      continue;
    found.emplace_back(lever.path);
    from = from ? from : &rule->from;
  }
  return found.empty() ? Reached{} : Reached{100, listed(found), from};
}
/// Whether ~/.ssh of somebody is in it, or it is in one: by what is written there, he can be logged
/// in as.
bool lets_log_in(std::string_view real) {
  constexpr std::string_view kHome = "/home/";
  if (path_is_below("/home", real) || path_is_below("/root/.ssh", real))
    return true;
  bool is_one_home = real.starts_with(kHome) && real.find('/', kHome.size()) == real.npos;
  return is_one_home || (fmt::format("{}/", real).find("/.ssh/") != std::string::npos &&
                         (real.starts_with(kHome) || real.starts_with("/root/")));
}

Reached write_homes(const View& view) {
  Reached reached = share(view, kHomes, kWrites, 50);
  for (const PlacedRule& placed : view.reach().rules())
    if ((placed.rule->access & kWrites) != 0 && lets_log_in(placed.real))
      reached = worse(std::move(reached), {100, placed.path, &placed.rule->from});
  return worse(std::move(reached),
               worse(part(view, "/home", kWrites, 30), part(view, "/root", kWrites, 30)));
}
Reached write_state(const View& view) {
  return share(view, kState, kWrites, 30);
}
Reached write_runtime(const View& view) {
  return whole(view, "/run", kWrites);
}
Reached write_kernel(const View& view) {
  Reached some = worse(part(view, "/proc/sys", kWrites, 20), part(view, "/sys", kWrites, 20));
  return worse(worse(whole(view, "/proc/sys", kWrites), whole(view, "/sys", kWrites)),
               std::move(some));
}

// --- devices

/// Made for everybody.
constexpr auto kHarmlessDevices = std::to_array<std::string_view>(
    {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx",
     "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/hugepages", "/dev/log"});
/// Beginnings of names: disks below the file systems, and memory below the processes.
constexpr auto kRawDevices = std::to_array<std::string_view>(
    {"/dev/sd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/mmcblk", "/dev/disk", "/dev/block",
     "/dev/mapper", "/dev/dm-", "/dev/md", "/dev/loop", "/dev/mem", "/dev/kmem", "/dev/port",
     "/dev/cpu", "/dev/input", "/dev/uinput"});

bool is_one_of(std::string_view path, Paths beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return path.starts_with(beginning); });
}

Reached use_devices(const View& view) {
  constexpr std::uint64_t kUses = kReadFile | landlock::mask_of("fs.write_file");
  Reached reached = whole(view, "/dev", kUses);
  for (const PlacedRule& placed : view.reach().rules()) {
    bool is_device = placed.real.starts_with("/dev/") && (placed.rule->access & kUses) != 0;
    if (is_device && std::find(kHarmlessDevices.begin(), kHarmlessDevices.end(), placed.real) ==
                         kHarmlessDevices.end())
      reached = worse(std::move(reached), {is_one_of(placed.real, kRawDevices) ? 100U : 30U,
                                           placed.path, &placed.rule->from});
  }
  return reached;
}

Reached anywhere(const View& view, std::uint64_t rights) {
  return worse(whole(view, "/", rights), part(view, "/", rights, 100));
}

Reached make_devices(const View& view) {
  return anywhere(view, landlock::mask_of("fs.make_char") | landlock::mask_of("fs.make_block"));
}

// --- executing

/// ld.so(8) is itself enough to start any program that can be read: mapping it to be executed takes
/// no right.
const PathRule* loader(const View& view) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"ld-linux", "ld64.so", "ld.so.", "ld-musl", "ld-x86-64"});
  for (const PlacedRule& placed : view.reach().rules())
    if ((placed.rule->access & kExecute) != 0 && is_one_of(path_basename(placed.real), kNames))
      return placed.rule;
  return view.reach().granting(view.real("/lib64/ld-linux-x86-64.so.2"), kExecute);
}

Reached execute_written(const View& view) {
  if (view.open({kWrites, 0, 0}).fs != 0 || view.open({kExecute, 0, 0}).fs != 0)
    return without_limits(view, {kWrites | kExecute, 0, 0});
  const PathRule* runs = loader(view);
  Reached reached;
  for (const PlacedRule& writes : view.reach().rules()) {
    if ((writes.rule->access & kWrites) == 0 || !writes.can_hold_programs())
      continue;
    for (const PlacedRule& executes : view.reach().rules())
      if ((executes.rule->access & kExecute) != 0 && writes.meets(executes))
        return {100, path_is_below(writes.real, executes.real) ? writes.path : executes.path,
                &writes.rule->from};
    bool reads_it = (view.reach().rights_at(writes.real) & kReadFile) != 0;
    if (runs && reads_it)
      reached =
          worse(std::move(reached),
                {30, fmt::format("{}, by the dynamic loader", writes.path), &writes.rule->from});
  }
  for (const PathRule* unknown : view.reach().unknown())
    if ((unknown->access & kWrites) != 0)
      reached = worse(std::move(reached), {(unknown->access & kExecute) != 0 ? 100U : 30U,
                                           unknown->path, &unknown->from});
  return reached;
}

constexpr auto kProgramDirectories = std::to_array<std::string_view>(
    {"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt"});

Reached execute_anything(const View& view) {
  Reached direct = share(view, kProgramDirectories, kExecute, 50);
  if (!loader(view))
    return direct;
  Reached loaded = share(view, kProgramDirectories, kReadFile, 20);
  loaded.percent /= 2;
  if (loaded.percent > 0)
    loaded.detail += ", by the dynamic loader";
  return worse(std::move(direct), std::move(loaded));
}

constexpr auto kShells = std::to_array<std::string_view>(
    {"/usr/bin/sh", "/usr/bin/dash", "/usr/bin/bash", "/usr/bin/busybox", "/usr/bin/zsh"});
constexpr auto kInterpreters = std::to_array<std::string_view>(
    {"/usr/bin/perl", "/usr/bin/python3", "/usr/bin/ruby", "/usr/bin/node", "/usr/bin/php",
     "/usr/bin/lua", "/usr/bin/awk", "/usr/bin/tclsh"});
constexpr auto kSetuidPrograms = std::to_array<std::string_view>(
    {"/usr/bin/sudo", "/usr/bin/su", "/usr/bin/mount", "/usr/bin/umount", "/usr/bin/passwd",
     "/usr/bin/chsh", "/usr/bin/chfn", "/usr/bin/newgrp", "/usr/bin/gpasswd", "/usr/bin/pkexec",
     "/usr/bin/fusermount3", "/usr/bin/crontab", "/usr/sbin/exim4", "/usr/lib/openssh/ssh-keysign",
     "/usr/lib/dbus-1.0/dbus-daemon-launch-helper"});

/// Any of the programs: one is as good as all.
Reached execute_one_of(const View& view, Paths programs, unsigned percent) {
  Reached reached = share(view, programs, kExecute, percent);
  if (view.open({kExecute, 0, 0}).empty())
    reached.percent = std::min(reached.percent, percent);
  return reached;
}
Reached execute_shells(const View& view) {
  return worse(execute_one_of(view, kShells, 100), execute_one_of(view, kInterpreters, 60));
}
Reached execute_setuid(const View& view) {
  return execute_one_of(view, kSetuidPrograms, 100);
}

// --- sockets

Reached connect_unix(const View& view) {
  Reached some = part(view, "/run", kResolveUnix, 10);
  return worse(whole(view, "/run", kResolveUnix), std::move(some));
}
Reached connect_powerful(const View& view) {
  for (std::string_view socket : check::kPowerfulSockets) {
    std::string real = view.real(socket);
    const PathRule* rule = view.reach().granting(real, kResolveUnix);
    if (!rule)
      rule = view.reach().granting_below(real, kResolveUnix);
    if (rule)
      return {100, std::string(socket), &rule->from};
  }
  if (Reached open = without_limits(view, {kResolveUnix, 0, 0}); open.percent > 0)
    return open;
  Reached bus = whole(view, "/run/dbus/system_bus_socket", kResolveUnix);
  bus.percent = std::min(bus.percent, 30U);
  return bus;
}

// --- network

/// How much it is to have so many ports: a service has a handful, a range is a choice.
unsigned percent_of_ports(std::size_t count) {
  struct Row {
    std::size_t up_to;
    unsigned percent;
  };
  constexpr Row kRows[] = {{0, 0}, {4, 10}, {64, 20}, {1024, 40}, {32768, 70}, {65535, 90}};
  for (const Row& row : kRows)
    if (count <= row.up_to)
      return row.percent;
  return 100;
}

Reached ports(const View& view, std::uint64_t right) {
  if (Reached open = without_limits(view, {0, right, 0}); open.percent > 0) {
    for (const PortRule& rule : view.ports())
      if (rule.any && (rule.access & right) != 0)
        return {100, "any port", &rule.from};
    return open;
  }
  std::bitset<65536> granted;
  const Provenance* from = nullptr;
  for (const PortRule& rule : view.ports()) {
    if ((rule.access & right) == 0)
      continue;
    for (unsigned port = rule.first; port <= rule.last; ++port)
      granted.set(port);
    from = from ? from : &rule.from;
  }
  std::size_t count = granted.count();
  return {percent_of_ports(count), count == 1 ? "1 port" : fmt::format("{} ports", count), from};
}

Reached bind_tcp(const View& view) {
  return ports(view, landlock::mask_of("net.bind_tcp"));
}
Reached connect_tcp(const View& view) {
  return ports(view, landlock::mask_of("net.connect_tcp"));
}
Reached bind_udp(const View& view) {
  return ports(view, landlock::mask_of("net.bind_udp"));
}
Reached connect_udp(const View& view) {
  return ports(view, landlock::mask_of("net.connect_send_udp"));
}

// --- what is restricted or not

Reached signal_others(const View& view) {
  return without_limits(view, {0, 0, landlock::mask_of("scope.signal")});
}
Reached connect_abstract(const View& view) {
  return without_limits(view, {0, 0, landlock::mask_of("scope.abstract_unix_socket")});
}
Reached truncate_files(const View& view) {
  return without_limits(view, {landlock::mask_of("fs.truncate"), 0, 0});
}
Reached control_devices(const View& view) {
  return without_limits(view, {landlock::mask_of("fs.ioctl_dev"), 0, 0});
}

// --- beside the policy

Reached loose_commands(const View& view) {
  Reached reached;
  for (const Confinement::LooseCommand& command : view.confinement().loose_commands)
    reached = worse(std::move(reached),
                    {command.was_asked_for ? 100U : 50U,
                     fmt::format("{} runs unconfined", command.from.said_by), &command.from});
  return reached;
}

Reached stay_unseen(const View& view) {
  const Policy& policy = view.confinement().policy;
  int abi = view.ruleset().abi;
  if (!policy.log_denials)
    return {100, "LogDenials=no", nullptr};
  if (abi < landlock::kAbiOfDenialLog)
    return {100, fmt::format("ABI {} logs no denials", abi), nullptr};
  if (!view.ruleset().quiet.empty())
    return {30, fmt::format("QuietPaths={}", policy.quiet.front().path),
            &policy.quiet.front().from};
  return {};
}

// The weights say how much it would help somebody who has taken over the service, as systemd's do:
// what leads out of the confinement is 1500 and more, what tells or spoils the data of others 500
// to 1000, what helps with the next step less. Behind them, what granting it makes of the whole,
// however little else there is: who can write what others obey is EXPOSED. MEDIUM is who can read
// or spoil what is others', or ask powerful servers, which look at who asks.
constexpr unsigned kMedium = 50, kExposed = 75;
constexpr auto kItems = std::to_array<Item>({
    {"read-everything", "read every file", 800, read_everything, kMedium},
    {"read-etc", "read all of /etc", 400, read_etc},
    {"read-homes", "read users' files", 800, read_homes, kMedium},
    {"read-secrets", "read keys and passwords", 1500, read_secrets, kMedium},
    {"read-state", "read other services' data", 600, read_state},
    {"read-processes", "look at processes and hardware", 200, read_processes},
    {"write-programs", "change programs and libraries", 2000, write_programs, kExposed},
    {"write-configuration", "change the machine's configuration", 1500, write_configuration,
     kExposed},
    {"write-levers", "write what others obey", 2000, write_levers, kExposed},
    {"write-homes", "change users' files", 700, write_homes, kMedium},
    {"write-state", "change other services' data", 1000, write_state, kMedium},
    {"write-runtime", "change all of /run", 800, write_runtime},
    {"write-kernel", "change settings of the kernel", 1500, write_kernel, kExposed},
    {"use-devices", "use devices", 1500, use_devices, kExposed},
    {"control-devices", "send any ioctl(2) to devices", 300, control_devices},
    {"make-devices", "make device nodes", 300, make_devices},
    {"truncate", "empty files", 100, truncate_files},
    {"execute-written", "execute what it has written", 1500, execute_written},
    {"execute-anything", "execute any program", 1000, execute_anything},
    {"execute-shells", "execute shells and interpreters", 800, execute_shells},
    {"execute-setuid", "execute set-uid programs", 300, execute_setuid},
    {"connect-unix", "connect to UNIX sockets", 500, connect_unix},
    {"connect-powerful", "connect to sockets equal to root", 1500, connect_powerful, kMedium},
    {"connect-abstract", "connect to abstract UNIX sockets of others", 600, connect_abstract},
    {"bind-tcp", "listen on TCP ports", 400, bind_tcp},
    {"connect-tcp", "connect to TCP ports", 700, connect_tcp},
    {"bind-udp", "receive on UDP ports", 300, bind_udp},
    {"connect-udp", "send to UDP ports", 500, connect_udp},
    {"signal", "signal processes of others", 800, signal_others},
    {"loose-commands", "run commands that nothing confines", 300, loose_commands},
    {"unseen", "be denied without a trace", 100, stay_unseen},
});

} // namespace

View::View(const Root& root, const Confinement& confinement)
    : root_(root), confinement_(confinement), ruleset_(lower(confinement.policy, confinement.abi)),
      ports_(as_written(confinement.policy).ports),
      reach_(root, confinement.policy, confinement.unit, confinement.scope) {}

std::string View::real(std::string_view path) const {
  // Links in /proc lead to this very process.
  return path_is_below(path, "/proc") ? std::string(path)
                                      : root_.resolve(path).value_or(std::string(path));
}

std::string View::why_open(const AccessSet& rights) const {
  AccessSet open = this->open(rights);
  if (AccessSet lacking = open & ruleset_.asked; !lacking.empty())
    return fmt::format("ABI {} does not restrict {}", ruleset_.abi,
                       fmt::join(names_of(lacking), " "));
  if (AccessSet newer = open.without(landlock::known_to(confinement_.policy.abi)); !newer.empty())
    return fmt::format("ABI={} leaves out {}", confinement_.policy.abi,
                       fmt::join(names_of(newer), " "));
  return fmt::format("{} not restricted", fmt::join(names_of(open), " "));
}

std::span<const Item> items() {
  return kItems;
}

} // namespace unitlock::score
