# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Helpers of the boot tests. Each tests/boot/NN-name.sh sources this, runs inside of a booted
# container as root and prints TAP.
#
#     check NAME COMMAND...         passes when COMMAND succeeds
#     check_fails NAME COMMAND...   passes when COMMAND fails
#     check_equal NAME WANT GOT
#     skip NAME REASON              for what cannot be tried here
#     wait_for COMMAND...           until COMMAND succeeds, at most 10 s
#     drop_in UNIT FILE             writes a drop-in of UNIT from stdin
#     restart UNIT                  daemon-reload and restart
#
# The first of this container's sixteen ports is nginx's; port N gives the others.

set -uo pipefail

TESTS=0
STARTED=$(date '+%Y-%m-%d %H:%M:%S')

port() { echo $((HTTP_PORT + $1)); }

diag() { sed 's/^/# /'; }

# What a failed check shows besides the command's own output.
diag_journal() {
    journalctl --sync 2>/dev/null
    journalctl --no-pager -q -o short-precise --since "$STARTED" -n 40 \
        _TRANSPORT=journal + _TRANSPORT=stdout + _TRANSPORT=syslog + _AUDIT_TYPE=1423 + _AUDIT_TYPE=1424 |
        cut -c1-400
}

result() {
    TESTS=$((TESTS + 1))
    printf '%s %d - %s\n' "$1" "$TESTS" "$2"
}

pass() { result ok "$1"; }

fail() {
    result 'not ok' "$1"
    printf '%s\n' "${2:-}" | diag
    diag_journal | diag
}

skip() { result ok "$1 # SKIP $2"; }

check() {
    local name=$1 output status=0
    shift
    output=$("$@" 2>&1) || status=$?
    if [ $status = 0 ]; then
        pass "$name"
    else
        fail "$name" "exit status $status of: $*"$'\n'"$output"
    fi
}

check_fails() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        fail "$name" "should have failed: $*"$'\n'"$output"
    else
        pass "$name"
    fi
}

check_equal() {
    if [ "$2" = "$3" ]; then
        pass "$1"
    else
        fail "$1" "want: $2"$'\n'"got:  $3"
    fi
}

wait_for() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    "$@"
}

drop_in() {
    mkdir -p "/etc/systemd/system/$1.d"
    cat >"/etc/systemd/system/$1.d/$2"
}

restart() {
    systemctl daemon-reload && systemctl restart "$@"
}

# plan: the last line of every test. Without it, a test that died half-way would look complete.
plan() { echo "1..$TESTS"; }
