# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A service of Debian's that sandboxes itself with Landlock, inside of our confinement. In a container
# of its own, because of its packages (14 MB to fetch, once).

NESTED_RELEASE=trixie
NESTED_PACKAGES=suricata

# suite_nested NAME
suite_nested() {
    # shellcheck disable=SC2034  # container.sh reads it
    CONTAINER_PACKAGES=$NESTED_PACKAGES
    boot_container "$NESTED_RELEASE" "$1" || return 0
    boot_script "$1" "$NESTED_RELEASE" nested/suricata.sh
    boot_journal "$NESTED_RELEASE" "$1"
}
