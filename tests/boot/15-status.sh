#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `unitlock status` says of a service through its life, and when it is content.
. /opt/boot-tests/lib.sh

is_state() { [ "$(state_of "$1")" = "$2" ]; }

# says TEXT UNIT WELL STATE: the state, and an exit status that agrees.
says() {
    local text=$1 unit=$2 well=$3 state=$4 status=0
    # The wrapper's record comes a moment after systemctl has returned.
    wait_for is_state "$unit" "$state" || true
    unitlock status "$unit.service" >/dev/null 2>&1 || status=$?
    check_equal "$text: $state" "$state" "$(state_of "$unit")"
    check_equal "$text: exit status" "$well" "$status"
}

declare_in() { printf '[X-Landlock]\n%s\n' "$2" | drop_in "$1.service" landlock.conf; }

abi=$(kernel_abi)
tryd_service life <<'END'
END
declare_in life "ABI=$abi"
says "declared, not loaded" life 1 "not enforced"
systemctl daemon-reload
says "loaded, not restarted" life 1 "restart needed"
systemctl restart life
says "restarted" life 0 enforced
declare_in life $'ABI='"$abi"$'\nReadOnlyPaths=/srv'
systemctl daemon-reload
says "another policy, not restarted" life 1 "restart needed"
systemctl restart life
says "restarted" life 0 enforced
systemctl stop life
says "stopped" life 0 "not running"

if [ "$abi" -lt 10 ]; then
    declare_in life ABI=10
    restart life
    says "more than this kernel has" life 1 "partly enforced"
    declare_in life $'ABI=10\nCompatibility=strict'
    restart life 2>/dev/null
    check "strict: the start fails" wait_for systemctl is-failed life
    check_equal "strict: with status 69" 69 "$(property life ExecMainStatus)"
    says "strict" life 1 "start refused"
fi
declare_in life Mode=off
restart life
says "Mode=off" life 0 off
declare_in life No=such
restart life 2>/dev/null
says "invalid" life 1 invalid

# A path that is missing, and is not said to be optional.
declare_in life ReadOnlyPaths=/srv/no-such-path
restart life 2>/dev/null
check "a missing path: the start fails" wait_for systemctl is-failed life
check_equal "a missing path: with status 66" 66 "$(property life ExecMainStatus)"
check "a missing path: the journal names it" journal_has life /srv/no-such-path

rm -r /etc/systemd/system/life.service.d
systemctl stop life

# journald looks up whose an entry is when it reads it, and by then the process may have ended.
# start_unheard NAME LINE...: a service whose only process ends before journald reads anything.
start_unheard() {
    local name=$1
    shift
    printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes "$@" \
        >"/etc/systemd/system/$name.service"
    systemctl daemon-reload
    systemctl kill -s STOP systemd-journald
    systemctl start "$name"
    systemctl kill -s CONT systemd-journald
    wait_for heard "$name" || wait_for heard "$name"
}
# heard NAME: journald has got to the wrapper's entry.
heard() {
    journalctl --sync
    grep -q . <(journalctl -q -o cat UNITLOCK_UNIT="$1.service")
}
# placed NAME: how many of the wrapper's entries journald could place.
placed() {
    journalctl -q -o json UNITLOCK_UNIT="$1.service" --output-fields=_SYSTEMD_INVOCATION_ID |
        grep -c _SYSTEMD_INVOCATION_ID
}
start_unheard unheard ExecStart=/bin/true '[X-Landlock]' "ABI=$abi"
says "ended before journald looked" unheard 0 enforced
check_equal "it really did" 0 "$(placed unheard)"
systemctl daemon-reload
says "and systemd has forgotten all PIDs but the last" unheard 0 enforced
start_unheard unheard-refusal ExecStart=/bin/true SuccessExitStatus=66 '[X-Landlock]' \
    ReadOnlyPaths=/srv/no-such-path
says "refused before journald looked" unheard-refusal 1 "start refused"
check_equal "it really was" 0 "$(placed unheard-refusal)"
systemctl stop unheard unheard-refusal
rm /etc/systemd/system/unheard*.service
systemctl daemon-reload

# --- the machine at a glance
status_lines() { unitlock status -o json 2>/dev/null || true; }
glance() { status_lines | jq -r "select(.summary) | .summary | $1"; }
of_unit() { status_lines | jq -r --arg unit "$1.service" "select(.unit == \$unit) | $2"; }
tryd_service glance <<END
[X-Landlock]
ABI=$abi
END
tryd_service bare <<'END'
END
tryd_service spared <<'END'
END
vendor=/usr/local/share/unitlock/units.yaml
mkdir -p "${vendor%/*}"
printf 'units:\n  bare.service: runtime\n  spared.service: none\n' >$vendor
check_equal "what has a preset and is not enabled" true "$(glance '.with_preset | index("bare.service") != null')"
check_equal "what should not be confined" true "$(glance '.excluded | index("spared.service") != null')"
check_equal "more runs than is confined" true \
    "$(glance '.running >= .running_confined + 2 and .running_confined >= 1')"
check_equal "each service is counted in one state" "$(status_lines | jq -s '[.[] | select(.unit)] | length')" \
    "$(glance '[.states[]] | add')"
check_equal "nothing waits for a restart" false "$(glance '.restart_needed | index("glance.service") != null')"
declare_in glance "ReadOnlyPaths=/srv"
systemctl daemon-reload
check_equal "what runs under an earlier policy" true \
    "$(glance '.restart_needed | index("glance.service") != null')"
check "people are told" \
    bash -c '{ unitlock status || true; } | grep -E "^Not under the declared policy until restarted: .*glance.service"'
rm $vendor

ask glance read /etc/shadow >/dev/null
check "a denial" denied glance.service fs.read_file /etc/shadow
restart glance
wait_for ask glance pid
counted() { [ "$(of_unit glance '"\(.denials) \(.denials_7_days >= 1)"')" = "0 true" ]; }
check "is of an earlier start, and of this week" wait_for counted

ask glance read /etc/shadow >/dev/null
denied_now() { journalctl --sync; [ "$(of_unit glance .denials)" -ge 1 ]; }
check "another" wait_for denied_now
systemctl kill -s KILL glance
check "then it fails" wait_for systemctl is-failed glance
check_equal "it was denied something, which is said" "it has failed, after a denial when it last ran" \
    "$(of_unit glance .reason)"
check_fails "which is not well" unitlock status glance
check_equal "at a glance too" true "$(glance '.failed_after_denials | index("glance.service") != null')"
systemctl stop bare spared
systemctl reset-failed glance
rm -r /etc/systemd/system/{glance,bare,spared}.service /etc/systemd/system/glance.service.d
systemctl daemon-reload
plan
