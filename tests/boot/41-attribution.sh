#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whose denial it was: two services of one program, a service that restarts while denials are in
# flight, a PID that is used again, a container in between. Who lies is in 40-forgery.sh; a clock
# that jumps is in tests/unit/journal/attribution_cases_test.cpp, for no container has one of its own.
. /opt/boot-tests/lib.sh

mkdir -p /srv/a/counts
touch /srv/a/{shared,first,second,container}

# owners PATH: "unit certainty invocation count" of each group with this object
owners() {
    journalctl --sync
    unitlock denials --since "$STARTED" -o json | jq -r --arg path "$1" '
        select(.object.path == $path)
        | "\(.unit // "-") \(.certainty) \(.invocation // "-") \(.count)"' | sort
}
owners_are() { [ "$(owners "$1")" = "$2" ]; }
# check_owners NAME PATH WANT
check_owners() {
    wait_for owners_are "$2" "$3"
    check_equal "$1" "$3" "$(owners "$2")"
}
invocation() { property "$1" InvocationID; }

# --- two services of the same program

for twin in twin-one twin-two; do
    tryd_service $twin <<'END'
[X-Landlock]
END
done
for ((i = 0; i < 3; i++)); do
    ask twin-one read /srv/a/shared >/dev/null
    ask twin-two read /srv/a/shared >/dev/null
    ask twin-two read /srv/a/shared >/dev/null
done
check_owners "two services of one program have each their own denials" /srv/a/shared \
    "twin-one.service likely $(invocation twin-one) 3
twin-two.service likely $(invocation twin-two) 6"
systemctl stop twin-one twin-two

# --- a service that restarts while denials are in flight

# It counts for itself, and says at its end how often it was denied and which invocation it was.
# The kernel's queue of records has 64 places, hence the pause.
cat >/srv/a/flow.sh <<'END'
n=0
stop=
trap stop=yes TERM
: >/srv/a/counts/ready
while [ -z "$stop" ]; do
    true </srv/a/flow-$RUN
    n=$((n + 1))
    sleep 0.02
done
echo $INVOCATION_ID $n >/srv/a/counts/$RUN
END
cat >/etc/systemd/system/flow.service <<'END'
[Service]
EnvironmentFile=/srv/a/flow
ExecStart=/bin/sh /srv/a/flow.sh
StandardError=null
[X-Landlock]
ReadOnlyPaths=/srv/a/flow.sh
ReadWritePaths=/srv/a/counts
ExecPaths=/usr
END
systemctl daemon-reload
runs=12
for ((run = 0; run < runs; run++)); do
    touch "/srv/a/flow-$run"
    echo "RUN=$run" >/srv/a/flow
    rm -f /srv/a/counts/ready
    restart flow
    wait_for test -e /srv/a/counts/ready
    sleep 0.1 # of work that is interrupted
done
systemctl stop flow
wrong=0
for ((run = 0; run < runs; run++)); do
    read -r id count <"/srv/a/counts/$run" || { id=none count=none; }
    want="flow.service likely $id $count"
    [ "$count" != 0 ] || want= # a slow machine: it ended before it began
    wait_for owners_are "/srv/a/flow-$run" "$want" || {
        diag <<<"run $run: want $want, got $(owners "/srv/a/flow-$run")"
        wrong=$((wrong + 1))
    }
done
check_equal "each of $runs starts in a row has all of its denials, and no other's" 0 $wrong
check_equal "all starts have different invocations" $runs \
    "$(cut -d ' ' -f 1 /srv/a/counts/[0-9]* | sort -u | grep -c .)"

# --- a PID that is used again

tryd_service first <<'END'
[X-Landlock]
END
first=$(invocation first)
pid=$(property first MainPID)
ask first read /srv/a/first >/dev/null
cat >/etc/systemd/system/second.service <<END
[Service]
ExecStart=/opt/tryd/tryd serve /run/second/sock
RuntimeDirectory=second
RuntimeDirectoryMode=0755
[X-Landlock]
ABI=$(kernel_abi)
END
systemctl daemon-reload
systemctl stop first
mkdir -p /run/proc
mount -t proc proc /run/proc
# journald looks up only every second which unit a PID is of; before that a record is of nobody.
sleep 1.5
# Some PIDs are taken by who starts it; how many is not the same in all releases.
again=0
for ((try = 0; try < 60 && again != pid; try++)); do
    systemctl stop second
    echo $((pid - 1 - try % 6)) >/run/proc/sys/kernel/ns_last_pid
    systemctl start second
    again=$(property second MainPID)
done
if [ "$again" = "$pid" ]; then
    wait_for ask second pid
    ask second read /srv/a/second >/dev/null
    ask second read /srv/a/first >/dev/null
    check_owners "a PID that is used again takes no denial along" /srv/a/second \
        "second.service likely $(invocation second) 1"
    check_owners "and none comes to it" /srv/a/first \
        "first.service likely $first 1
second.service likely $(invocation second) 1"
    check_equal "status believes the second's own start record" enforced "$(state_of second)"
else
    skip "a PID that is used again" "another process always took PID $pid"
fi
systemctl stop second
umount /run/proc

# --- a container in between

# Its services have the names of ours, its journald is not ours.
tryd_service inside <<'END'
[X-Landlock]
END
mkdir -p /srv/a/container-run
# shellcheck disable=SC2016  # expanded by the inner shell
unshare --mount --pid --fork --mount-proc sh -c '
    mount -t tmpfs none /run/systemd/journal
    INVOCATION_ID=$(tr -d - </proc/sys/kernel/random/uuid)
    export INVOCATION_ID
    exec "$@"' sh \
    /usr/libexec/unitlock-exec --unit=inside.service "--abi=$(kernel_abi)" \
    --exec=/opt/tryd --program="$TRYD" -- "$TRYD" "do" read /srv/a/container \
    >/srv/a/container.txt 2>&1
check "a service in a container is denied something" grep -q 'errno EACCES' /srv/a/container.txt
check_owners "which is not our service of its name" /srv/a/container "- unclaimed - 1"
check_equal "which was denied nothing" "" "$(denials inside.service)"
systemctl stop inside
plan
