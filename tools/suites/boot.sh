# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/boot/NN-name.sh, all in one booted container of a release with our package in it; and the
# presets of services, in another one.

# suite_boot RELEASE NAME
suite_boot() {
    local script
    boot_container "$@" || return 0
    for script in "$REPO"/tests/boot/[0-9]*.sh; do
        boot_script "$2" "$1" "${script##*/}"
    done
    boot_journal "$@"
}

# The presets whose rules are left out in turn, to see what `unitlock suggest` makes of it: their
# services start fast.
SUGGESTED_PRESETS='dnsmasq memcached nginx redis'

# suite_presets RELEASE GROUP NAME: each row of presets.table that is of the group, in a container
# of their own, because the packages would be in the way of the other tests.
suite_presets() {
    local preset
    # shellcheck disable=SC2034  # container.sh reads it
    CONTAINER_SERVICES=$2
    boot_container "$1" "$3" || return 0
    for preset in $(services_presets "$1" "$2"); do
        boot_script "$3" "$1" presets/run "$preset" </dev/null
        if [ "$1" = trixie ] && [[ " $SUGGESTED_PRESETS " = *" $preset "* ]]; then
            boot_script "$3" "$1" presets/suggest "$preset" </dev/null
        fi
    done
    boot_journal "$1" "$3"
}

# boot_container RELEASE NAME: boots RELEASE; where that cannot be, fails, and it has been counted.
boot_container() { boot_containers "$1" "$2" "$2"; }

# boot_containers RELEASE NAME CONTAINER...: several for one suite; each has the name of its host
# where CONTAINER_HOSTNAMES=yes.
boot_containers() {
    local release=$1 name=$2 container deb
    if [ "$(id -u)" != 0 ]; then
        cannot "$name" "booting containers needs root"
        return 1
    fi
    deb=$(package_deb "$release") || {
        echo "not ok - there is no package to boot"
        count "$name" failed
        return 1
    }
    trap 'container_stop_all; audit_release' EXIT
    trap 'exit 143' TERM
    audit_acquire
    container_bind_tests "$release" || { cannot "$name" "what the tests need cannot be made"; return 1; }
    CONTAINER_BINDS+=("${deb%/*}:/opt/packages")
    for container in "${@:3}"; do
        container_start "$container" "$release" "$deb" ||
            { cannot "$name" "the container $container does not boot"; return 1; }
    done
}

boot_journal() { container_run "$2" journalctl -b -o short-precise >"$LOGS/$2.journal"; }

# boot_script NAME RELEASE SCRIPT [ARGUMENT]
boot_script() { container_script "$1" "$@"; }

# container_script CONTAINER NAME RELEASE SCRIPT [ARGUMENT...]: a script that ends without its plan was
# cut short.
container_script() {
    local container=$1 name=$2 release=$3 script=$4 tap
    tap=$LOGS/$name-$container-$(tr '/ ' '--' <<<"${*:4}").tap
    [ "$container" != "$name" ] || tap=$LOGS/$name-$(tr '/ ' '--' <<<"${*:4}").tap
    echo "# ${*:4} on $release"
    container_run "$container" timeout -k 5 180 bash "/opt/boot-tests/$script" "${@:5}" 2>&1 |
        tee "$tap" || true
    count_tap "$name" "$tap"
    if ! grep -q '^1\.\.' "$tap"; then
        echo "not ok - ${*:4} ended before its last line"
        count "$name" failed
    fi
}

count_tap() {
    local skips
    skips=$(grep -ciE '^ok .*# skip' "$2" || true)
    count "$1" passed $(($(grep -c '^ok ' "$2" || true) - skips))
    count "$1" failed "$(grep -c '^not ok ' "$2" || true)"
    if [ "${CI:-}" = true ]; then
        count "$1" failed "$skips"
    else
        count "$1" skipped "$skips"
    fi
}
