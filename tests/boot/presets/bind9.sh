# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# bind9: a primary zone with updates, transferred to a secondary view of the same server; rndc.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/named
dns=$(port 1) control=$(port 2)

# shellcheck disable=SC2016  # $TTL is the zone's
zone() { printf '$TTL 60\n@ SOA ns root 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\nwww A 192.0.2.%s\n' "$1"; }

prepare() {
    zone 1 >/etc/bind/db.example.test
    install -o bind -g bind -m 644 /etc/bind/db.example.test /var/lib/bind/db.dynamic.test
    sed 's/"rndc-key"/"update"/' /etc/bind/rndc.key >/etc/bind/update.key
    chown bind:bind /etc/bind/*.key
    cat >/etc/bind/named.conf <<CONF
include "/etc/bind/rndc.key";
include "/etc/bind/update.key";
controls { inet 127.0.0.1 port $control allow { 127.0.0.1; } keys { "rndc-key"; }; };
options {
    directory "/var/cache/bind";
    listen-on port $dns { 127.0.0.1; };
    listen-on-v6 { none; };
    recursion yes;
    notify no;
    dnssec-validation no;
    allow-transfer { 127.0.0.1; };
};
logging {
    channel queries { file "/var/log/named/queries.log" versions 3 size 20k; severity info; };
    category queries { queries; };
};
key "second" { algorithm hmac-sha256; secret "c2Vjb25kc2Vjb25kc2Vjb25k"; };
view second {
    match-clients { key second; };
    zone "example.test" {
        type secondary; file "copy.example.test";
        primaries port $dns { 127.0.0.1; };
    };
    zone "dynamic.test" { type forward; forward only; forwarders { 127.0.0.1 port $dns; }; };
};
view first {
    match-clients { any; };
    zone "example.test" { type primary; file "/etc/bind/db.example.test"; };
    zone "dynamic.test" {
        type primary; file "/var/lib/bind/db.dynamic.test"; allow-update { key "update"; };
    };
};
CONF
    install -d -o bind -g bind /var/log/named
    sed -i "s/^OPTIONS=.*/OPTIONS=\"-u bind -4\"/" /etc/default/named
    # rndc of the unit's ExecReload= and ExecStop= finds its port here.
    printf 'include "/etc/bind/rndc.key";\noptions { default-key "rndc-key"; default-server 127.0.0.1; default-port %s; };\n' \
        "$control" >/etc/bind/rndc.conf
}

# The secondary asks the primary, which is the same server on the same port.
directives() { printf 'BindTCP=%s %s\nBindUDP=%s\nConnectTCP=%s\n' "$dns" "$control" "$dns" "$dns"; }

query() { dig @127.0.0.1 -p "$dns" +short +tries=1 +time=3 "$@"; }
address_is() { [ "$(query "${@:2}")" = "$1" ]; }
second=(-y hmac-sha256:second:c2Vjb25kc2Vjb25kc2Vjb25k)

work() {
    check "it answers over UDP" wait_for address_is 192.0.2.1 www.example.test
    check_equal "and TCP" 192.0.2.1 "$(query +tcp www.example.test)"
    check "the zone is transferred" sh -c "dig @127.0.0.1 -p $dns example.test AXFR | grep -q www"
    check "a secondary has got it" wait_for address_is 192.0.2.1 "${second[@]}" www.example.test
    check "and keeps a copy" wait_for test -s /var/cache/bind/copy.example.test
    check "an update" sh -c "printf 'server 127.0.0.1 $dns\nupdate add new.dynamic.test 60 A 192.0.2.9\nsend\n' |
        nsupdate -k /etc/bind/update.key"
    check_equal "is there" 192.0.2.9 "$(query new.dynamic.test)"
    check "and is asked for at another server" wait_for address_is 192.0.2.9 "${second[@]}" new.dynamic.test
    check "and is written down" rndc sync -clean dynamic.test in first
    zone 2 | sed 's/root 1/root 2/' >/etc/bind/db.example.test
    check "it reloads" systemctl reload "$unit"
    check "and has the new zone" wait_for address_is 192.0.2.2 www.example.test
    check "its cache is dumped" rndc dumpdb -all
    check "to a file" wait_for test -s /var/cache/bind/named_dump.db
    check "statistics too" sh -c 'rndc stats && test -s /var/cache/bind/named.stats'
    for ((i = 0; i < 300; i++)); do echo "host$i.example.test"; done >/run/names
    check "many queries" dig @127.0.0.1 -p "$dns" -f /run/names +short
    check "rotate the log" wait_for test -s /var/log/named/queries.log.0
    check "it crashes and comes back" crash
    check "answering" wait_for address_is 192.0.2.9 new.dynamic.test
    check "it restarts" systemctl restart "$unit"
    check "and answers" wait_for address_is 192.0.2.2 www.example.test
}
