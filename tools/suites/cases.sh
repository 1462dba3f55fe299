# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Counting: every suite is a list of cases, in the notation of the Test Anything Protocol.

# count SUITE passed|failed|skipped [N]
count() { echo "$2 ${3:-1}" >>"$LOGS/$1.counts"; }

# try SUITE WHAT COMMAND...: one case. The command's output is shown when it fails.
try() {
    local suite=$1 what=$2 output
    shift 2
    if output=$("$@" 2>&1); then
        echo "ok - $what"
        count "$suite" passed
    else
        echo "not ok - $what"
        printf '%s\n' "$output" | sed 's/^/#   /'
        count "$suite" failed
        return 1
    fi
}

# cannot SUITE REASON: tests that cannot run here are skipped; in CI they have failed.
cannot() {
    if [ "${CI:-}" = true ]; then
        echo "not ok - $2"
        count "$1" failed
    else
        echo "ok # SKIP $2"
        count "$1" skipped
    fi
}
