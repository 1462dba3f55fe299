# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The whole testbed, for scripts to source; common.sh comes first, the rest in any order.

testbed=$(dirname -- "${BASH_SOURCE[0]}")
for piece in common host roots build package corpus audit container kernels sandboxer readme; do
    # shellcheck source=/dev/null
    . "$testbed/$piece.sh"
done
unset testbed piece
