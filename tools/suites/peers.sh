# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same policies by other programs that apply Landlock: tests/boot/peers/compare.sh on the release
# that has them all. (Those of the kernels' releases are compared on these kernels too, see kernels.sh.)

PEERS_RELEASE=sid
PEERS_PACKAGES=landrun

# suite_peers NAME
suite_peers() {
    local sandboxer
    sandboxer=$(sandboxer_dir) || { cannot "$1" "the kernel's sandboxer cannot be built"; return 0; }
    CONTAINER_BINDS+=("$sandboxer:/opt/sandboxer")
    # shellcheck disable=SC2034  # container.sh reads it
    CONTAINER_PACKAGES=$PEERS_PACKAGES
    boot_container "$PEERS_RELEASE" "$1" || return 0
    boot_script "$1" "$PEERS_RELEASE" peers/compare.sh
    boot_journal "$PEERS_RELEASE" "$1"
}
