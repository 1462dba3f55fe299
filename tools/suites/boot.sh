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

# suite_presets RELEASE GROUP NAME: each row of presets.table that is of the group, in a container
# of their own, because the packages would be in the way of the other tests.
suite_presets() {
    local preset
    # shellcheck disable=SC2034  # container.sh reads it
    CONTAINER_SERVICES=$2
    boot_container "$1" "$3" || return 0
    for preset in $(services_presets "$1" "$2"); do
        boot_script "$3" "$1" presets/run "$preset" </dev/null
    done
    boot_journal "$1" "$3"
}

# boot_container RELEASE NAME: boots RELEASE; where that cannot be, fails, and it has been counted.
boot_container() {
    local release=$1 name=$2 deb
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
    container_start "$name" "$release" "$deb" || { cannot "$name" "the container does not boot"; return 1; }
}

boot_journal() { container_run "$2" journalctl -b -o short-precise >"$LOGS/$2.journal"; }

# boot_script NAME RELEASE SCRIPT [ARGUMENT]: a script that ends without its plan was cut short.
boot_script() {
    local name=$1 release=$2 script=$3 tap
    tap=$LOGS/$name-$(tr '/ ' '--' <<<"${*:3}").tap
    echo "# ${*:3} on $release"
    container_run "$name" timeout -k 5 180 bash "/opt/boot-tests/$script" "${@:4}" 2>&1 |
        tee "$tap" || true
    count_tap "$name" "$tap"
    if ! grep -q '^1\.\.' "$tap"; then
        echo "not ok - ${*:3} ended before its last line"
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
