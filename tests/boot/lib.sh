# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Helpers of the boot tests. Each tests/boot/NN-name.sh sources this, runs inside of a booted
# container as root, prints TAP and ends with "plan".
#
#     check NAME COMMAND...         passes when COMMAND succeeds
#     check_fails NAME COMMAND...   passes when COMMAND fails
#     check_equal NAME WANT GOT
#     skip NAME REASON              for what cannot be tried here
#     wait_for COMMAND...           until COMMAND succeeds, at most 5 s
#     port N                        the Nth of this container's ports; 0 is nginx's
#
#     drop_in UNIT FILE             writes a drop-in of UNIT from stdin
#     restart UNIT                  daemon-reload and restart
#     lingers USER                  their manager stays when their last session ends
#     property UNIT NAME            one property, as systemctl shows it
#     confined UNIT                 systemd starts it through the wrapper
#     journal_has UNIT TEXT         something said TEXT about the unit's last start
#     denied UNIT RIGHT [OBJECT]    waits until `unitlock denials` shows this
#
#     tryd_service NAME             writes a service with our daemon, more lines from stdin, and
#                                   starts it
#     ask NAME REQUEST...           what the daemon answers (tryd/tryd.cpp)
#     check_answer TEXT NAME WANT REQUEST...
#
# A container sees the denials of every other one, and of earlier tests: ask about units that
# only this test uses.

set -uo pipefail

TRYD=/opt/tryd/tryd
TESTS=0
STARTED=$(date '+%Y-%m-%d %H:%M:%S')

port() { echo $((HTTP_PORT + $1)); }

# --- results

diag() { sed 's/^/# /'; }

# What a failed check shows besides the command's own output.
diag_journal() {
    journalctl --sync 2>/dev/null
    journalctl --no-pager -q -o short-precise --since "$STARTED" -n 40 \
        _TRANSPORT=journal + _TRANSPORT=stdout + _TRANSPORT=syslog + _TRANSPORT=kernel + \
        _AUDIT_TYPE=1423 + _AUDIT_TYPE=1424 | cut -c1-400
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

# plan: the last line of every test. Without it, a test that died half-way would look complete.
plan() { echo "1..$TESTS"; }

wait_for() {
    local tries
    for ((tries = 0; tries < 50; tries++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    "$@"
}

# --- units

drop_in() {
    mkdir -p "/etc/systemd/system/$1.d"
    cat >"/etc/systemd/system/$1.d/$2"
}

# However often a test restarts a unit, it is not "too often".
restart() {
    systemctl daemon-reload
    systemctl reset-failed "$@" 2>/dev/null
    systemctl restart "$@"
}

# What `loginctl enable-linger` writes: logind of 257 and newer refuses a caller that is in none of
# systemd's control groups, as these scripts are.
lingers() {
    mkdir -p /var/lib/systemd/linger
    touch "/var/lib/systemd/linger/$1"
}

property() { systemctl show -P "$2" "$1"; }

confined() { [[ $(property "$1" ExecStart) = *'/unitlock-exec '* ]]; }

# journal_of UNIT: what the unit and systemd said about its last start. Of a process that ends at
# once, journald may not find out which unit it was of; the wrapper's own field is left then.
journal_of() {
    local id
    id=$(property "$1" InvocationID)
    journalctl --sync
    journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$id" + "INVOCATION_ID=$id" + \
        "UNITLOCK_TAG=ul-${id:0:12}"
}

journal_has() { journal_of "$1" | grep -F -- "$2"; }

kernel_abi() { "$TRYD" "do" abi | cut -d ' ' -f 2; }

# logs_denials: whether this kernel does.
logs_denials() { [ "$(kernel_abi)" -ge 7 ]; }

# state_of UNIT: the state that `unitlock status` gives it.
state_of() {
    unitlock status "$1.service" -o json 2>/dev/null | jq -r 'select(.unit) | .state | gsub("-"; " ")'
}

# --- denials

# denials UNIT [OPTION...]: one "right<TAB>object<TAB>count<TAB>program" a line; a denial of two rights at
# once is two lines.
denials() {
    journalctl --sync
    unitlock denials "$@" --since "$STARTED" -o json | jq -r '
        (.object | .path // .name // .port // .comm // "" | tostring) as $object
        | .rights[] as $right
        | [$right, $object, (.count | tostring), .process.exe] | join("\t")'
}

# Not "| grep -q": that ends at the first hit, and what still writes then fails.
shows_denial() { grep -qxF -- "$2"$'\t'"$3" <(denials "$1" | cut -f 1,2); }

denied() {
    wait_for shows_denial "$1" "$2" "${3:-}" || {
        denials "$1"
        return 1
    }
}

# --- the daemon that tries what it is told to

tryd_service() {
    local name=$1
    {
        printf '[Service]\nExecStart=%s serve /run/%s/sock\n' "$TRYD" "$name"
        printf 'RuntimeDirectory=%s\nRuntimeDirectoryMode=0755\n' "$name"
        cat
    } >"/etc/systemd/system/$name.service"
    restart "$name.service" && wait_for ask "$name" pid
}

ask() {
    local name=$1
    shift
    "$TRYD" ask "/run/$name/sock" "$@" 2>&1
}

check_answer() {
    local text=$1 name=$2 want=$3
    shift 3
    check_equal "$text" "$want" "$(ask "$name" "$@")"
}
