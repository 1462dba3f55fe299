# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A root file system to be booted: an overlay on the cached layers, with our package in it. For the
# scripts that run in a mount namespace of their own, so that everything that is mounted here ends
# with them.
#
#     LOWER     the directories of the overlay, topmost first
#     WORK      a directory to mount in
#     DEB       the package to install, or nothing
#     PORT      the first of sixteen ports that are free
#     root      where it will be, in WORK
# shellcheck disable=SC2154  # all of them come from the script

# What must not run in a container that shares the machine's network, and what only costs time.
MASKED=(
    systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service
    systemd-network-generator.service systemd-resolved.service systemd-timesyncd.service
    systemd-sysctl.service systemd-firstboot.service
    apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service
    dpkg-db-backup.timer
)

make_root() {
    mount -t tmpfs tmpfs "$WORK"
    mkdir "$WORK"/{upper,work,root}
    mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$WORK/upper,workdir=$WORK/work" "$root"
}

install_package() {
    [ -n "$DEB" ] || return 0
    # It stays, for the test that removes the package and puts it back.
    cp "$DEB" "$root/opt/unitlock.deb"
    chroot "$root" dpkg -i /opt/unitlock.deb
}

# mask UNIT...
mask() {
    local unit
    for unit; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
}

prepare_system() {
    local system=$root/etc/systemd/system
    # An identity of its own; without one, systemd takes the boot for the first.
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    mask "${MASKED[@]}"
    # journald listens to audit on 252 in any case, on later ones only when asked.
    mkdir -p "$system/sockets.target.wants" "$root/var/log/journal"
    ln -sf /usr/lib/systemd/system/systemd-journald-audit.socket "$system/sockets.target.wants/"
    # Port 80 of a shared network may be taken, and is nobody else's business.
    sed -i -E "s/listen 80 default_server/listen 127.0.0.1:$PORT default_server/; /listen \[::\]/d" \
        "$root/etc/nginx/sites-available/default"
}
