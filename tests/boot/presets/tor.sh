# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# tor: a bridge that another tor asks, SOCKS and control ports, onion services; without the network of the
# world, as its only directory authority is nginx.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/tor
socks=$(port 1)
control=$(port 2)
relay=$(port 3)
# It may connect to any.
connect_port=

prepare() {
    cp /etc/tor/torrc /run/torrc.bak
    cat >/etc/tor/torrc <<CONF
TestingTorNetwork 1
DirAuthority test orport=$(port 0) no-v2 v3ident=14C131DFC5C6F93646BE72FA1401C02A8DF2E8B4 127.0.0.1:$(port 0) 0123456789012345678901234567890123456789
SocksPort 127.0.0.1:$socks
ControlPort 127.0.0.1:$control
ORPort 127.0.0.1:$relay
Address 127.0.0.1
AssumeReachable 1
BridgeRelay 1
PublishServerDescriptor 0
ShutdownWaitLength 0
HiddenServiceDir /var/lib/tor/first
HiddenServicePort 80 127.0.0.1:$(port 0)
Log notice file /var/log/tor/notices.log
CONF
    drop_in tor@default.service container.conf <<'CONF'
[Service]
AppArmorProfile=
CONF
    systemctl enable --now tor.service
}

directives() { printf 'BindTCP=%s %s %s\n' "$socks" "$control" "$relay"; }

clean_up() {
    systemctl stop tor.service preset-client
    systemctl disable tor.service
    rm -rf /etc/systemd/system/tor@default.service.d /var/lib/tor/* /var/log/tor/* \
        /run/preset-client /run/torrc.client
    mv /run/torrc.bak /etc/tor/torrc
}

cookie() { od -An -tx1 /run/tor/control.authcookie | tr -d ' \n'; }
over_port() { tcp "$control" "AUTHENTICATE $(cookie)" "$1" QUIT; }
says() { over_port "$1" | grep -F -- "$2"; }
says_there() { over_socket "$1" | grep -F -- "$2"; }

# client: another tor, for which this one is the bridge.
client() {
    local print
    read -r _ print </var/lib/tor/fingerprint
    rm -rf /run/preset-client
    install -d -m 700 -o debian-tor /run/preset-client
    {
        grep -E '^(TestingTorNetwork|DirAuthority) ' /etc/tor/torrc
        printf 'UseBridges 1\nBridge 127.0.0.1:%s %s\nDataDirectory /run/preset-client\n' "$relay" "$print"
        printf 'Log notice file /run/preset-client/log\nSocksPort 0\n'
    } >/run/torrc.client
    systemd-run -q --collect --unit=preset-client -p User=debian-tor tor --defaults-torrc /dev/null -f /run/torrc.client
}

over_socket() {
    perl -MSocket -e '
        socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
        connect($s, sockaddr_un("/run/tor/control")) or die "$!";
        syswrite($s, "$_\r\n") for @ARGV;
        alarm 5;
        print <$s>' "AUTHENTICATE $(cookie)" "$1" QUIT
}
# What a SOCKS 5 client says first, and what it is told: no authentication.
greets() {
    local client answer
    exec {client}<>"/dev/tcp/127.0.0.1/$socks" || return
    printf '\5\1\0' >&"$client"
    answer=$(timeout 5 head -c 2 <&"$client" | od -An -tx1)
    exec {client}>&-
    [ "$answer" = ' 05 00' ]
}
onion() { grep -xE '[a-z2-7]{56}[.]onion' "/var/lib/tor/$1/hostname"; }
bridged() { grep 'new bridge descriptor' /run/preset-client/log; }

work() {
    local name
    check "it is controlled" wait_for says 'GETINFO version' version=
    check "over its socket" wait_for says_there 'GETINFO version' version=
    check "it greets a client" wait_for greets
    check "it connects to the authority" wait_for says 'GETINFO status/bootstrap-phase' TAG=conn_done
    check "it has made an onion service" onion first
    name=$(onion first)
    client
    check "it is the bridge of another" wait_for bridged
    printf 'HiddenServiceDir /var/lib/tor/second\nHiddenServicePort 80 127.0.0.1:%s\n' "$(port 0)" >>/etc/tor/torrc
    mv /var/log/tor/notices.log /var/log/tor/notices.log.1
    check "it reloads" systemctl reload tor.service
    check "another onion service is there" wait_for onion second
    check "and another log" wait_for grep 'new log file' /var/log/tor/notices.log
    systemctl stop preset-client
    check "it crashes and comes back" crash
    check "it is controlled" wait_for says 'GETINFO version' version=
    check_equal "the onion service is the same" "$name" "$(onion first)"
    check "it restarts" systemctl restart "$unit"
    check "it is controlled" wait_for says 'GETINFO version' version=
    client
    check "it is the bridge of another" wait_for bridged
}
