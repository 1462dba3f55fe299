# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Landlock's denials are audit records, and the kernel's audit is off on a Debian machine. It
# cannot be turned on inside of a container (AUDIT_SET is refused in a PID namespace), so the
# testbed does it from outside, and the last one to leave puts the former state back.
#
# The state is the kernel's, not the container's: users of the testbed are counted.

AUDIT_USERS=$CACHE/audit-users

# audit_build: the project's own program, before the lock is taken: nobody should wait for a
# compiler.
audit_build() {
    if [ -z "${UNITLOCK_AUDIT:-}" ]; then
        # Not in a suite's directory: two ninjas in one of them would get in each other's way.
        build_quietly host unitlock-audit || return
        UNITLOCK_AUDIT=$(find "$(build_dir host)" -name unitlock-audit -type f)
    fi
}

# audit_tool on|off|status
audit_tool() { "$UNITLOCK_AUDIT" "$@"; }

audit_locked() {
    mkdir -p "$AUDIT_USERS"
    (
        flock 9
        "$@"
    ) 9>"$CACHE/audit.lock"
}

# audit_acquire: where it fails, as inside of a container, the tests find out what they can see.
# The user is this shell, which may be one of several that tools/test runs side by side.
audit_acquire() {
    AUDIT_USER=$BASHPID
    { audit_build && audit_locked audit_enter; } ||
        note "the kernel's audit cannot be turned on here"
}
audit_release() { [ -z "${AUDIT_USER:-}" ] || audit_locked audit_leave; }

audit_enter() {
    audit_forget_dead
    if [ -z "$(ls "$AUDIT_USERS")" ]; then
        audit_is_on && return
        audit_tool on >/dev/null || return
    fi
    touch "$AUDIT_USERS/$AUDIT_USER"
}

audit_leave() {
    [ -e "$AUDIT_USERS/$AUDIT_USER" ] || return 0
    rm "$AUDIT_USERS/$AUDIT_USER"
    audit_forget_dead
    [ -n "$(ls "$AUDIT_USERS")" ] || audit_tool off >/dev/null
}

audit_forget_dead() {
    local user
    for user in "$AUDIT_USERS"/*; do
        [ -d "/proc/${user##*/}" ] || rm -f "$user"
    done
}

audit_is_on() { audit_tool status | grep -q 'enabled=[12]'; }
