#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator's share of `systemctl daemon-reload`, inside of a booted container: the same reload
# with the generator and with it masked, in turns, with the units that the machine has and with
# 3,000 more of which 1 % are declared.
set -euo pipefail

MASK=/etc/systemd/system-generators/unitlock-generator
ROUNDS=${ROUNDS:-21}
UNITS=3000

# reload: microseconds.
reload() {
    local start=${EPOCHREALTIME/./}
    systemctl daemon-reload
    echo $((${EPOCHREALTIME/./} - start))
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# measure WHAT: prints its row of the table.
measure() {
    local round with=() without=()
    for ((round = 0; round <= ROUNDS; round++)); do
        rm -f "$MASK"
        with[round]=$(reload)
        ln -s /dev/null "$MASK"
        without[round]=$(reload)
    done
    rm -f "$MASK"
    # The first ones filled the caches.
    row "$1" "$(printf '%s\n' "${with[@]:1}" | median)" "$(printf '%s\n' "${without[@]:1}" | median)"
}

row() {
    awk -v what="$1" -v with="$2" -v without="$3" 'BEGIN {
        printf "| daemon-reload, %s | %.1f ms, the share of the generator %.0f %% ", what,
            with / 1000, 100 * (with - without) / with
        printf "| generator masked: %.1f ms | %.2f | |\n", without / 1000, with / without }'
}

add_units() {
    local number name
    for ((number = 0; number < UNITS; number++)); do
        name=bench-$number.service
        printf '[Unit]\nDescription=Service %s of the benchmark\n[Service]\nExecStart=/bin/true\n' \
            "$number" >"/etc/systemd/system/$name"
        [ $((number % 100)) = 0 ] || continue
        mkdir "/etc/systemd/system/$name.d"
        printf '[X-Landlock]\nReadOnlyPaths=/srv/%s\n' "$number" \
            >"/etc/systemd/system/$name.d/landlock.conf"
    done
}

mkdir -p "${MASK%/*}"
[ -x /usr/lib/systemd/system-generators/unitlock-generator ]
measure "the container's units"
add_units
measure "3,000 more, 1 % declared"
systemctl daemon-reload
written=$(find /run/systemd/generator -path '*/bench-*.service.d/zz-unitlock.conf' | wc -l)
[ "$written" = $((UNITS / 100)) ] || { echo "$written drop-ins were written" >&2; exit 1; }
