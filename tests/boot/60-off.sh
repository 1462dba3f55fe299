#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The ways out: unitlock=off on the kernel command line, and a mask of the drop-in.
. /opt/boot-tests/lib.sh

tryd_service way-out <<'END'
[X-Landlock]
END
check "it is confined" confined way-out.service

mkdir -p /etc/systemd/system/way-out.service.d
ln -s /dev/null /etc/systemd/system/way-out.service.d/zz-unitlock.conf
systemctl daemon-reload
check_fails "a mask of the drop-in wins" confined way-out.service
rm -r /etc/systemd/system/way-out.service.d
systemctl daemon-reload
check "and without the mask it is back" confined way-out.service

# In a container, that is the command line of PID 1.
printf 'init\0unitlock=off\0' >/run/cmdline
mount --bind /run/cmdline /proc/1/cmdline
systemctl daemon-reload
check_fails "unitlock=off confines nothing" confined way-out.service
umount /proc/1/cmdline
systemctl daemon-reload
check "without it, everything is back" confined way-out.service

systemctl stop way-out
plan
