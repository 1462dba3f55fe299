// SPDX-License-Identifier: LGPL-2.1-or-later
// Places of a Debian system by which a grant is judged, whoever judges it: `unitlock verify` or
// `unitlock suggest`.
//
// Source: unitlock.unit(5); SECURITY.md.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace unitlock::check {

/// Whoever can write here decides what runs outside of the service.
struct Lever {
  std::string_view path;
  bool all_below; ///< so does what is below it, and not only the directory as a whole
};
inline constexpr auto kLevers = std::to_array<Lever>({
    {"/etc/systemd", true},
    {"/run/systemd/system", true},
    {"/run/systemd/generator", true},
    {"/run/systemd/transient", true},
    {"/usr/lib/systemd", true},
    {"/usr/local/lib/systemd", true},
    {"/etc/unitlock", true},
    {"/run/unitlock", true},
    {"/usr/lib/unitlock", true},
    {"/usr/libexec", false},
    {"/usr/bin", false},
    {"/usr/sbin", false},
    {"/usr/lib", false},
    {"/usr/local/bin", false},
    {"/usr/local/sbin", false},
    {"/etc/ld.so.preload", true},
    {"/etc/ld.so.cache", true},
    {"/etc/ld.so.conf.d", true},
    {"/etc/crontab", true},
    {"/etc/cron.d", true},
    {"/etc/cron.hourly", true},
    {"/etc/cron.daily", true},
    {"/etc/cron.weekly", true},
    {"/etc/cron.monthly", true},
    {"/var/spool/cron", true},
    {"/etc/init.d", true},
    {"/etc/rc.local", true},
    {"/etc/profile.d", true},
    {"/etc/pam.d", true},
    {"/etc/security", true},
    {"/etc/passwd", true},
    {"/etc/shadow", true},
    {"/etc/group", true},
    {"/etc/sudoers", true},
    {"/etc/sudoers.d", true},
    {"/etc/ssh", true},
    {"/etc/udev", true},
    {"/run/udev", true},
    {"/etc/modprobe.d", true},
    {"/etc/tmpfiles.d", true},
    {"/etc/apt", true},
    {"/etc/dpkg", true},
    {"/var/lib/dpkg", false},
    {"/boot", true},
    {"/root/.ssh", true},
    {"/root/.bashrc", true},
    {"/proc/sys/kernel", true},
    {"/sys/fs/cgroup", false},
    {"/sys/kernel", false},
    {"/dev/mem", true},
    {"/dev/kmem", true},
    {"/dev/port", true},
});

/// Sockets whose servers start programs or mount as root for everyone who may connect.
inline constexpr auto kPowerfulSockets = std::to_array<std::string_view>(
    {"/run/docker.sock", "/run/docker", "/run/containerd", "/run/podman", "/run/crio",
     "/run/systemd/private", "/run/lxd.socket", "/run/incus", "/run/libvirt", "/run/snapd.socket",
     "/run/udev/control"});

/// Directories in which far more lies than a service that reads one file of them has to do with.
inline bool is_broad(std::string_view directory) {
  constexpr auto kBroad = std::to_array<std::string_view>(
      {"/", "/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/usr", "/var", "/var/cache",
       "/var/lib", "/var/log", "/var/spool", "/var/tmp"});
  return std::find(kBroad.begin(), kBroad.end(), directory) != kBroad.end();
}

} // namespace unitlock::check
