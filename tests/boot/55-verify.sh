#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# unitlock verify: content with a real service and its preset, and right about what breaks.
. /opt/boot-tests/lib.sh

# findings UNIT: one "severity check" a line.
findings() {
    { unitlock verify "$1" -o json || [ $? = 1 ]; } | jq -r '"\(.severity) \(.check)"' | sort -u
}
finds() { findings "$1" | grep -xF "$2"; }

drop_in nginx.service landlock.conf <<'END'
[X-Landlock]
Preset=nginx
END
# Debian's unit has none of the settings that close what Landlock leaves open.
check_equal "nginx and its preset: nothing else to say" "note beyond-landlock" "$(findings nginx)"
check "not even with --strict" unitlock verify nginx --strict
rm -r /etc/systemd/system/nginx.service.d
# The holes that these presets say themselves that they have.
check_equal "of the vendor's presets no more than they say themselves" "15-blocks.yaml broad-grant
15-blocks.yaml powerful-grant
20-lighttpd.yaml powerful-grant
20-squid.yaml powerful-grant
20-systemd-networkd.yaml powerful-grant" \
    "$(unitlock verify /usr/lib/unitlock/conf.d/*.yaml -o json |
        jq -r '"\(.file | sub(".*/"; "")) \(.check)"' | sort)"

# breaks NAME FINDING LINE...: a oneshot or what the lines make of it that starts as it is; with a
# declaration, verify says that it will not, and then it does not.
breaks() {
    local name=would-break-$1 finding=$2 file
    file=/etc/systemd/system/$name.service
    shift 2
    printf '%s\n' '[Service]' Type=oneshot TimeoutStartSec=3 "$@" | grep -v '^-' >"$file"
    check "$name: starts unconfined" restart "$name"
    systemctl stop "$name"
    {
        printf '[X-Landlock]\n'
        printf '%s\n' "$@" | sed -n 's/^-//p'
    } >>"$file"
    check "$name: verify finds '$finding'" finds "$name" "$finding"
    check_fails "$name: and it does not start any more" restart "$name"
    rm "$file"
}

mkdir -p /run/mnt-verify
breaks mounts 'warning mounts' 'ExecStart=/usr/bin/mount -t tmpfs tmpfs /run/mnt-verify'
umount -q /run/mnt-verify
rmdir /run/mnt-verify

breaks path 'error missing-path' ExecStart=/usr/bin/true -ReadOnlyPaths=/srv/no-such-directory

mkdir -p /home/verify
breaks hidden 'error hidden-path' ExecStart=/usr/bin/true ProtectHome=yes -ReadOnlyPaths=/home/verify
rmdir /home/verify

breaks policy 'error program-not-granted' ExecStart=/usr/bin/true -Preset= -DeriveFromUnit=no

breaks libraries 'error unreadable-libraries' ExecStart=/usr/bin/true -Preset=

printf '#!/usr/bin/env perl\nexit 0;\n' >/usr/local/bin/by-env
chmod +x /usr/local/bin/by-env
breaks env 'error program-not-granted' ExecStart=/usr/local/bin/by-env
rm /usr/local/bin/by-env

printf '#!/bin/sh -e\n/usr/bin/true\n' >/usr/local/bin/starts-others
chmod +x /usr/local/bin/starts-others
breaks shell 'warning starts-others' ExecStart=/usr/local/bin/starts-others
rm /usr/local/bin/starts-others

breaks pid-file 'warning pid-file' Type=forking PIDFile=/run/would-break.pid \
    "ExecStart=/bin/sh -c '/usr/bin/sleep 60 & echo \$! >/run/would-break.pid'" -ExecPaths=/usr/bin

systemctl daemon-reload
systemctl reset-failed
plan
