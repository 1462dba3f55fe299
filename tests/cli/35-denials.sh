# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Denials, from a journal of another machine.

journal=$work/journal
remote=/lib/systemd/systemd-journal-remote
usec=1795303200000000
boot=aa1f48e1c7f44b1c934f83ae9cc56031
invocation=7e58517c73c146de9821f757842a734d

# entry FIELD=VALUE...: an entry of the journal, in the export format, a second after the last.
entry() {
    usec=$((usec + 1000000))
    printf '%s\n' "__REALTIME_TIMESTAMP=$usec" "__MONOTONIC_TIMESTAMP=$((usec - 1795303200000000))" \
        "_BOOT_ID=$boot" _HOSTNAME=web1 "$@" ''
}
# audit TYPE SERIAL TEXT
audit() {
    entry _TRANSPORT=audit "_AUDIT_TYPE=$1" "_AUDIT_ID=$2" \
        "_AUDIT_FIELD_DOMAIN=$(grep -oP 'domain=\K\w+' <<<"$3")" "MESSAGE=AUDIT$1 $3"
}
# denial SERIAL DOMAIN TEXT
denial() {
    audit 1423 "$1" "domain=$2 $3"
    entry _TRANSPORT=audit _AUDIT_TYPE=1300 "_AUDIT_ID=$1" \
        'MESSAGE=SYSCALL pid=7 comm="nginx" exe="/usr/sbin/nginx"'
}
# domain SERIAL DOMAIN PID EXE COMM
domain() { audit 1424 "$1" "domain=$2 status=allocated mode=enforcing pid=$3 uid=0 exe=\"$4\" comm=\"$5\""; }
# ship COMMAND...: adds the entries that it prints to the journal.
ship() {
    mkdir -p "$journal"
    "$@" >"$work/export"
    "$remote" -o "$journal/remote-web1.journal" "$work/export" >"$work/remote" 2>&1
}

wrapper=$(strings -n 4 "$unitlock" | grep -m1 -E '^/.*/unitlock-exec$')
what_was() {
    entry _TRANSPORT=kernel SYSLOG_FACILITY=0 'MESSAGE=Linux version 6.18'
    entry _TRANSPORT=journal MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925 UNITLOCK_TAG=ul-7e58517c73c1 \
        _SYSTEMD_UNIT=nginx.service "_SYSTEMD_INVOCATION_ID=$invocation" _PID=100 MESSAGE=confined
    domain 1 a1 100 "$wrapper" ul-7e58517c73c1
    domain 2 a2 101 /usr/bin/browser browser
    denial 10 a1 'blockers=fs.read_file path="/etc/shadow" dev="sda" ino=2'
    denial 11 a1 'blockers=net.connect_tcp daddr=127.0.0.1 dest=5432'
    denial 12 a2 'blockers=fs.read_file path="/home/a/b" dev="sda" ino=3'
    denial 13 a1 'blockers=fs.read_file path="/etc/shadow" dev="sda" ino=2'
    denial 14 a9 'blockers=fs.make_reg,fs.of_tomorrow path="/srv" dev="sda" ino=4'
    denial 15 a1 'blockers=fs.ioctl_dev path="/dev/tty" dev="devtmpfs" ino=5 ioctlcmd=0x5412'
    denial 16 a1 'blockers=scope.signal opid=1 ocomm="systemd"'
    denial 17 a1 'blockers=scope.abstract_unix_socket path=00612FFF'
}
ship what_was

