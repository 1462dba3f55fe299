# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# systemd-networkd: makes interfaces, gives them addresses and routes, leases itself an address by
# DHCP, sees neighbours by LLDP. All of it in a network of its own: none of the machine's
# interfaces is in sight. systemd-networkd.socket stays masked, as it would be one of the machine's.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/systemd/systemd-networkd
files=/etc/systemd/network

prepare() {
    own_network systemd-network
    printf '[NetDev]\nName=bridge-a\nKind=bridge\n' >"$files/bridge-a.netdev"
    printf '[NetDev]\nName=tap-a\nKind=tap\n' >"$files/tap-a.netdev"
    printf '[NetDev]\nName=gives\nKind=veth\n[Peer]\nName=takes\n' >"$files/gives.netdev"
    printf '[Match]\nName=bridge-a\n[Network]\nAddress=198.51.100.1/24\nConfigureWithoutCarrier=yes\n' \
        >"$files/bridge-a.network"
    printf '[Match]\nName=tap-a\n[Network]\nBridge=bridge-a\n' >"$files/tap-a.network"
    cat >"$files/gives.network" <<'CONF'
[Match]
Name=gives
[Network]
Address=203.0.113.1/24
DHCPServer=yes
EmitLLDP=yes
[DHCPServer]
PersistLeases=yes
DNS=192.0.2.2
CONF
    printf '[Match]\nName=takes\n[Network]\nDHCP=ipv4\nLLDP=yes\n[DHCPv4]\nUseHostname=no\n' >"$files/takes.network"
    static 192.0.2.33
    # As udev has it.
    chmod 666 /dev/net/tun
    systemctl unmask systemd-networkd
    drop_in systemd-networkd.service container.conf <<CONF
[Unit]
ConditionCapability=
[Service]
$(start_in_network)
CONF
}

directives() { echo 'AllowPaths=read_file:/run/netns'; }

clean_up() {
    systemctl mask "$unit"
    chmod 600 /dev/net/tun
    rm "$files"/*
    remove_network
}

static() { printf '[Match]\nName=left\n[Network]\nAddress=%s/24\nGateway=192.0.2.2\n' "$1" >"$files/left.network"; }

# shows TEXT COMMAND...: in the service's network.
shows() { in_network preset "${@:2}" | grep -F -- "$1"; }

address() { in_network preset ip -4 -o addr show "$1" | grep -wF -- "$2"; }
state() {
    busctl get-property org.freedesktop.network1 /org/freedesktop/network1 \
        org.freedesktop.network1.Manager OperationalState | grep routable
}
configured() { in_network preset networkctl --no-legend list left | grep -w configured; }

# storage: what systemd-networkd-persistent-storage.service does, which would not see its network.
storage() {
    STATE_DIRECTORY=/var/lib/systemd/network in_network preset networkctl persistent-storage yes
}

work() {
    check "it gives an address" wait_for address left 192.0.2.33
    check "and a route" wait_for shows 'default via 192.0.2.2' ip route
    check "it makes a bridge with an address" wait_for address bridge-a 198.51.100.1
    check "and plugs in an interface" wait_for shows tap-a ip link show master bridge-a
    check "it is given a place for leases" storage
    check "it is leased an address" wait_for address takes 203.0.113
    check "and says from whom" wait_for shows 'via 203.0.113.1' networkctl status takes
    check "it keeps what it has leased" wait_for grep -r '203.*113' /var/lib/systemd/network
    check "it sees its neighbour" wait_for shows gives networkctl lldp
    check "it is asked over D-Bus" wait_for state
    static 192.0.2.44
    check "its files are read again" in_network preset networkctl reload
    check "the address is the new one" wait_for address left 192.0.2.44
    static 192.0.2.55
    check "it reloads" systemctl reload "$unit"
    check "the address is the new one" wait_for address left 192.0.2.55
    check "the lease is renewed" in_network preset networkctl renew takes
    check "it crashes and comes back" crash
    check "and knows its interfaces" wait_for configured
    check "it restarts" systemctl restart "$unit"
    check "and knows its interfaces" wait_for configured
}
