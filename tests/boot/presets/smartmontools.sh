# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# smartmontools: there are no disks in a container. A device that is none is opened and sent a
# command, which its driver refuses; and a warning is sent by what smartd starts for it.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/smartd
# See the preset. Another shell than the one of scripts is refused.
shell=/usr/bin/bash

prepare() {
    cp /etc/default/smartmontools /run/smartmontools.before
    echo 'smartd_opts="--interval=10 -q never"' >>/etc/default/smartmontools
    mknod /dev/sda b 7 0
    drop_in smartmontools.service container.conf <<'CONF'
[Unit]
ConditionVirtualization=
CONF
    # Not Debian's mail(1), which brings a mail server along.
    cat >/usr/bin/mail <<'SCRIPT'
#!/bin/sh
cat - >/var/lib/smartmontools/mail <<ARGUMENTS
$*
ARGUMENTS
cat >>/var/lib/smartmontools/mail
SCRIPT
    chmod +x /usr/bin/mail
    sed -i '/^DEVICESCAN/i /dev/sda -a -d removable' /etc/smartd.conf
    cat >/etc/systemd/system/test-warning.service <<'UNIT'
[Service]
Type=oneshot
Environment=SMARTD_MAILER=/usr/share/smartmontools/smartd-runner SMARTD_ADDRESS=root
Environment=SMARTD_DEVICE=/dev/sda SMARTD_FAILTYPE=Health "SMARTD_MESSAGE=FAILED SMART self-check"
ExecStart=/bin/sh -c '/usr/share/smartmontools/smartd_warning.sh 2>&1'
[X-Landlock]
Preset=smartmontools
DeriveFromUnit=no
UNIT
}

clean_up() {
    mv /run/smartmontools.before /etc/default/smartmontools
    sed -i '/^.dev.sda /d' /etc/smartd.conf
    rm /dev/sda /usr/bin/mail /etc/systemd/system/test-warning.service
    rm -f /var/lib/smartmontools/mail
}

said() { journalctl -q -o cat --since "$STARTED" -u "$unit" | grep -cF "$1"; }
says() { [ "$(said "$1")" -gt "${2:-0}" ]; }
# What it says of a device whose driver knows no such command. Where Landlock refuses to open it, or
# to send the command, it says so.
asked='Device: /dev/sda, open() failed: INQUIRY failed'

work() {
    local before
    check "it finds the device, and asks it" wait_for says "$asked"
    check "it looks for others" says 'Monitoring 0 ATA/SATA, 0 SCSI/SAS and 0 NVMe devices'
    before=$(said "$asked")
    check "it reloads" systemctl reload "$unit"
    check "and asks anew" wait_for says "$asked" "$before"
    check "it is told to ask now" systemctl kill -s USR1 "$unit"
    check "and does" wait_for says 'Signal USR1 - checking devices now'
    systemctl daemon-reload
    check "a disk is about to fail" systemctl start test-warning
    check "a mail is sent" grep -q '^-s SMART error (Health) .* root$' /var/lib/smartmontools/mail
    check "that tells of it" grep -q 'FAILED SMART self-check' /var/lib/smartmontools/mail
    check_equal "nothing was denied" '' "$(denials test-warning)"
    before=$(said "$asked")
    check "it crashes and comes back" crash
    check "asking" wait_for says "$asked" "$before"
    before=$(said "$asked")
    check "it restarts" systemctl restart "$unit"
    check "asking" wait_for says "$asked" "$before"
}
