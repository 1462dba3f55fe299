# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# fail2ban: addresses from a log file and from the journal, banned with nftables, in a network of
# its own; rotation of the log that is read and of its own; bans that outlast a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/fail2ban-server
# Actions are lines of shell: see the preset.
shell=/usr/bin/bash
# See the preset; and in a network of its own, what is in /proc/sys/net is not what was there at
# start, so it tries out whether there is IPv6.
tolerated='^fs\.read_file\s/proc/[0-9]+/maps\s.*grep$|^fs\.(execute|read_file)\s/usr/sbin/nft\s.*dash$'
tolerated+='|^fs\.read_file\s/proc/sys/net/ipv6/conf/all/disable_ipv6\s|^net\.bind_tcp\s0\s'
log=/var/log/preset.log

prepare() {
    cat >/etc/fail2ban/filter.d/preset.conf <<'CONF'
[Definition]
failregex = login failed from <HOST>$
CONF
    cat >/etc/fail2ban/jail.d/preset.local <<CONF
[DEFAULT]
maxretry = 3
bantime = 1h
filter = preset
[preset-file]
enabled = true
backend = polling
logpath = $log
[preset-journal]
enabled = true
backend = systemd
journalmatch = SYSLOG_IDENTIFIER=preset
CONF
    # The network is the machine's, where nothing is to be banned, and nothing can be: so it is
    # root of a network of its own.
    drop_in fail2ban.service network.conf <<'CONF'
[Service]
ExecStart=
ExecStart=/usr/bin/unshare --user --map-root-user --net /usr/bin/fail2ban-server -xf start
CONF
    touch "$log"
}

# What unshare needs to become root there.
directives() { printf 'AllowPaths=write_file:/proc/self/%s\n' uid_map gid_map setgroups; }

clean_up() {
    rm -f /etc/fail2ban/{filter.d/preset.conf,jail.d/preset.local} "$log"* \
        /var/lib/fail2ban/fail2ban.sqlite3 /var/log/fail2ban.log*
}

client() { fail2ban-client "$@"; }
fail_to_log_in() {
    local try
    for ((try = 0; try < 3; try++)); do
        printf '%(%F %T)T login failed from %s\n' -1 "$1" >>"$log"
    done
}
fail_in_the_journal() {
    local try
    for ((try = 0; try < 3; try++)); do
        logger -t preset "login failed from $1"
    done
}
ruleset() { nsenter -t "$(property "$unit" MainPID)" -n nft list ruleset; }
# is_banned JAIL ADDRESS: fail2ban says so, and the packets are refused.
is_banned() { client get "$1" banned | grep -qF "'$2'" && ruleset | grep -qE "\b$2\b"; }
is_free() { client get "$1" banned && ! is_banned "$1" "$2" && ! ruleset | grep -qE "\b$2\b"; }

work() {
    check "it answers" wait_for client ping
    check "both jails are there" wait_for client status preset-journal
    check "an address fails in a log" fail_to_log_in 192.0.2.1
    check "and is banned" wait_for is_banned preset-file 192.0.2.1
    check "another one in the journal" fail_in_the_journal 192.0.2.2
    check "and is banned" wait_for is_banned preset-journal 192.0.2.2
    check "one is banned by hand" client set preset-file banip 192.0.2.3
    check "and is" wait_for is_banned preset-file 192.0.2.3
    check "it is set free" client unban 192.0.2.3
    check "and is" wait_for is_free preset-file 192.0.2.3
    mv "$log" "$log.1"
    touch "$log"
    check "the log is rotated" fail_to_log_in 192.0.2.4
    check "and read on" wait_for is_banned preset-file 192.0.2.4
    mv /var/log/fail2ban.log /var/log/fail2ban.log.1
    install -m 640 -g adm /dev/null /var/log/fail2ban.log
    check "its own log is rotated" client flushlogs
    check "a ban" client set preset-file banip 192.0.2.5
    check "is written to the new one" wait_for grep -q 'Ban 192.0.2.5' /var/log/fail2ban.log
    check "it reloads" systemctl reload "$unit"
    check "and bans as before" wait_for is_banned preset-file 192.0.2.1
    check "libc6 is upgraded" new_loader
    check "a ban" client set preset-file banip 192.0.2.6
    check "is done" wait_for is_banned preset-file 192.0.2.6
    check "it crashes and comes back" crash
    check "with its bans" wait_for is_banned preset-file 192.0.2.1
    check "it restarts" systemctl restart "$unit"
    check "with its bans" wait_for is_banned preset-journal 192.0.2.2
}
