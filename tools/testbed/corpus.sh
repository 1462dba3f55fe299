# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The unit files of Debian's packages, for the tests that ask systemd about them: only the packages
# themselves are fetched, nothing is installed and nothing of them but the units is kept.

# systemd's own packages, and daemons that are small to fetch. A release that lacks one goes without
# it; tests/boot/36-corpus.sh says how many there have to be.
CORPUS_PACKAGES=(
    systemd systemd-boot systemd-container systemd-coredump systemd-cryptsetup systemd-homed
    systemd-journal-remote systemd-oomd systemd-repart systemd-resolved systemd-timesyncd
    systemd-userdbd udev
    accountsservice acpid anacron apache2 apparmor apt at auditd autofs avahi-daemon bind9 bluez
    chrony clamav-daemon clamav-freshclam collectd-core corosync cron cups-browsed cups-daemon
    dbus dbus-broker dmeventd dnsmasq dovecot-core e2fsprogs earlyoom exim4-base fail2ban
    firewalld freeradius fwupd gdm3 gpsd haproxy hostapd ifupdown irqbalance isc-dhcp-server iwd
    keepalived knot libvirt-daemon libvirt-daemon-system lightdm lighttpd lvm2 lxc man-db mariadb-server mdadm
    memcached modemmanager monit mosquitto multipath-tools munin-node network-manager
    nfs-common nfs-kernel-server nftables nginx-common nscd nsd nslcd ntpsec nut-client
    nut-server open-iscsi opendkim openssh-server openvpn packagekit pcscd pdns-recursor
    pdns-server polkitd postfix postgresql-common proftpd-core prometheus-node-exporter qemu-guest-agent
    radvd redis-server rng-tools5 rpcbind rsync rsyslog rtkit samba sane-utils slapd smartmontools
    snmpd spamd squid sssd-common stunnel4 strongswan-starter sudo sysstat tftpd-hpa thermald
    tinc tor transmission-daemon udisks2 unattended-upgrades unbound upower usbmuxd uuid-runtime varnish
    vnstat vsftpd watchdog winbind wireguard-tools wpasupplicant xl2tpd zabbix-agent
)

# corpus_dir RELEASE: prints a directory with units/ (what the packages have in
# lib/systemd/system) and the list "packages" of those that brought a service.
corpus_dir() {
    local release=$1 root path
    path=$CACHE/corpora/$release-$(
        { printf '%s\n' "${CORPUS_PACKAGES[@]}"; declare -f corpus_make; } | short_hash
    )
    root=$(root_dir boot "$release") && cached "$path" corpus_make "$root" >&2 || return
    echo "$path"
}

# corpus_make ROOT TARGET: in an overlay on the root, whose apt knows the release's mirror.
corpus_make() {
    note "fetching the corpus of units for ${1##*/}"
    mkdir -p "$2/units"
    # shellcheck disable=SC2016  # expanded by the inner shell
    ROOT=$1 TARGET=$2 unshare -m --propagation private sh -euc '
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/upper /mnt/work /mnt/root
        mount -t overlay overlay \
            -o "lowerdir=$ROOT,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
        cp /etc/resolv.conf /mnt/root/etc/ 2>/dev/null || true
        mkdir /mnt/root/debs
        chroot /mnt/root apt-get update -q
        cd /mnt/root/debs
        known=$(chroot /mnt/root apt-cache show --no-all-versions "$@" 2>/dev/null |
            sed -n "s/^Package: //p" | sort -u)
        chroot /mnt/root sh -c "cd /debs && exec apt-get download -q -o APT::Sandbox::User=root \"\$@\"" - $known
        du -sh .
        for deb in *.deb; do
            mkdir one
            dpkg-deb --fsys-tarfile "$deb" | tar -x -C one --wildcards \
                "./lib/systemd/system/*" "./usr/lib/systemd/system/*" 2>/dev/null || true
            for units in one/lib/systemd/system one/usr/lib/systemd/system; do
                [ -d "$units" ] || continue
                ! ls "$units" | grep -q "\.service\$" || echo "${deb%%_*}" >>"$TARGET/packages"
                cp -a "$units/." "$TARGET/units/"
            done
            rm -r one
        done
    ' - "${CORPUS_PACKAGES[@]}" >"$CACHE/corpora/${1##*/}.log" 2>&1 || {
        tail -n 30 "$CACHE/corpora/${1##*/}.log" >&2
        return 1
    }
}
