# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A fleet: two booted containers upload their journals to a third one, which also scrapes their
# figures. tests/boot/fleet/*.sh run in them.

FLEET_RELEASE=trixie
FLEET_PACKAGES='systemd-journal-remote, prometheus, prometheus-node-exporter'

# suite_fleet NAME
suite_fleet() {
    local name=$1 host
    # shellcheck disable=SC2034  # container.sh reads them
    CONTAINER_PACKAGES=$FLEET_PACKAGES CONTAINER_HOSTNAMES=yes
    boot_containers "$FLEET_RELEASE" "$name" collector alpha beta || return 0
    fleet_script collector receive "$(fleet_port alpha 3)" "$(fleet_port beta 3)"
    fleet_script alpha send "$(fleet_port collector 1)"
    fleet_script beta send "$(fleet_port collector 1)"
    fleet_script collector look "$(fleet_port alpha 3)" "$(fleet_port beta 3)"
    for host in collector alpha beta; do
        container_run "$host" journalctl -b -o short-precise >"$LOGS/$name-$host.journal"
    done
}

# fleet_port HOST N: its Nth port.
fleet_port() { echo $((CONTAINER_PORT[$1] + $2)); }

# fleet_script HOST SCRIPT ARGUMENT...
fleet_script() { container_script "$1" fleet "$FLEET_RELEASE" "fleet/$2.sh" "${@:3}"; }
