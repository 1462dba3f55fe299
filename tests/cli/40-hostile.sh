# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# What comes from files must not reach a terminal as it is.

printf '[Service]\nExecStart=/usr/sbin/daemon\n[X-Landlock]\n\x1b[2JNonsense=1\n' |
    file /etc/systemd/system/hostile.service
for words in "show hostile" "show hostile -o json" "status" "status hostile" "status -o json" \
    "verify" "verify hostile -o json"; do
    # shellcheck disable=SC2086  # words are split on purpose
    call --root="$tree" $words
    result "harmless: $words" harmless
done
