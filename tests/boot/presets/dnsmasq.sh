# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# dnsmasq: names of hosts, questions to another server over UDP and TCP; reload and rotation.
# Not DHCP, for which a container that shares the machine's network lacks CAP_NET_ADMIN.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/dnsmasq
shell=/usr/bin/bash
dns=$(port 1) upstream=$(port 2)

prepare() {
    cp /etc/hosts /run/hosts
    cp /etc/dnsmasq.conf /run/dnsmasq.conf
    echo '192.0.2.1 first.test' >>/etc/hosts
    install -d -o dnsmasq /var/log/dnsmasq
    cat >/etc/dnsmasq.conf <<CONF
port=$dns
listen-address=127.0.0.1
bind-interfaces
no-resolv
server=127.0.0.1#$upstream
log-queries
log-facility=/var/log/dnsmasq/dnsmasq.log
CONF
    systemd-run -q --unit=preset-upstream -p Type=forking dnsmasq -C /dev/null --port="$upstream" \
        --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts \
        --pid-file=/run/upstream.pid --address=/far.test/192.0.2.7 \
        --txt-record=long.test,"$(printf '%0200d' 0)","$(printf '%0200d' 1)","$(printf '%0200d' 2)"
}

directives() { printf 'BindTCP=%s\nBindUDP=%s\nConnectTCP=%s\n' "$dns" "$dns" "$upstream"; }

query() { dig @127.0.0.1 -p "$dns" +short +tries=1 +time=3 "$@"; }
address_is() { [ "$(query "${@:2}")" = "$1" ]; }
logged() { query "$1" && grep -q "$1" /var/log/dnsmasq/dnsmasq.log; }

work() {
    check "it answers with a host's name" wait_for address_is 192.0.2.1 first.test
    check_equal "also over TCP" 192.0.2.1 "$(query +tcp first.test)"
    check_equal "and back" first.test. "$(query -x 192.0.2.1)"
    check_equal "it asks another server" 192.0.2.7 "$(query far.test)"
    check_equal "over TCP too" 192.0.2.7 "$(query +tcp other.far.test)"
    check_equal "and again where the answer is long" 609 "$(query long.test TXT | wc -c)"
    echo '192.0.2.2 second.test' >>/etc/hosts
    check "it reloads" systemctl reload "$unit"
    check "and knows a new name" wait_for address_is 192.0.2.2 second.test
    mv /var/log/dnsmasq/dnsmasq.log /var/log/dnsmasq/dnsmasq.log.1
    check "the log is rotated" systemctl kill --kill-whom=main -s USR2 "$unit"
    check "and goes on" wait_for logged after-rotation.far.test
    check "it says how it is doing" systemctl kill --kill-whom=main -s USR1 "$unit"
    check "in the log" wait_for grep -q 'queries forwarded' /var/log/dnsmasq/dnsmasq.log
    check "it crashes and comes back" crash
    check "answering" wait_for address_is 192.0.2.2 second.test
    check "it restarts" systemctl restart "$unit"
    check "and answers" wait_for address_is 192.0.2.7 far.test
}

clean_up() {
    systemctl stop preset-upstream
    cat /run/hosts >/etc/hosts
    cp /run/dnsmasq.conf /etc/dnsmasq.conf
    rm -r /var/log/dnsmasq
}
