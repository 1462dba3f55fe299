// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs of Debian that do by design what Landlock forbids or passes on, by their base names. A
// row needs a reason that the program's own manual gives.
#pragma once

#include <array>
#include <string_view>

namespace unitlock::check {

enum class Concern {
  Mounts,       ///< mounts, unmounts or changes the root
  StartsOthers, ///< starts whatever somebody else asks for: logins, jobs, containers
  Signals,      ///< signals processes that it did not start
};

struct KnownProgram {
  std::string_view name;
  Concern concern;
};

inline constexpr auto kKnownPrograms = std::to_array<KnownProgram>({
    {"mount", Concern::Mounts},
    {"umount", Concern::Mounts},
    {"systemd-user-runtime-dir", Concern::Mounts},
    {"systemd-machine-id-setup", Concern::Mounts},
    {"systemd-volatile-root", Concern::Mounts},
    {"systemd-mountfsd", Concern::Mounts},
    {"systemd-mount", Concern::Mounts},
    {"systemd-umount", Concern::Mounts},
    {"systemd-remount-fs", Concern::Mounts},
    {"systemd-nspawn", Concern::Mounts},
    {"systemd-dissect", Concern::Mounts},
    {"systemd-sysext", Concern::Mounts},
    {"systemd-confext", Concern::Mounts},
    {"systemd-machined", Concern::Mounts},
    {"systemd-portabled", Concern::Mounts},
    {"systemd-homed", Concern::Mounts},
    {"systemd-homework", Concern::Mounts},
    {"systemd-importd", Concern::Mounts},
    {"systemd-udevd", Concern::Mounts},
    {"pivot_root", Concern::Mounts},
    {"switch_root", Concern::Mounts},
    {"unshare", Concern::Mounts},
    {"bwrap", Concern::Mounts},
    {"firejail", Concern::Mounts},
    {"flatpak", Concern::Mounts},
    {"flatpak-system-helper", Concern::Mounts},
    {"fusermount", Concern::Mounts},
    {"fusermount3", Concern::Mounts},
    {"mount.fuse", Concern::Mounts},
    {"mount.fuse3", Concern::Mounts},
    {"mount.nfs", Concern::Mounts},
    {"mount.cifs", Concern::Mounts},
    {"sshfs", Concern::Mounts},
    {"s3fs", Concern::Mounts},
    {"lxcfs", Concern::Mounts},
    {"glusterfs", Concern::Mounts},
    {"ceph-fuse", Concern::Mounts},
    {"automount", Concern::Mounts},
    {"udisksd", Concern::Mounts},
    {"snapd", Concern::Mounts},
    {"snapperd", Concern::Mounts},
    {"dockerd", Concern::Mounts},
    {"containerd", Concern::Mounts},
    {"containerd-shim-runc-v2", Concern::Mounts},
    {"buildkitd", Concern::Mounts},
    {"crio", Concern::Mounts},
    {"kubelet", Concern::Mounts},
    {"k3s", Concern::Mounts},
    {"podman", Concern::Mounts},
    {"conmon", Concern::Mounts},
    {"crun", Concern::Mounts},
    {"runc", Concern::Mounts},
    {"lxc-start", Concern::Mounts},
    {"lxc-containers", Concern::Mounts},
    {"lxd", Concern::Mounts},
    {"incusd", Concern::Mounts},
    {"libvirtd", Concern::Mounts},
    {"virtqemud", Concern::Mounts},
    {"virtlxcd", Concern::Mounts},
    {"apptainer", Concern::Mounts},
    {"schroot", Concern::Mounts},
    {"slurmd", Concern::Mounts},
    {"sshd", Concern::StartsOthers},
    {"dropbear", Concern::StartsOthers},
    {"cron", Concern::StartsOthers},
    {"crond", Concern::StartsOthers},
    {"anacron", Concern::StartsOthers},
    {"atd", Concern::StartsOthers},
    {"agetty", Concern::StartsOthers},
    {"getty", Concern::StartsOthers},
    {"mingetty", Concern::StartsOthers},
    {"login", Concern::StartsOthers},
    {"in.telnetd", Concern::StartsOthers},
    {"telnetd", Concern::StartsOthers},
    {"systemd", Concern::StartsOthers},
    {"inetd", Concern::StartsOthers},
    {"xinetd", Concern::StartsOthers},
    {"gdm", Concern::StartsOthers},
    {"gdm3", Concern::StartsOthers},
    {"lightdm", Concern::StartsOthers},
    {"sddm", Concern::StartsOthers},
    {"xdm", Concern::StartsOthers},
    {"xrdp-sesman", Concern::StartsOthers},
    {"supervisord", Concern::StartsOthers},
    {"monit", Concern::StartsOthers},
    {"puppet", Concern::StartsOthers},
    {"salt-minion", Concern::StartsOthers},
    {"chef-client", Concern::StartsOthers},
    {"cfengine3", Concern::StartsOthers},
    {"unattended-upgrade", Concern::StartsOthers},
    {"packagekitd", Concern::StartsOthers},
    {"gitlab-runner", Concern::StartsOthers},
    {"tmux", Concern::StartsOthers},
    {"screen", Concern::StartsOthers},
    {"earlyoom", Concern::Signals},
    {"nohang", Concern::Signals},
    {"killall", Concern::Signals},
    {"pkill", Concern::Signals},
    {"kill", Concern::Signals},
    {"logrotate", Concern::Signals},
});

} // namespace unitlock::check
