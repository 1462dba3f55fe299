#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator on a machine where files cannot be read: what it cannot confine is named and shown.
# tests/faults/generator.py has all that can fail; with a full /run, systemd refuses to reload.
. /opt/boot-tests/lib.sh

tryd_service victim <<'END'
[X-Landlock]
END
check "it starts confined" confined victim.service

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
    sh -c 'journalctl --sync; journalctl -b -q -o cat | grep -E "unitlock-generator.*exit status 1"'
systemctl start maybe
check "status does not call it enforced" [ "$(state_of maybe)" != enforced ]
check "status names the file" sh -c 'unitlock status maybe.service 2>&1 | grep -F maybe.service.d/landlock.conf'

systemctl stop victim maybe
rm -rf /etc/systemd/system/victim.service* /etc/systemd/system/maybe.service*
systemctl daemon-reload
plan
