# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Metrics.

exits "metrics: an unknown format" 2 metrics --format=xml
exits "metrics: a state has its own span of time" 2 metrics --state="$work/state" --since=today
exits "metrics: no journal" 2 metrics --directory="$work/empty"
silent "metrics: prints nothing then" out

remote=/lib/systemd/systemd-journal-remote
if [ -x $remote ]; then
    # entry FIELD...: of the journal that is written next.
    entry() {
        entries=$((${entries:-0} + 1))
        printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n' $((1795303307000000 + entries)) $entries
        printf '%s\n' _BOOT_ID=0123456789abcdef0123456789abcdef "$@" ''
    }
    denial() {
        entry _TRANSPORT=audit _AUDIT_TYPE=1423 _AUDIT_ID="$1" \
            "MESSAGE=LANDLOCK_ACCESS domain=a1 blockers=$2 path=\"/x\" dev=\"sda\" ino=2"
    }
    {
        denial 1 fs.read_file
        denial 2 fs.execute,fs.read_file
        denial 3 'fs.x"}'
    } | $remote -o "$work/metrics.journal" - >/dev/null 2>&1
    call metrics --file="$work/metrics.journal" --write="$work/metrics.prom"
    silent "metrics: --write prints nothing" out
    call metrics --file="$work/metrics.journal" --state="$work/state"
    says "metrics: each right, of a domain that is not known" \
        'unitlock_denials_total{host="",unit="",user="",right="fs.read_file",certainty="unknown"} 2'
    says "metrics: a right that is none" \
        'unitlock_denials_total{host="",unit="",user="",right="other",certainty="unknown"} 1'
    result "metrics: the same is in the file" diff <(grep denials "$work/metrics.prom") <(grep denials "$work/out")
    result "metrics: nothing of this machine" lacks unitlock_units
    call metrics --file="$work/metrics.journal" --state="$work/state" --format=openmetrics
    says "metrics: --state counts nothing twice" 'right="fs.read_file",certainty="unknown"} 2'
    result "metrics: OpenMetrics has its end" [ "$(tail -n 1 "$work/out")" = "# EOF" ]
    mkdir "$work/many"
    for ((i = 0; i < 60; i++)); do ln "$work/metrics.journal" "$work/many/$i.journal"; done
    (ulimit -S -n 40 && exec "$unitlock" metrics --directory="$work/many") >"$work/out" 2>"$work/err"
    silent "metrics: many files are read, whatever the soft limit" err
    (ulimit -n 40 && exec "$unitlock" metrics --directory="$work/many") >"$work/out" 2>"$work/err"
    complains "metrics: files that cannot be open at once are missed" "of 60 journal files 24 can be read"
    says "metrics: and counted as a gap" "unitlock_gaps 1"
    echo '{}' >"$work/state"
    exits "metrics: a state that is none" 2 metrics --file="$work/metrics.journal" --state="$work/state"
    complains "metrics: says which" "$work/state"
    result "metrics: and keeps it" [ "$(cat "$work/state")" = '{}' ]
    exits "metrics: into a directory that there is not" 2 metrics --file="$work/metrics.journal" --write="$work/none/a.prom"
    result "metrics: which is not made" [ ! -e "$work/none" ]
    ln -s /tmp "$work/elsewhere"
    if chown -h nobody "$work/elsewhere" 2>/dev/null && [ "$(id -u)" = 0 ]; then
        exits "metrics: through a link of another user" 2 metrics --file="$work/metrics.journal" --write="$work/elsewhere/a.prom"
        complains "metrics: through a link of another user: why" "symbolic link of another user"
    fi
    exits "metrics: a state that cannot be kept" 2 metrics --file="$work/metrics.journal" --state=/proc/state
fi
