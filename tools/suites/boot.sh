# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/boot/NN-name.sh, all in one booted container of a release with our package in it.

# suite_boot RELEASE NAME
suite_boot() {
    local release=$1 name=$2 deb script
    if [ "$(id -u)" != 0 ]; then
        cannot "$name" "booting containers needs root"
        return
    fi
    deb=$(package_deb "$release") || { echo "not ok - there is no package to boot"; return 1; }
    trap 'container_stop_all; audit_release' EXIT
    trap 'exit 143' TERM
    audit_acquire
    container_bind_tests "$release" || { cannot "$name" "what the tests need cannot be made"; return; }
    CONTAINER_BINDS+=("${deb%/*}:/opt/packages")
    container_start "$release" "$release" "$deb" || { cannot "$name" "the container does not boot"; return; }
    for script in "$REPO"/tests/boot/[0-9]*.sh; do
        boot_script "$name" "$release" "${script##*/}"
    done
    container_run "$release" journalctl -b -o short-precise >"$LOGS/$name.journal"
}

# boot_script NAME RELEASE SCRIPT: a script that ends without its plan was cut short.
boot_script() {
    local name=$1 release=$2 script=$3 tap=$LOGS/$1-$3.tap
    echo "# $script on $release"
    container_run "$release" timeout -k 5 180 bash "/opt/boot-tests/$script" 2>&1 | tee "$tap" || true
    count_tap "$name" "$tap"
    if ! grep -q '^1\.\.' "$tap"; then
        echo "not ok - $script ended before its last line"
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
