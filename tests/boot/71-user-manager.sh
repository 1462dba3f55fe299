#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A user's manager that is confined itself, as examples/user-manager.conf has it, and its services.
. /opt/boot-tests/lib.sh

useradd --create-home --shell /bin/bash carol 2>/dev/null || true
uid=$(id -u carol)
home=/home/carol
manager=user@$uid
mkdir -p $home/data /srv/carol $home/.config/systemd/user
echo text | tee $home/data/file $home/data/other /srv/carol/file >/srv/carol/granted
sed "s#/home/alice#$home#" /usr/share/doc/unitlock/examples/user-manager.conf |
    drop_in "$manager.service" landlock.conf
drop_in "$manager.service" more.conf <<END
[X-Landlock]
ExecPaths=/opt/tryd
ReadOnlyPaths=/srv/carol/granted
END
check "verify warns of nothing" unitlock verify "$manager" --strict
# The manager ends with the last session, not some seconds later.
mkdir -p /etc/systemd/logind.conf.d
printf '[Login]\nUserStopDelaySec=0\n' >/etc/systemd/logind.conf.d/delay.conf
systemctl daemon-reload
systemctl restart systemd-logind

# service NAME: one of hers with our daemon, more lines from stdin
service() {
    {
        printf '[Service]\nExecStart=%s serve %%t/%s/sock\nRuntimeDirectory=%s\n' "$TRYD" "$1" "$1"
        cat
    } >"$home/.config/systemd/user/$1.service"
}
service plain </dev/null
service both <<END
[X-Landlock]
ABI=$(kernel_abi)
ReadOnlyPaths=%h/data/file /srv/carol
END
chown -R carol: $home

# hers COMMAND...: asks her manager
hers() { runuser -u carol -- env XDG_RUNTIME_DIR="/run/user/$uid" systemctl --user "$@"; }
ask_hers() {
    local name=$1
    shift
    "$TRYD" ask "/run/user/$uid/$name/sock" "$@" 2>&1
}

# --- the manager

su - carol -c 'exec sleep 60' &
session=$!
check "her session starts her manager" wait_for systemctl is-active "$manager"
check "which comes up" wait_for hers is-active default.target
check_equal "with all of its units" running "$(hers is-system-running)"
check_equal "unitlock status: it is confined" enforced "$(state_of "$manager" | sed 's/partly //')"
check_equal "by the manager's own start record" "$(property "$manager" MainPID)" \
    "$(unitlock status "$manager.service" -o json | jq '.records[0].pid')"
check "it reloads" hers daemon-reload
check "and executes itself again" hers daemon-reexec

# --- its services

check "a service that declares nothing starts" hers start plain
wait_for ask_hers plain pid
check_equal "it reads what the manager may" ok "$(ask_hers plain read $home/data/other)"
check_equal "and not the rest" "errno EACCES" "$(ask_hers plain read /srv/carol/file)"
check_equal "nor is there a port for it" "errno EACCES" "$(ask_hers plain bind-tcp "$(port 5)")"
check_equal "its OOMScoreAdjust= is the manager's default" "$(hers show -P OOMScoreAdjust plain)" \
    "$(cat "/proc/$(hers show -P MainPID plain)/oom_score_adj")"
check_equal "it cannot signal what is outside" "errno EPERM" "$(ask_hers plain signal 1 0)"

# layers_of NAME: of the sixteen that there can be, those that it cannot add.
layers_of() {
    local added=0
    while [ "$(ask_hers "$1" restrict)" = ok ] && [ $added -lt 16 ]; do added=$((added + 1)); done
    echo $((16 - added))
}

check "a service that declares something starts" hers start both
wait_for ask_hers both pid
check_equal "it reads what both grant" ok "$(ask_hers both read $home/data/file)"
check_equal "in a place of the system, too" ok "$(ask_hers both read /srv/carol/granted)"
check_equal "not what only the manager may" "errno EACCES" "$(ask_hers both read $home/data/other)"
check_equal "nor what only it itself grants" "errno EACCES" "$(ask_hers both read /srv/carol/file)"
check_equal "unitlock --user status is content" enforced \
    "$(runuser -u carol -- env XDG_RUNTIME_DIR="/run/user/$uid" unitlock --user status both.service \
        -o json | jq -r .state)"

# --- whose denials these are

# owners PATH: whose denials of it `unitlock denials` shows
owners() {
    journalctl --sync
    unitlock denials --since "$STARTED" -o json 2>/dev/null |
        jq -r --arg path "$1" 'select(.object.path == $path) | "\(.unit // "-") \(.user // "-")"' |
        sort -u
}
if logs_denials; then
    is_counted() { [ "$(owners /srv/carol/file)/$(owners $home/data/other)" = "$1" ]; }
    want="$manager.service -/both.service $uid"
    wait_for is_counted "$want"
    check_equal "what the manager's layer denies is the manager's, the rest the service's" "$want" \
        "$(owners /srv/carol/file)/$(owners $home/data/other)"
    check "unitlock status counts the manager's" grep -qE 'Denials: [0-9]+ since' \
        <(unitlock status "$manager.service")
    check_equal "what the wrapper tries is not among them" "" "$(owners /)"
else
    skip "whose denials these are" "this kernel does not log them"
fi
# After the denials were looked at: what it grants leaves nothing to try that is not like a denial of
# its own.
probed() {
    unitlock status --probe "$manager.service" -o json 2>/dev/null |
        jq -r "select(.unit) | .probe.processes[] | $1"
}
check_equal "no process of hers is allowed what the manager may not" "" \
    "$(probed 'select(any(.tries[]; .verdict == "allowed")) | .name')"
check_equal "some are denied it" true "$(probed 'any(.tries[]; .verdict == "denied")' | sort -u | tail -n 1)"
check_equal "but for systemd's helper, which is not asked" \
    "(sd-pam): it is systemd's own, for the PAM session, and is not confined" \
    "$(probed 'select(.problem != "") | "\(.name): \(.problem)"')"

check_equal "one service is in one layer, the other in two" "1 2" "$(layers_of plain) $(layers_of both)"

# --- the end

kill "$session"
is_gone() { [ "$(property "$manager" ActiveState)" = inactive ]; }
check "her session ends, and her manager with it" wait_for is_gone
check_equal "in peace" success "$(property "$manager" Result)"
check_equal "nothing of hers is left" "" "$(pgrep -u carol)"

rm -r "/etc/systemd/system/$manager.service.d" /etc/systemd/logind.conf.d/delay.conf /srv/carol
systemctl daemon-reload
systemctl restart systemd-logind
plan
