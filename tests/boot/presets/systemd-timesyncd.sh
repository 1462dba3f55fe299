# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# systemd-timesyncd: asks a server by its name, keeps the latest time over restarts, answers
# timedatectl. The clock itself is the machine's: the container has no CAP_SYS_TIME to set it.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/systemd/systemd-timesyncd
# What is in there is another one in another network, which the wrapper did not see.
tolerated='^fs\.read_file\t/proc/sys/net/'
clock=/var/lib/systemd/timesync/clock

prepare() {
    own_network
    server >/run/preset-clock.pl
    systemd-run -q --collect --unit=preset-clock -p AmbientCapabilities=CAP_SYS_ADMIN \
        nsenter --net=/run/netns/peer perl /run/preset-clock.pl
    echo '192.0.2.2 clock.example' >/etc/hosts
    mkdir -p /etc/systemd/timesyncd.conf.d
    printf '[Time]\nNTP=clock.example\nSaveIntervalSec=1\n' >/etc/systemd/timesyncd.conf.d/test.conf
    systemctl unmask systemd-timesyncd
    drop_in systemd-timesyncd.service container.conf <<CONF
[Unit]
ConditionVirtualization=
ConditionCapability=
[Service]
$(start_in_network)
CONF
}

# server: a small one. It knows the time as well as the machine does.
server() {
    cat <<'PERL'
use Socket;
socket(my $s, PF_INET, SOCK_DGRAM, 0) or die;
bind($s, sockaddr_in(123, inet_aton("192.0.2.2"))) or die "$!";
sub stamp { qx(date +%s.%N) =~ /(.*)([.].*)/; pack("N2", $1 + 2208988800, $2 * 2**32) }
while (my $who = recv($s, my $asked, 512, 0)) {
    my $now = stamp();
    send($s, pack("C4 N2 a4", 044, 1, 4, -20 & 255, 0, 16, "TEST") . $now .
        substr($asked, 40, 8) . $now . stamp(), 0, $who);
}
PERL
}

directives() { echo 'AllowPaths=read_file:/run/netns'; }

clean_up() {
    systemctl stop preset-clock
    systemctl mask "$unit"
    rm -r /etc/systemd/timesyncd.conf.d
    rm /etc/hosts /run/preset-clock.pl
    remove_network
}

status() { timedatectl timesync-status | grep -F "$1"; }
synchronized() { [ -e /run/systemd/timesync/synchronized ]; }

work() {
    check "it asks the server" wait_for status 'Server: 192.0.2.2 (clock.example)'
    check "is answered" wait_for status 'Reference: TEST'
    check "it says that the clock is right" wait_for synchronized
    check "over D-Bus it is given a server" busctl call org.freedesktop.timesync1 \
        /org/freedesktop/timesync1 org.freedesktop.timesync1.Manager SetRuntimeNTPServers as 1 192.0.2.2
    check "it asks that one" wait_for status 'Server: 192.0.2.2 (192.0.2.2)'
    check "it crashes and comes back" crash
    check "it is answered" wait_for status 'Reference: TEST'
    rm "$clock"
    check "it restarts" systemctl restart "$unit"
    check "it is answered" wait_for status 'Reference: TEST'
    check "and has written down the time" test -e "$clock"
}
