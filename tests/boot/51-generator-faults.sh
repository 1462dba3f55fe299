#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator on a machine where something fails: what it cannot confine does not start, or is named
# and shown. tests/faults/generator.py has all that can fail.
. /opt/boot-tests/lib.sh

tryd_service victim <<'END'
[X-Landlock]
END
check "it starts confined" confined victim.service

# reloaded_full: a reload while /run, where the generator writes, has no space left.
reloaded_full() {
    local used
    used=$(df --output=used -k /run | tail -n 1)
    mount -o "remount,size=$((used + 64))k" /run || return
    dd if=/dev/zero of=/run/filler bs=4k 2>/dev/null
    systemctl daemon-reload
    rm /run/filler
    mount -o remount,size=20% /run
}

check "a reload with a full /run" reloaded_full
check_equal "what cannot be confined is masked" masked "$(property victim LoadState)"
check "status does not call it enforced" [ "$(state_of victim)" != enforced ]
check "status says that it is masked" sh -c 'unitlock status victim.service | grep -F masked'
systemctl stop victim
check_fails "it does not start" systemctl start victim
check_equal "and does not run" inactive "$(property victim ActiveState)"
systemctl daemon-reload
check "with space again, it starts" systemctl start victim
check "confined" confined victim.service
check_equal "status" enforced "$(state_of victim | sed 's/partly //')"

# What cannot be read may declare something: it is named, and the generator fails.
ln -s landlock.conf /etc/systemd/system/victim.service.d/landlock.conf 2>/dev/null ||
    { mkdir -p /etc/systemd/system/victim.service.d &&
        ln -s landlock.conf /etc/systemd/system/victim.service.d/landlock.conf; }
/usr/lib/systemd/system-generators/unitlock-generator /run/unreadable 2>/dev/null
check_equal "an unreadable drop-in of a declared unit refuses its start" yes \
    "$(grep -qs -e --refuse= /run/unreadable/victim.service.d/zz-unitlock.conf && echo yes)"
rm -r /run/unreadable /etc/systemd/system/victim.service.d/landlock.conf

printf '[Service]\nExecStart=%s serve /run/maybe.sock\n' "$TRYD" >/etc/systemd/system/maybe.service
mkdir -p /etc/systemd/system/maybe.service.d
ln -s landlock.conf /etc/systemd/system/maybe.service.d/landlock.conf
systemctl daemon-reload
check "systemd says that the generator has failed" \
    sh -c 'journalctl --sync; journalctl -b -q -o cat _PID=1 | grep -E "unitlock-generator.*exit status 1"'
systemctl start maybe
check "status does not call it enforced" [ "$(state_of maybe)" != enforced ]
check "status names the file" sh -c 'unitlock status maybe.service 2>&1 | grep -F maybe.service.d/landlock.conf'

systemctl stop victim maybe
rm -rf /etc/systemd/system/victim.service* /etc/systemd/system/maybe.service*
systemctl daemon-reload
plan
