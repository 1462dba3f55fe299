#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `unitlock status --probe`: the kernel itself says whether running processes are confined, and the
# services do not notice that they were asked.
. /opt/boot-tests/lib.sh

abi=$(kernel_abi)
families=filesystem
if [ "$abi" -ge 4 ]; then families+=' network'; fi
if [ "$abi" -ge 6 ]; then families+=' scope'; fi

probed() { unitlock status --probe "$@" -o json 2>/dev/null | jq -c 'select(.unit)'; }
# verdicts UNIT VERDICT: "process: families" a line
verdicts() {
    probed "$1" | jq -r --arg verdict "$2" '.probe.processes[] |
        "\(.name): \([.tries[] | select(.verdict == $verdict) | .family] | join(" "))"' | sort
}
state_after() { probed "$1" | jq -r .state; }

tryd_service asked <<END
User=nobody
[X-Landlock]
ABI=$abi
END
check_equal "a confined service is denied each family" "tryd: $families" "$(verdicts asked denied)"
check_equal "and is enforced" enforced "$(state_after asked)"
check "with exit status 0" unitlock status --probe asked
check "what was tried is said" grep -q 'denied fs.read_file /usr/libexec/unitlock-exec' \
    <(unitlock status --probe asked)

answers=0
for _ in {1..40}; do
    unitlock status --probe asked >/dev/null 2>&1 &
    [ "$(ask asked pid)" = "ok $(property asked MainPID)" ] && answers=$((answers + 1))
    wait
done
check_equal "it answers while it is asked" 40 "$answers"
check_equal "it was not restarted" 0 "$(property asked NRestarts)"
is_logged() {
    journalctl --sync
    grep -q unitlock-exec <(unitlock denials asked --probes --raw -o json 2>/dev/null)
}
check "what it was denied is logged" wait_for is_logged
check_equal "but it is not blamed for that" "" "$(unitlock denials asked -o json 2>/dev/null)"
check_equal "nor is it counted" 0 "$(probed asked | jq .denials)"
check "it is said how many were left out" grep -q 'left out: see --probes' \
    <(unitlock denials asked 2>&1)

# What another command than ExecStart= leaves behind is of the service and is not confined.
tryd_service company <<END
ExecStartPost=/bin/sh -c 'sleep 1000 >/dev/null & true'
[X-Landlock]
ABI=$abi
END
check_equal "the records claim that all is well" enforced "$(state_of company)"
check_equal "an unconfined process in its control group is found" not-enforced \
    "$(state_after company)"
check_equal "and named" "sleep: $families" "$(verdicts company allowed | grep sleep)"
check_equal "the other one is confined" "tryd: $families" "$(verdicts company denied | grep tryd)"
check_fails "with exit status 1" unitlock status --probe company
check "in words" grep -q 'not enforced' <(unitlock status --probe company)

# While such a command runs, it is what was declared.
tryd_service reloading <<END
ExecReload=/bin/sh -c 'sleep 1002; true'
[X-Landlock]
ABI=$abi
END
systemctl reload --no-block reloading
reloads() { [ "$(property reloading SubState)" = reload ]; }
check "a command that is not confined runs" wait_for reloads
check_equal "the service is enforced" enforced "$(state_after reloading)"
check_equal "the command and its child are left alone" \
    "it is of ExecReload=, which Commands= leaves unconfined" \
    "$(probed reloading | jq -r '.probe.processes[] | select(.problem != "") | .problem' | sort -u)"
check_equal "the service itself is asked" "tryd: $families" \
    "$(verdicts reloading denied | grep tryd)"
pkill -f 'sleep 1002'

# A filter that kills whoever does what is tried is suspended meanwhile.
cat >/etc/systemd/system/filtered.service <<END
[Service]
ExecStart=/bin/sleep 1000
SystemCallFilter=@system-service
SystemCallFilter=~kill socket bind connect
[X-Landlock]
ABI=$abi
END
restart filtered
if [ "$abi" -ge 6 ]; then
    check_equal "a system call filter is suspended for a signal" "sleep: scope" \
        "$(verdicts filtered denied)"