denials() { call denials --directory="$journal" "$@"; }
# lists NAME STATUS WANTED OPTION...: the serial numbers that are shown, one by one.
lists() {
    local name=$1 want=$2 serials=$3
    shift 3
    denials --raw -ojson "$@"
    result "$name: exit status" [ "$status" = "$want" ]
    result "$name" [ "$(python3 -c 'import json, sys
print(*[json.loads(line)["id"].split("@")[0] for line in sys.stdin])' <"$work/out")" = "$serials" ]
}
# valid NAME: each line of the last call is as the schema says, and it names all members.
valid() {
    result "$1" python3 -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.Draft202012Validator(schema)
lines = [json.loads(line) for line in open(sys.argv[2])]
for line in lines:
    validator.validate(line)
    assert set(line) <= set(schema["properties"])
sys.exit(0 if lines else 1)' "$here/../../docs/denials.schema.json" "$work/out"
}

exits "denials: the table" 0 denials --directory="$journal"
says "denials: with the host" "web1 nginx.service    fs.read_file               /etc/shadow"
says "denials: what nobody can place" "(unknown)"
says "denials: with a name for the last event" "13@aa1f48e1"
exits "denials: as JSON" 0 denials --directory="$journal" -ojson
valid "denials: which is as its schema says"
holds "denials: JSON: counts" '[line["count"] for line in lines if line["unit"] == "nginx.service"][0] == 2'
exits "denials: one by one" 0 denials --directory="$journal" --raw
result "denials: one by one: a line each" [ "$(wc -l <"$work/out")" = 8 ]
says "denials: one by one: what a line says" \
    "web1 nginx.service: denied fs.read_file /etc/shadow to /usr/sbin/nginx[7] (10@aa1f48e1)"
exits "denials: one by one as JSON" 0 denials --directory="$journal" --raw -ojson
valid "denials: one by one: as its schema says"

lists "denials: all" 0 "10 11 12 13 14 15 16 17"
lists "denials: of a unit" 0 "10 11 13 15 16 17" nginx
complains "denials: of a unit: what may be its, too" "1 denials"
lists "denials: of a right" 0 "10 12 13" --right=read_file
lists "denials: of a family, or a right" 0 "11 16 17" --right=net,scope
lists "denials: of a right of tomorrow" 0 "14" --right=other
lists "denials: below a path" 0 "10 13 14" --path=/etc --path=/srv
lists "denials: by a program" 0 "10 11 12 13 14 15 16 17" --program='ngin?'
lists "denials: by another" 0 "" --program=/bin/sh
lists "denials: of a start" 0 "10 11 13 15 16 17" --invocation=7e58517c
lists "denials: of nobody" 0 "12 14" --attribution=foreign,unknown
lists "denials: of a host" 0 "10 11 12 13 14 15 16 17" --host='web*'
lists "denials: of another host" 0 "" --host=web2
lists "denials: the last" 0 "16 17" -n 2
lists "denials: the last, backwards" 0 "17 16" -n2 -r
lists "denials: of a boot" 0 "10 11 12 13 14 15 16 17" -b "$boot"
lists "denials: before" 0 "10" --until=@1795303206
exits "denials: a right that is none" 2 denials --directory="$journal" --right=read-file
complains "denials: a right that is none: which it may be" "did you mean read_file?"
exits "denials: a right that is none, of a family" 2 denials --directory="$journal" --right=fs.bogus
exits "denials: an attribution that is none" 2 denials --directory="$journal" --attribution=sure
exits "denials: a number that is none" 2 denials --directory="$journal" -n many
exits "denials: backwards and live" 2 denials --directory="$journal" -f -r
denials -n 1 -ojson
holds "denials: the table's newest line" '[line["id"].split("@")[0] for line in lines] == ["17"]'
denials -r -ojson
holds "denials: the table, the newest first" 'lines[0]["id"].startswith("17@") and lines[-1]["count"] == 1'

cursor=$work/cursor
lists "denials: with a place to go on: at first" 0 "10 11 12 13 14 15 16 17" --cursor-file="$cursor"
lists "denials: then nothing" 0 "" --cursor-file="$cursor"
result "denials: the place is kept" grep -q '^s=' "$cursor"
ship denial 18 a1 'blockers=fs.read_file path="/etc/gshadow" dev="sda" ino=9'
lists "denials: then what is new" 0 "18" --cursor-file="$cursor"
ship denial 19 a1 'blockers=fs.read_file path="/etc/gshadow" dev="sda" ino=9'
exits "denials: the table of what is new" 0 denials --directory="$journal" --cursor-file="$cursor" -ojson
holds "denials: the table of what is new: that only" '[line["count"] for line in lines] == [1]'
echo nonsense >"$cursor"
exits "denials: a file that is none of these" 2 denials --directory="$journal" --cursor-file="$cursor"
result "denials: is not written to" grep -qx nonsense "$cursor"
exits "denials: a place that cannot be kept" 2 denials --directory="$journal" --cursor-file=/proc/none/cursor
exits "denials: a place that there is not" 2 denials --directory="$journal" --cursor-file="$work/none/cursor"
complains "denials: a place that there is not: which" "$work/none"
result "denials: a place that there is not: is not made" [ ! -e "$work/none" ]
NO_COLOR='' SYSTEMD_COLORS=1 denials
result "denials: colours where they are wanted" grep -q $'\x1b\\[' "$work/out"
NO_COLOR=1 SYSTEMD_COLORS=1 denials
result "denials: NO_COLOR is stronger" harmless
denials
result "denials: none elsewhere than on a terminal" harmless

# on_terminal COMMAND...: with a terminal of its own as standard output.
on_terminal() {
    status=0
    python3 -c 'import pty, sys, os
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}
export SYSTEMD_PAGERSECURE=0
TERM=vt100 SYSTEMD_PAGER='sed s/nginx/PAGED/' on_terminal "$unitlock" denials --directory="$journal"
says "denials: on a terminal through the pager" PAGED.service
result "denials: on a terminal in colours" grep -q $'\x1b\\[' "$work/out"
SYSTEMD_PAGER='sed s/nginx/PAGED/' on_terminal "$unitlock" denials --directory="$journal" --no-pager
says "denials: --no-pager" nginx.service
SYSTEMD_PAGER='' on_terminal "$unitlock" denials --directory="$journal"
says "denials: an empty pager is none" nginx.service
unset SYSTEMD_PAGERSECURE
mkdir "$work/bin"
# shellcheck disable=SC2016  # expanded by the script
printf '#!/bin/sh\necho "less, secure: $LESSSECURE"\ncat\n' >"$work/bin/less"
chmod +x "$work/bin/less"
PATH=$work/bin:$PATH SYSTEMD_PAGER='sed s/nginx/PAGED/' DOAS_USER=anna \
    on_terminal "$unitlock" denials --directory="$journal"
says "denials: with the rights of another, the pager is secure" "less, secure: 1"
result "denials: and one that is not known to be is not started" lacks PAGED
# Who owns the cgroup is who may choose, and nobody owns the cgroup of a service.
if ! grep -q /user- /proc/self/cgroup; then
    PATH=$work/bin:$PATH SYSTEMD_PAGER='sed s/nginx/PAGED/' on_terminal "$unitlock" denials --directory="$journal"
    result "denials: nor outside of all sessions" lacks PAGED
fi
long=$(printf '/directory%.0s' $(seq 200))
ship denial 21 a1 "blockers=fs.read_file path=\"$long\" dev=\"sda\" ino=11"
on_terminal "$unitlock" denials --directory="$journal" --no-pager
says "denials: a long path is cut on a terminal" /…/
says "denials: which is said" "-l shows all of them"
on_terminal "$unitlock" denials --directory="$journal" --no-pager -l
result "denials: -l: not cut" lacks …
denials
says "denials: a long path is whole in a file" "$long"
what_was_lost() {
    entry _TRANSPORT=kernel SYSLOG_FACILITY=0 \
        'MESSAGE=audit: audit_lost=17 audit_rate_limit=0 audit_backlog_limit=64'
    denial 20 a1 $'blockers=fs.read_file path=2F1B5D303B6F776E6564 dev="sda" ino=10'
}
ship what_was_lost
exits "denials: records that the kernel lost" 1 denials --directory="$journal"
complains "denials: records that the kernel lost: how many" "lost 17 audit records"
result "denials: what a path says does not reach the terminal" harmless
says "denials: but is shown" '/\x1b]0;owned'
rm -r "$journal" "$cursor"
