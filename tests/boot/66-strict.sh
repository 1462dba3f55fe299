#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compatibility=strict: what this kernel can do all of starts, and what it lacks any of does not.
. /opt/boot-tests/lib.sh

# declared LINE...: restarts the service with these lines in its section
declared() {
    printf '%s\n' '[Service]' "ExecStart=$TRYD serve /run/strict/sock" RuntimeDirectory=strict \
        '[X-Landlock]' "$@" Compatibility=strict >/etc/systemd/system/strict.service
    restart strict.service
}

as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
fails_to_start() {
    systemctl start "$1"
    wait_for systemctl is-failed "$1" && [ "$(property "$1" ExecMainStatus)" = 69 ]
}

abi=$(kernel_abi)
declared "ABI=$abi" ReadOnlyPaths=/etc/hostname
check "all that this kernel has (ABI $abi): it starts" wait_for ask strict pid
check_answer "with what is granted" strict ok read /etc/hostname
check_answer "confined" strict "errno EACCES" read /etc/machine-id
check_equal "unitlock status has nothing to add" enforced "$(state_of strict)"

declared ABI=11 Restrict=scope Scope=signal
if [ "$abi" -ge 6 ]; then
    check "of a newer ABI only rights that this kernel has: it starts" wait_for ask strict pid
else
    check "a family that this kernel has not: it does not start" wait_for systemctl is-failed strict
fi

if [ "$abi" -lt 9 ]; then
    declared ABI=9 SocketPaths=/run
    check "SocketPaths= before ABI 9: the start fails" wait_for systemctl is-failed strict
    check_equal "with the status of what is not to be had" 69 "$(property strict ExecMainStatus)"
    check "naming what is missing, and who has it" journal_has strict \
        'Compatibility=strict, but this kernel cannot restrict fs.resolve_unix; Linux '
    check "systemd shows it as failed" grep -q 'status=69' <(systemctl status strict.service 2>&1)
    check "unitlock status, as refused" grep -q 'start refused' <(unitlock status strict.service 2>&1)
    check_fails "and not as content" unitlock status strict.service
    check "who may not read the journal cannot tell" grep -q "69, which is one of unitlock-exec's" \
        <(as_nobody unitlock status strict.service 2>&1)
    check_fails "and is not told that all is well" as_nobody unitlock status strict.service
    cp /etc/systemd/system/{strict,never}.service
    systemctl daemon-reload
    check "what never started is known to be refused" \
        grep -q "refuses its next start: this kernel cannot restrict fs.resolve_unix" \
        <(unitlock status never.service)
    check_fails "which is not well" unitlock status never.service
    check "unitlock show says it too" grep -q "refuses to start on this kernel" \
        <(unitlock show never.service)
    check "as does unitlock verify" grep -q "refuses to start the unit here: this kernel cannot restrict fs.resolve_unix" \
        <(unitlock verify never.service)
    check "systemd agrees" fails_to_start never
    sed -i s/^Compatibility=strict/Compatibility=best-effort/ /etc/systemd/system/strict.service
    systemctl daemon-reload
    check "with another policy, the refusal is history" grep -q "has changed since" \
        <(unitlock status strict.service)
    check "and nothing is missing" unitlock status strict.service
    restart strict.service
    check "with best-effort it starts" wait_for ask strict pid
    check_equal "and is said to be confined in part" "partly enforced" "$(state_of strict)"
else
    skip "what this kernel lacks" "its ABI is $abi"
fi

systemctl stop strict
rm -f /etc/systemd/system/{strict,never}.service
systemctl daemon-reload
plan
