# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# transmission-daemon: it and another one seed a torrent each, and load the other's; the tracker that
# tells them of each other is a few lines of Perl.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/transmission-daemon
connect_port=25
rpc=$(port 1) peer=$(port 2) tracker=$(port 3) other_rpc=$(port 4) other_peer=$(port 5)
# Peers of the loopback network are not believed in.
address=$(ip -4 -o address show scope global | awk 'NR == 1 { sub("/.*", "", $4); print $4 }')

prepare() {
    cp -p /etc/transmission-daemon/settings.json /run/settings.json
    settings "{\"rpc-port\": $rpc, \"peer-port\": $peer, \"rpc-bind-address\": \"127.0.0.1\"}" \
        </run/settings.json >/etc/transmission-daemon/settings.json
    mkdir -p /run/other/.config /run/other/files
    settings "{\"rpc-port\": $other_rpc, \"peer-port\": $other_peer, \"rpc-enabled\": true}" \
        </dev/null >/run/other/.config/settings.json
    install -d -o debian-transmission -g debian-transmission /srv/torrents
    file pear /srv/torrents
    file plum /run/other/files
    chown debian-transmission: /srv/torrents/pear
    cat >/run/tracker.pl <<'PERL'
use IO::Socket::INET;
my ($port, $address, @peers) = @ARGV;
my $listen = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1:$port", ReuseAddr => 1) or die;
my $known = join "", map { pack "C4n", split(/\./, $address), $_ } @peers;
my $answer = "d8:intervali60e5:peers" . length($known) . ":${known}e";
while (my $client = $listen->accept) {
    while (<$client> =~ /\S/) {}
    print $client "HTTP/1.0 200 OK\r\nContent-Length: " . length($answer) . "\r\n\r\n$answer";
}
PERL
    systemd-run -q --collect --unit=test-tracker \
        perl /run/tracker.pl "$tracker" "$address" "$peer" "$other_peer"
    systemd-run -q --collect --unit=test-other -E HOME=/run/other \
        transmission-daemon -f -g /run/other/.config -w /run/other/files
}

# settings MORE: those of stdin, with what keeps them from talking to the world.
settings() {
    jq -n "([inputs][0] // {}) + $1 + {\"dht-enabled\": false, \"lpd-enabled\": false, \"pex-enabled\": false,
        \"port-forwarding-enabled\": false, \"blocklist-enabled\": false}"
}

file() {
    head -c 3000000 /dev/urandom >"$2/$1"
    transmission-create -t "http://127.0.0.1:$tracker/announce" -o "/run/$1.torrent" "$2/$1" >/dev/null
}

clean_up() {
    systemctl stop test-tracker test-other
    cp -p /run/settings.json /etc/transmission-daemon/settings.json
    rm -r /srv/torrents /run/other /run/pear.torrent /run/plum.torrent /run/settings.json /run/tracker.pl
    find /var/lib/transmission-daemon -type f -delete
    find /var/lib/transmission-daemon/.config/transmission-daemon -mindepth 1 -type d -delete
}

directives() { printf 'BindTCP=%s %s\nBindUDP=%s\nReadWritePaths=/srv/torrents\n' "$rpc" "$peer" "$peer"; }

remote() { transmission-remote "127.0.0.1:$rpc" -n transmission:transmission "$@"; }
other() { transmission-remote "127.0.0.1:$other_rpc" "$@"; }
# is_done remote|other NAME: the torrent is complete. Peers let others have something every ten seconds.
is_done() { "$1" -l | grep -E "100% .* $2\$"; }
in_time() { timeout 40 bash -c "$(declare -f remote other is_done wait_for); rpc=$rpc other_rpc=$other_rpc
    until wait_for $*; do :; done"; }
rpc() {
    curl -sS --max-time 5 -u transmission:transmission "$@" "http://127.0.0.1:$rpc/transmission/rpc"
}
limit_is() {
    local session
    session=$(rpc -D - -o /dev/null | tr -d '\r' | grep -i '^X-Transmission-Session-Id:')
    [ "$(rpc -H "$session" -d '{"method":"session-get"}' | jq '.arguments."speed-limit-down" | floor')" = "$1" ]
}

work() {
    check "it answers" wait_for remote -si
    check "the other one too" wait_for other -si
    check "it has a page" sh -c "curl -sSf -L -u transmission:transmission http://127.0.0.1:$rpc/transmission/web/ | grep -q '<html'"
    check_fails "but not for everyone" curl -sSf "http://127.0.0.1:$rpc/transmission/rpc"
    check "it seeds a file" remote -a /run/pear.torrent -w /srv/torrents
    check "which is complete" wait_for is_done remote pear
    check "the other one seeds another" other -a /run/plum.torrent
    check "which is complete" wait_for is_done other plum
    check "the other one wants the first" other -a /run/pear.torrent
    check "it wants the second" remote -a /run/plum.torrent
    check "the other one gets the first" in_time is_done other pear
    check "as it is" wait_for cmp /srv/torrents/pear /run/other/files/pear
    check "it gets the second" in_time is_done remote plum
    check "as it is" wait_for cmp /run/other/files/plum /var/lib/transmission-daemon/downloads/plum
    check "which is moved" remote -t 2 --move /srv/torrents
    check "and is there" wait_for cmp /run/other/files/plum /srv/torrents/plum
    check "a setting is changed" remote -d 77
    check "it restarts" systemctl restart "$unit"
    check "with the setting" wait_for limit_is 77
    check_equal "which is in its file" 77 "$(jq '."speed-limit-down"' /etc/transmission-daemon/settings.json)"
    check "and the files" wait_for is_done remote plum
    sed -i 's/"speed-limit-down": 77/"speed-limit-down": 78/' /etc/transmission-daemon/settings.json
    check "it reloads" systemctl reload "$unit"
    check "and has what is new in the file" wait_for limit_is 78
    check "it crashes and comes back" crash
    check "with the files" wait_for is_done remote pear
    check "both are removed" remote -t all --remove-and-delete
    check "and gone" wait_for sh -c '! ls /srv/torrents | grep .'
}
