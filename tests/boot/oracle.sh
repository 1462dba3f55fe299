# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Helpers for the tests in which systemd judges: what it says of many units before the generator
# had anything to do and after. What has to be the same is in oracle/comparison.cpp.
#
#     before NAMES          keeps what systemd says of the units that the file NAMES lists
#     compare TEXT NAMES [MINIMUM]
#                           passes when each of them is wrapped exactly, at least MINIMUM are, and
#                           the rest is untouched, as unitlock status says itself
#     check_same TEXT NAMES passes when systemd says what it said before
#     declare_for NAME       a declaration for all units that NAME.d reaches; lines from stdin
#     undeclare             takes all of them back
#     generator off|on      whether the generator runs at the next reload
#
# They reload.

ORACLE=/opt/oracle/oracle
WORK=$(mktemp -d)
UNITS=/run/systemd/system

ask_systemd() {
    systemctl daemon-reload && "$ORACLE" pinned "'$ORACLE' ask <'$1' >'$2'" <"$1"
}

before() { ask_systemd "$1" "$WORK/before"; }

compare() {
    local text=$1 names=$2 output
    systemctl daemon-reload
    # unitlock status ends with 1 where a unit is not well; oracle wants one line for each.
    "$ORACLE" pinned "'$ORACLE' ask <'$names' >'$WORK/after' &&
        { xargs -d '\\n' unitlock status -o json -- <'$names' >'$WORK/status' 2>'$WORK/errors'; true; }" \
        <"$names"
    output=$("$ORACLE" compare "$WORK/before" "$WORK/after" "$WORK/status" "${3:-1}" 2>&1) && {
        pass "$text"
        grep '^#' <<<"$output"
        return
    }
    result 'not ok' "$text"
    { printf '%s\n' "$output"; tail -n 3 "$WORK/errors"; } | diag
    # The units themselves, without the policy.
    grep -oP '^[^ #:]+(?=: )' <<<"$output" | sort -u | head -n 5 | while read -r name; do
        systemctl cat -- "$name" | grep -vE '^ +"?--(exec|read-only|allow|device|socket)=' |
            cut -c1-300 | diag
    done
}

check_same() {
    ask_systemd "$2" "$WORK/end"
    check "$1" "$ORACLE" same "$WORK/before" "$WORK/end"
}

declare_for() {
    mkdir -p "$UNITS/$1.d"
    cat >"$UNITS/$1.d/declared-by-test.conf"
}

undeclare() {
    find "$UNITS" -name declared-by-test.conf -delete
    find "$UNITS" -type d -name '*.d' -empty -delete
}

generator() {
    local mask=/etc/systemd/system-generators/unitlock-generator
    mkdir -p "${mask%/*}"
    if [ "$1" = off ]; then ln -sf /dev/null "$mask"; else rm "$mask"; fi
}
