#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Commands=: what runs beside ExecStart= is confined too where it is asked for, and only there.
. /opt/boot-tests/lib.sh

echo secret >/srv/secret
chmod 644 /srv/secret
# A command that says by its exit status, and in this file, whether it was let to read the secret.
attempt="$TRYD do read /srv/secret"
said=/srv/commands.said

# service LINES: each of its commands tries to read the secret.
service() {
    cat >/etc/systemd/system/commands.service <<END
[Service]
Type=notify
NotifyAccess=all
StandardOutput=truncate:$said
StandardError=journal
RuntimeDirectory=commands
ExecCondition=-$attempt
ExecStartPre=-$attempt
ExecStart=$TRYD serve --notify /run/commands/sock
ExecStartPost=-$attempt
ExecReload=-$attempt
ExecReload=/bin/kill -CONT \$MAINPID
ExecStop=-$attempt
ExecStopPost=-$attempt
$1
END
    restart commands
    wait_for ask commands pid
}

# answers SETTING: how the last run of its first command ended; 0 is "ok", 1 a denial.
answers() {
    systemctl show -P "$1" commands.service | grep -o 'status=[0-9]*' | head -n 1
}

# counts_denials UNIT NUMBER: of its present start, or its last one.
counts_denials() {
    local number
    journalctl --sync
    number=$(unitlock status "$1" -o json | jq .denials)
    [ "$number" = "$2" ] || { echo "counts $number"; return 1; }
}

service ""
check_equal "undeclared: a command reads the secret" status=0 "$(answers ExecStartPre)"

service "[X-Landlock]"
check_answer "the service itself is confined" commands "errno EACCES" read /srv/secret
for setting in ExecCondition ExecStartPre ExecStartPost; do
    check_equal "$setting= is not, unless it is asked for" status=0 "$(answers $setting)"
done
check "and systemctl reload signals the service" systemctl reload commands

service "[X-Landlock]
Commands=condition pre post reload stop stop-post"
for setting in ExecCondition ExecStartPre ExecStartPost; do
    check_equal "$setting= is confined" status=1 "$(answers $setting)"
done
check "each of them left a start record" \
    test "$(journal_of commands.service | grep -c 'confined by Landlock')" -ge 4
check "the generator warned that ExecReload= cannot signal" \
    bash -c 'unitlock show commands 2>&1 | grep -F "ExecReload= is confined apart from the service"'
# ExecCondition=, ExecStartPre= and ExecStartPost= were denied one file each.
check "unitlock status counts what was denied before the service itself began" \
    wait_for counts_denials commands 3
check "and warns that ExecReload= cannot signal" \
    bash -c 'unitlock status commands | grep -F "ExecReload= is confined apart from the service"'
check_fails "and it cannot" systemctl reload commands
check_equal "ExecReload= is confined" status=1 "$(answers ExecReload)"
check "the denials are the unit's" denied commands.service fs.read_file /srv/secret
check "systemd itself stops the service, whatever is in its scope" systemctl stop commands
check_equal "ExecStopPost= is confined" "errno EACCES" "$(cat $said)"

service "[X-Landlock]
Commands=reload
Scope=abstract-unix-socket"
check_equal "ExecStartPre= is not confined again" status=0 "$(answers ExecStartPre)"
check "without signal in its scope the service is reloaded" systemctl reload commands
check_equal "by a confined ExecReload=" status=1 "$(answers ExecReload)"

service "ExecStop=+/bin/true
[X-Landlock]
ABI=$(kernel_abi)
Commands=stop pre"
check_equal "a setting that cannot be wrapped is counted" "partly enforced" "$(state_of commands)"
check_equal "the others are confined" status=1 "$(answers ExecStartPre)"
systemctl stop commands
check_equal "and those that nobody asked for are left alone" ok "$(cat $said)"

# --- a service that has failed

tryd_service commands-fail <<'END'
[X-Landlock]
END
check_answer "it is denied the secret" commands-fail "errno EACCES" read /srv/secret
systemctl kill --signal=KILL commands-fail
check "and killed" wait_for systemctl is-failed commands-fail
check "its denial is still counted" wait_for counts_denials commands-fail 1
check "with what shows it" bash -c \
    'unitlock status commands-fail | grep -F "1 when it last ran; see: unitlock denials commands-fail.service"'
systemctl restart commands-fail
wait_for ask commands-fail pid
check "the next start begins at none" wait_for counts_denials commands-fail 0
systemctl stop commands-fail

plan
