# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rsyslog: lines from programs and over TCP, into files and through a queue on disk; rotation.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/rsyslogd
syslog=$(port 1)

prepare() {
    cat >/etc/rsyslog.d/90-test.conf <<CONF
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="$syslog")
local5.* /var/log/deep/er/local5.log
action(type="omfile" file="/var/log/queued.log" queue.type="Disk" queue.filename="queued")
CONF
    mkdir -p /etc/systemd/journald.conf.d
    printf '[Journal]\nForwardToSyslog=yes\n' >/etc/systemd/journald.conf.d/syslog.conf
    systemctl restart systemd-journald
}

# Its socket would start it again, and journald would write there.
clean_up() {
    rm -r /etc/systemd/journald.conf.d
    systemctl restart systemd-journald
    systemctl stop syslog.socket "$unit"
}

directives() { echo "BindTCP=$syslog"; }

says() { grep -q "$2" "/var/log/$1"; }

# arrives FILE TEXT LOGGER-OPTION...: sent until it is there, because journald passes on what finds
# room in the socket, and a signal may come after a line.
arrives() { wait_for sent_and_there "$@"; }
sent_and_there() { logger "${@:3}" "$2" && sleep 0.1 && says "$1" "$2"; }

work() {
    check "a line arrives" arrives syslog first-line -p user.notice
    check "that of a login in its own file" arrives auth.log second-line -p auth.notice
    check "one in directories that were not there" arrives deep/er/local5.log third-line -p local5.notice
    check "one over TCP" arrives syslog fourth-line -n 127.0.0.1 -P "$syslog" -T
    check "and through a queue on disk" wait_for says queued.log fourth-line
    mv /var/log/syslog /var/log/syslog.1
    check "rotation" /usr/lib/rsyslog/rsyslog-rotate
    check "goes on in a new file" arrives syslog fifth-line
    check "it crashes and comes back" crash
    check "a line arrives" arrives syslog sixth-line
    check "it restarts" systemctl restart "$unit"
    check "a line arrives" arrives syslog seventh-line
}
