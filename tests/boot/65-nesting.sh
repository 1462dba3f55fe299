#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Services that restrict themselves with Landlock, inside of what unitlock restricts; and policies of
# thousands of rules.
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

rm -rf /srv/nest /srv/nest-secret /tmp/many /etc/systemd/system/{nest,many}.service
systemctl daemon-reload
plan
