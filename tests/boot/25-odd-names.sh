#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A file's name may hold anything; nothing of it may reach the terminal raw.
. /opt/boot-tests/lib.sh

odd=$(printf '/srv/odd/new\nline \033[31m red \377 "quoted"')
mkdir -p /srv/odd
touch "$odd"
tryd_service odd <<'END'
[X-Landlock]
END
check_answer "the odd file is refused" odd 'errno EACCES' \
    read /srv/odd/new%0aline%20%1b[31m%20red%20%ff%20%22quoted%22
has_denial() { journalctl --sync; unitlock denials odd.service --since "$STARTED" | grep -q fs.read_file; }
check "the denial is shown" wait_for has_denial
unitlock denials odd.service --since "$STARTED" >/tmp/odd.txt
check_fails "without an escape character" grep -q $'\033' /tmp/odd.txt
check_fails "and without bytes that are not UTF-8" sh -c '! iconv -f UTF-8 -t UTF-8 /tmp/odd.txt'
check "the JSON can be parsed" sh -c "unitlock denials odd.service -o json | jq ."
systemctl stop odd
plan
