# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# avahi-daemon: publishes the machine's name, hosts and services from files and over D-Bus, to its own
# clients and to others on the wire.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/avahi-daemon
services=/etc/avahi/services

prepare() {
    own_network
    drop_in avahi-daemon.service container.conf <<CONF
[Service]
ExecStart=
ExecStart=/usr/bin/nsenter --net=/run/netns/preset $program -s
CONF
    publish first _first
}

directives() { echo 'AllowPaths=read_file:/run/netns'; }

clean_up() {
    systemctl stop avahi-daemon.socket "$unit"
    rm "$services"/*
    sed -i /192.0.2.9/d /etc/avahi/hosts
    remove_network
}

# publish NAME TYPE: a service, in a file of the type's name.
publish() {
    cat >"$services/$2.service" <<CONF
<service-group><name>$1</name><service><type>$2._tcp</type><port>4711</port></service></service-group>
CONF
}

# finds TEXT TYPE
finds() { avahi-browse -rtp "$2._tcp" | grep -F -- "$1"; }
finds_none() { ! finds "$1" "$2"; }
resolves() { avahi-resolve -4 -n "$2" | grep -wF -- "$1"; }
over_socket() {
    perl -MSocket -e '
        socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
        connect($s, sockaddr_un("/run/avahi-daemon/socket")) or die "$!";
        syswrite($s, "RESOLVE-HOSTNAME-IPV4 $ARGV[0]\n");
        alarm 5;
        print <$s>' "$1"
}
answers() { over_socket "$2" | grep -wF -- "$1"; }
asked() { ask_all 224.0.0.251 5353 "$1" | grep -wF -- 192.0.2.1; }

work() {
    local me
    me=$(hostname).local
    check "its name is known" wait_for resolves 192.0.2.1 "$me"
    check "over its socket" wait_for answers 192.0.2.1 "$me"
    check "and on the wire" wait_for asked "$me"
    check "it publishes a service" wait_for finds 4711 _first
    publish second _second
    check "and one that was added" wait_for finds 4711 _second
    rm "$services/_first.service"
    check "one that was removed is gone" wait_for finds_none 4711 _first
    systemd-run -q --unit=preset-client avahi-publish -s third _third._tcp 4712
    check "one that a program publishes is there" wait_for finds 4712 _third
    systemctl stop preset-client
    echo '192.0.2.9 printer.local' >>/etc/avahi/hosts
    check "it reloads" systemctl reload "$unit"
    check "a host in its file is known" wait_for resolves 192.0.2.9 printer.local
    check "it describes its interface" busctl introspect org.freedesktop.Avahi / org.freedesktop.Avahi.Server
    check "it crashes and comes back" crash
    check "its name is known" wait_for resolves 192.0.2.1 "$me"
    check "it restarts" systemctl restart "$unit"
    check "it publishes a service" wait_for finds 4711 _second
}