fi
check_equal "and kills nothing" active "$(property filtered ActiveState)"
check "what is not tried is said" grep -q 'filesystem not tried: it has a system call filter' \
    <(unitlock status --probe filtered)

tryd_service walled <<END
PrivateNetwork=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectProc=invisible
[X-Landlock]
ABI=$abi
END
check_equal "in namespaces of its own" "tryd: $families" "$(verdicts walled denied)"

tryd_service openly <<END
[X-Landlock]
ABI=$abi
Mode=permissive
END
check_equal "a permissive one is allowed all" "tryd: $families" "$(verdicts openly allowed)"
check_equal "and stays what it is" permissive "$(state_after openly)"

tryd_service halted <<END
[X-Landlock]
ABI=$abi
END
kill -STOP "$(property halted MainPID)"
check_equal "a stopped process is left alone" "it is stopped" \
    "$(probed halted | jq -r '.probe.processes[0].problem')"
kill -CONT "$(property halted MainPID)"

systemctl freeze halted
for _ in {1..10}; do # whether it is waited for rightly depends on who is faster
    probed halted
done | jq '[.probe.processes[0].tries[] | select(.verdict != "untried")] | length' | sort |
    uniq -c | tr -s ' ' >/run/frozen
check_equal "and so is a frozen one" " 10 0" "$(cat /run/frozen)"
systemctl thaw halted
check_equal "which goes on" "ok $(property halted MainPID)" "$(ask halted pid)"

# A policy that grants /usr grants the wrapper's file too, and denies another one.
tryd_service wide <<END
ProtectProc=invisible
[X-Landlock]
ABI=$abi
ReadOnlyPaths=/usr
END
check_equal "another file than the wrapper's" "tryd: $families" "$(verdicts wide denied)"
check "which is said" grep -q 'denied fs.read_file /proc/self/projid_map' \
    <(unitlock status --probe wide)
is_wide_logged() {
    journalctl --sync
    grep -q projid_map <(unitlock denials wide --probes --raw -o json 2>/dev/null)
}
if logs_denials; then
    check "it is logged" wait_for is_wide_logged
    check_equal "and nobody is blamed for it" "" "$(unitlock denials wide -o json 2>/dev/null)"
fi

# What a service leaves behind when it stops.
tryd_service leaving <<END
ExecStartPost=/bin/sh -c 'sleep 1001 >/dev/null & true'
KillMode=process
[X-Landlock]
ABI=$abi
END
systemctl stop leaving
check_equal "what it left behind when it stopped is found" not-enforced "$(state_after leaving)"
check_fails "with exit status 1" unitlock status --probe leaving
pkill -f 'sleep 1001'
problem_of() { probed "$1" | jq -r .probe.problem; }
nothing_is_left() { [ "$(problem_of leaving)" = "it is not running" ]; }
check "once that has ended there is nothing" wait_for nothing_is_left

systemctl stop company reloading filtered walled openly halted wide
check_equal "what does not run is not asked" "it is not running" \
    "$(probed halted | jq -r .probe.problem)"
check_equal "another root is none to be asked" 2 \
    "$(unitlock --root=/srv status --probe >/dev/null 2>&1; echo $?)"
check "who may not trace it is told so" grep -q 'not asked: it\|nothing was tried' \
    <(setpriv --reuid=33 --regid=33 --clear-groups unitlock status --probe asked 2>&1)
check_fails "and that is not well" setpriv --reuid=33 --regid=33 --clear-groups \
    unitlock status --probe asked
systemctl stop asked
rm /etc/systemd/system/{asked,company,reloading,filtered,walled,openly,halted,wide,leaving}.service
systemctl daemon-reload

plan
