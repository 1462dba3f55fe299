# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other kernels, in QEMU: boot tests that say what each of them enforces, and one boot without Landlock.

# What a kernel is booted for. The rest of tests/boot does not depend on it.
KERNEL_TESTS=(28-attempts.sh 29-own-sockets.sh 29-quiet.sh 10-nginx.sh peers/compare.sh)
# Those with denials in their log are asked about them too.
KERNEL_TESTS_OF_DENIALS=(20-rights.sh)
KERNELS_WITH_DENIALS=(trixie-backports)
# lsm= is the list of security modules; without "landlock" in it, Landlock is off.
KERNEL_WITHOUT_LANDLOCK=lsm=capability,yama

# suite_kernels SUITE NAME
suite_kernels() {
    local suite=$1 name=$2 image deb tests=("${KERNEL_TESTS[@]}")
    if [ "$(id -u)" != 0 ]; then
        cannot "$name" "making disk images needs root"
        return
    fi
    deb=$(package_deb "$(kernel_release "$suite")") || {
        echo "not ok - there is no package to boot"
        count "$name" failed
        return
    }
    KERNEL_WORK=$(mktemp -d)
    trap 'discard "$KERNEL_WORK"' EXIT
    trap 'exit 143' TERM
    image=$KERNEL_WORK/image
    kernel_image "$suite" "$deb" "$image" || { cannot "$name" "no disk of $suite can be made"; return; }
    [[ " ${KERNELS_WITH_DENIALS[*]} " != *" $suite "* ]] || tests+=("${KERNEL_TESTS_OF_DENIALS[@]}")
    kernel_tests "$suite" "$name" on "" "${tests[@]}"
    kernel_tests "$suite" "$name" off "$KERNEL_WITHOUT_LANDLOCK" kernels/off.sh
}

# kernel_tests SUITE NAME HOW WORD TEST...: one boot, with WORD on its command line. A test without its
# plan was cut short.
kernel_tests() {
    local name=$2 out=$KERNEL_WORK/$3 log=$LOGS/$2-$3 plans
    kernel_boot "$1" "$KERNEL_WORK/image" "$out" "systemd.setenv=BOOT_TESTS=$(IFS=,; echo "${*:5}")" "$4" || {
        [ ! -e "$out/console.log" ] || cp "$out/console.log" "$log.console"
        cannot "$name" "$1 does not boot ($3), see $log.console"
        return
    }
    cp "$out/console.log" "$log.console"
    cp "$out/journal" "$log.journal"
    tee "$log.tap" <"$out/tests.tap"
    count_tap "$name" "$log.tap"
    plans=$(grep -c '^1\.\.' "$log.tap" || true)
    if [ "$plans" != $(($# - 4)) ]; then
        echo "not ok - only $plans of $(($# - 4)) tests came to their last line, see $log.console"
        count "$name" failed
    fi
}
