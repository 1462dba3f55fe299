# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# chrony: serves time from its own clock to another chronyd, and answers chronyc.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/chronyd
ntp=$(port 1)

# Setting the clock is the host's business: -x leaves it alone.
prepare() {
    echo 'DAEMON_OPTS="-F 1 -x"' >/etc/default/chrony
    cat >/etc/chrony/chrony.conf <<CONF
confdir /etc/chrony/conf.d
sourcedir /run/chrony-dhcp
sourcedir /etc/chrony/sources.d
keyfile /etc/chrony/chrony.keys
driftfile /var/lib/chrony/chrony.drift
ntsdumpdir /var/lib/chrony
logdir /var/log/chrony
log tracking measurements statistics
leapsectz right/UTC
bindaddress 127.0.0.1
port $ntp
cmdport 0
local stratum 5
allow 127.0.0.1
CONF
    drop_in chrony.service container.conf <<'CONF'
[Unit]
ConditionCapability=
CONF
}

directives() { printf 'BindUDP=%s\n' "$ntp"; }

ask_time() { chronyd -Q -t 10 "server 127.0.0.1 port $ntp iburst maxsamples 1"; }

work() {
    check "chronyc is answered" wait_for chronyc -n tracking
    check "time is served" ask_time
    printf 'server 127.0.0.1 port %s\n' "$ntp" >/etc/chrony/sources.d/test.sources
    check "a source is added" chronyc reload sources
    check "and is known" sh -c 'chronyc -n sources | grep -q 127.0.0.1'
    check "keys are read again" chronyc rekey
    check "measurements are dumped" chronyc dump
    mkdir -p /var/log/chrony && touch /var/log/chrony/tracking.log
    mv /var/log/chrony/tracking.log /var/log/chrony/tracking.log.1
    check "logs are rotated" chronyc cyclelogs
    check "it crashes and comes back" crash
    check "chronyc is answered" wait_for chronyc -n tracking
    check "it restarts" systemctl restart "$unit"
    check "chronyc is answered" wait_for chronyc -n tracking
    check "time is served" ask_time
}
