# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# systemd-resolved: asks a DNS server, answers over UDP, TCP, its socket and D-Bus; publishes the
# machine's name by LLMNR and multicast DNS.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/systemd/systemd-resolved
# What is in there is another one in another network, which the wrapper did not see.
tolerated='^fs\.read_file\t/proc/sys/net/'

prepare() {
    own_network
    in_network preset ip route add default via 192.0.2.2
    serve 192.0.2.55
    systemctl unmask systemd-resolved
    drop_in systemd-resolved.service container.conf <<CONF
[Service]
ExecStart=
ExecStart=/usr/bin/nsenter --net=/run/netns/preset $program
AmbientCapabilities=CAP_SYS_ADMIN
CapabilityBoundingSet=CAP_SYS_ADMIN
RestrictNamespaces=no
CONF
    mkdir -p /etc/systemd/resolved.conf.d
    printf '[Resolve]\nDNS=192.0.2.2\nMulticastDNS=yes\nLLMNR=yes\n' >/etc/systemd/resolved.conf.d/test.conf
    echo '192.0.2.77 in-hosts.example' >/etc/hosts
}

directives() { echo 'AllowPaths=read_file:/run/netns'; }

clean_up() {
    systemctl stop preset-dns
    systemctl mask "$unit"
    rm -r /etc/systemd/resolved.conf.d
    sed -i 's/^Domains=.*/#Domains=/' /etc/systemd/resolved.conf
    rm /etc/hosts
    remove_network
}

# serve ADDRESS: a server on the wire, which knows a host by this address, and more than fits into a
# packet.
serve() {
    local text
    systemctl stop preset-dns 2>/dev/null
    text=$(printf 'x%.0s' {1..200})
    systemd-run -q --collect --unit=preset-dns -p AmbientCapabilities=CAP_SYS_ADMIN \
        nsenter --net=/run/netns/peer \
        dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --no-resolv --no-hosts --local-ttl=60 \
        --address="/host.example/$1" --txt-record=big.example,"$text$(printf ",$text%.0s" {1..15})"
}

# knows ADDRESS COMMAND...: it prints the address.
knows() { "${@:2}" | grep -wF -- "$1"; }
over_bus() {
    busctl call org.freedesktop.resolve1 /org/freedesktop/resolve1 org.freedesktop.resolve1.Manager \
        ResolveHostname isit 0 "$1" 2 0
}

work() {
    check "it asks a server" wait_for knows 192.0.2.55 resolvectl query host.example
    check "over D-Bus" knows '192 0 2 55' over_bus host.example
    check "it knows the hosts file" knows 192.0.2.77 resolvectl query in-hosts.example
    check "and the gateway" knows 192.0.2.2 resolvectl query _gateway
    check "the stub answers" knows 192.0.2.55 in_network preset getent ahostsv4 host.example
    check "over TCP" knows 192.0.2.55 env RES_OPTIONS=use-vc \
        nsenter --net=/run/netns/preset getent ahostsv4 host.example
    check "a long answer arrives" knows big.example resolvectl query -t txt big.example
    serve 192.0.2.66
    check "it remembers" knows 192.0.2.55 resolvectl query host.example
    check "it forgets" resolvectl flush-caches
    check "and asks again" wait_for knows 192.0.2.66 resolvectl query host.example
    check "an interface gets a server" in_network preset resolvectl dns left 192.0.2.2
    check "its name is known by LLMNR" wait_for knows 192.0.2.1 ask_all 224.0.0.252 5355 "$(hostname)"
    check "and by multicast DNS" wait_for knows 192.0.2.1 ask_all 224.0.0.251 5353 "$(hostname).local"
    sed -i 's/^#Domains=.*/Domains=search.example/' /etc/systemd/resolved.conf
    check "it reloads" systemctl reload "$unit"
    check "and knows its domain" wait_for knows search.example in_network preset resolvectl domain
    check "it crashes and comes back" crash
    check "and knows an interface's server" knows 192.0.2.2 in_network preset resolvectl dns left
    check "it answers" wait_for knows 192.0.2.66 resolvectl query host.example
    check "it restarts" systemctl restart "$unit"
    check "it answers" wait_for knows 192.0.2.66 resolvectl query host.example
}
