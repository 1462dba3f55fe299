#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Services that restrict themselves with Landlock, inside of what unitlock restricts; as many layers
# as there can be; and policies of thousands of rules and ports.
. /opt/boot-tests/lib.sh

mkdir -p /srv/nest
echo granted >/srv/nest/granted
echo secret >/srv/nest-secret

# --- our own daemon

tryd_service nest <<'END'
[X-Landlock]
ReadOnlyPaths=/srv/nest
END
check_answer "in our domain: what is granted" nest ok read /srv/nest/granted
check_answer "and what is not" nest "errno EACCES" read /srv/nest-secret
check "the denial is ours" denied nest fs.read_file /srv/nest-secret
check_answer "it restricts itself" nest ok restrict
check_answer "and denies itself what we grant" nest "errno EACCES" read /srv/nest/granted

# certainty_of PATH: of what `unitlock denials` shows about it; nothing where it is not shown.
certainty_of() {
    journalctl --sync
    unitlock denials --since "$STARTED" -o json |
        jq -r --arg path "$1" 'select(.object.path == $path) | "\(.unit // "-") \(.certainty)"' | sort -u
}
is_foreign() { [ "$(certainty_of /srv/nest/granted)" = "- foreign" ]; }
wait_for is_foreign
check_equal "that denial is told from ours" "- foreign" "$(certainty_of /srv/nest/granted)"
check_fails "and is no denial of the unit" sh -c \
    "unitlock denials nest --since '$STARTED' -o json | jq -e 'select(.object.path == \"/srv/nest/granted\")'"
systemctl stop nest

# --- sixteen layers, which is all that the kernel has

tryd_service deep <<'END'
[X-Landlock]
ReadOnlyPaths=/srv/nest
END
answers=$(for ((layer = 2; layer <= 17; layer++)); do echo restrict; done |
    "$TRYD" batch /run/deep/sock)
check_equal "inside of ours, a service can add fifteen layers" 15 "$(grep -cx ok <<<"$answers")"
check_equal "and not a seventeenth" "errno E2BIG" "$(tail -n 1 <<<"$answers")"
check_answer "it is still there, and confined" deep "errno EACCES" read /srv/nest-secret
systemctl stop deep

# layers COUNT: a service that so many wrappers start, each starting the next.
layers() {
    local layer wrapper=/usr/libexec/unitlock-exec command=$TRYD
    for ((layer = 0; layer < $1; layer++)); do
        command="$wrapper --unit=layers.service --restrict=scope --program=${command%% *} -- $command"
    done
    printf '%s\n' '[Service]' RuntimeDirectory=layers \
        "ExecStart=$command serve /run/layers/sock" >/etc/systemd/system/layers.service
    restart layers.service
}
layers 16
check "sixteen wrappers, each in the domain of the one before: the service runs" wait_for ask layers pid
check_answer "in all of them" layers "errno E2BIG" restrict
layers 17
check "a seventeenth: it does not" wait_for systemctl is-failed layers.service
check_equal "with the status of a kernel that refuses" 71 "$(property layers ExecMainStatus)"
check "and a message that says why" journal_has layers 'as many Landlock domains as the kernel allows, 16'

# --- thousands of rules

{
    printf '[X-Landlock]\n'
    for ((number = 0; number < 5000; number++)); do echo "ReadOnlyPaths=-/srv/nest/directory-$number"; done
    echo ReadOnlyPaths=/srv/nest/granted
} >/tmp/many
tryd_service many </tmp/many
check_answer "5,000 paths: the service runs" many ok read /srv/nest/granted
check_answer "confined" many "errno EACCES" read /srv/nest-secret
check "unitlock show has them" sh -c 'unitlock show many.service | grep -F directory-4999'
check_equal "unitlock status is content" enforced "$(state_of many | sed 's/partly //')"
systemctl stop many

# --- ranges of ports: a rule each

tryd_service ports <<'END'
[X-Landlock]
BindTCP=1-65535
BindTCP=1024-65535
ConnectTCP=1-65534
END
check_equal "131,069 ports: the service runs, confined" enforced "$(state_of ports | sed 's/partly //')"
check_answer "a port of a range can be had" ports ok bind-tcp "$(port 3)"
check_answer "and be connected to" ports "errno ECONNREFUSED" connect-tcp "$(port 3)"
check_answer "one that no range has cannot" ports "errno EACCES" connect-tcp 65535
check_answer "nor one of the kernel's choice" ports "errno EACCES" bind-tcp 0
printf '%s\n' 'BindTCP=0' 'ConnectTCP=0 65535' ABI=10 BindUDP=53 >>/etc/systemd/system/ports.service
restart ports.service
check "131,073 ports: it does not" wait_for systemctl is-failed ports.service
check_equal "with the status of a declaration that is wrong" 78 "$(property ports ExecMainStatus)"
check "the message has file and line" journal_has ports "ports.service:12: with BindUDP= the policy's ranges hold more than 131072 ports"
check_equal "and unitlock status says it, too" "invalid" "$(state_of ports)"
systemctl reset-failed ports.service

rm -rf /srv/nest /srv/nest-secret /tmp/many /etc/systemd/system/{nest,deep,layers,many,ports}.service
systemctl daemon-reload
plan
