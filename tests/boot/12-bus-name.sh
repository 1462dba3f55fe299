#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A service that is up when it has its name on the bus (Type=dbus), and sandboxed by systemd itself
# in every way: systemd-hostnamed.
. /opt/boot-tests/lib.sh

unit=systemd-hostnamed.service
drop_in $unit type.conf <<'END'
[Service]
Type=dbus
BusName=org.freedesktop.hostname1
END
restart $unit
hostnamectl status >/tmp/free
check "unconfined, it answers" grep -q 'Static hostname' /tmp/free

# The unit has ReadWritePaths=/etc, which is more than one that only answers needs.
drop_in $unit landlock.conf <<END
[X-Landlock]
DeriveFromUnit=no
ExecPaths=-/lib/systemd/systemd-hostnamed -/usr/lib/systemd/systemd-hostnamed
ReadOnlyPaths=-/etc/hostname -/etc/machine-id -/etc/machine-info -/etc/os-release -/usr/lib/os-release
ReadOnlyPaths=-/sys/class/dmi -/sys/devices/virtual/dmi -/sys/firmware -/proc -/run/systemd -/run/host
SocketPaths=/run/dbus/system_bus_socket
END
check "confined, it starts" restart $unit
check "through the wrapper" confined $unit
check_equal "it is up" active "$(property $unit ActiveState)"
hostnamectl status >/tmp/confined
check_equal "it answers the same" "$(cat /tmp/free)" "$(cat /tmp/confined)"
check_fails "but may not change what it was not granted" hostnamectl set-hostname elsewhere
check "which is its own denial" wait_for sh -c "unitlock denials $unit | grep -q 'fs\\.'"
check_equal "the name is as it was" "$(cat /tmp/free)" "$(hostnamectl status)"

rm -r /etc/systemd/system/$unit.d /tmp/free /tmp/confined
restart $unit
systemctl stop $unit
plan
