#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `unitlock metrics` and its timer: what is counted stays counted, and is counted once.
. /opt/boot-tests/lib.sh

directory=/var/lib/prometheus/node-exporter
figures=$directory/unitlock.prom
state=/var/lib/unitlock-metrics/counted.json

# figure EXPRESSION [FILE]: the sum of the samples whose lines match.
figure() { awk -v what="^unitlock_$1" '$0 ~ what { sum += $NF } END { print sum + 0 }' "${2:-$figures}"; }
reads() { figure 'denials_total[{].*unit="counted.service",.*right="fs.read_file"' "$@"; }

run_service() {
    systemctl reset-failed unitlock-metrics.service
    systemctl start unitlock-metrics.service
}
# What is younger than a few seconds is left to the next run.
shows() { run_service && [ "$(reads)" = "$1" ]; }
soon() { wait_for "$@" || wait_for "$@"; }

tryd_service counted <<END
[X-Landlock]
ABI=$(kernel_abi)
END
check "it is confined" confined counted.service
echo secret >/srv/secret
for _ in 1 2 3; do ask counted read /srv/secret; done >/dev/null
check "it is denied something" denied counted.service fs.read_file /srv/secret

check_equal "the timer is off" disabled "$(systemctl is-enabled unitlock-metrics.timer)"
systemctl start unitlock-metrics.service
check_equal "without a directory for it, the service does nothing" no \
    "$(property unitlock-metrics.service ConditionResult)"
mkdir -p $directory

check "the service writes a file" run_service
check_equal "that node_exporter may read" 644 "$(stat -c %a $figures)"
check "with the denials" soon shows 3
run_service
check_equal "which are counted once" 3 "$(reads)"
ask counted read /srv/secret >/dev/null
check "and go on" soon shows 4
ask counted connect-tcp "$(port 0)" >/dev/null
connected() {
    run_service
    [ "$(figure 'denials_total[{].*unit="counted.service",.*right="net.connect_tcp"')" = 1 ]
}
check "each right for itself" soon connected
check "a service is confined" [ "$(figure 'units[{]state="enforced"')" -ge 1 ]
check_equal "denials can be seen" 1 "$(figure 'denials_visible[{]answer="yes"')"
check_equal "the kernel's ABI is there" "$(kernel_abi)" "$(figure landlock_abi)"
check_equal "nothing is missing" 0 "$(figure gaps)"
check "the last run is now" [ $(($(date +%s) - $(figure last_run_timestamp_seconds))) -lt 60 ]
check "the version is there" grep -qxF \
    "unitlock_build_info{version=\"$(unitlock --version | cut -d' ' -f2)\"} 1" $figures
check_equal "nothing else is left there" unitlock.prom "$(ls -A $directory)"

# A journal that has been rotated and vacuumed: only what is written now is in it.
journalctl --sync
journalctl --rotate
mkdir /run/rotated
cp /var/log/journal/*/system.journal /run/rotated/
cp $state /run/rotated/state
unitlock metrics --directory=/run/rotated --state=/run/rotated/state >/run/rotated/figures
check_equal "what the journal has forgotten stays counted" 4 "$(reads /run/rotated/figures)"
unitlock metrics --directory=/run/rotated >/run/rotated/figures
check_equal "unlike without a state" 0 "$(reads /run/rotated/figures)"

# A service that is not what it should be, by name.
printf '[X-Landlock]\nReadOnlyPaths=/srv\n' | drop_in counted.service more.conf
systemctl daemon-reload
named() {
    run_service
    grep -qxF 'unitlock_unit_not_well{unit="counted.service",state="restart-needed"} 1' $figures
}
check "a service that needs a restart is named" wait_for named

echo broken >$state
check_fails "a state that is none is refused" run_service
check "with the file's name" journal_has unitlock-metrics.service "$state"
rm $state
check "without one it counts anew" soon shows 4

rm $figures
systemctl start unitlock-metrics.timer
written() { [ -s $figures ]; }
# It comes twenty-five seconds later at most.
for _ in 1 2 3 4 5 6; do wait_for written && break; done
check "the timer writes it" written
systemctl stop unitlock-metrics.timer counted
rm -r $directory /run/rotated /etc/systemd/system/counted.service* /srv/secret
systemctl daemon-reload
plan
