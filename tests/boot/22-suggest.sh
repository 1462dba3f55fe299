#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# From denials to a drop-in: what was denied works after a restart, and nothing else does.
. /opt/boot-tests/lib.sh

mkdir -p /srv/s/{read,listed,made,odd}
echo x | tee /srv/s/read/{wanted,other} /srv/s/made/old /srv/s/log >/dev/null
# shellcheck disable=SC1003,SC2016  # names that look like quoting
odd=('with space' 'per%cent %n' 'quo"te' "apo'strophe" 'back\slash' 'dollar$HOME' 'ends\' '#hash' $'\303\274')
for name in "${odd[@]}"; do echo x >"/srv/s/odd/$name"; done
long=$(printf '%0250d' 0)
printf x >/srv/s/odd/"$long"
printf x >"/srv/s/odd/$(printf 'new\nBindTCP=1\033[31m\377')"
# word NAME: as a request of tryd's.
word() { printf %s "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'; }

cp "$TRYD" /srv/s/tryd
tryd_service asking <<'END'
[X-Landlock]
ReadOnlyPaths=/srv/s/tryd
END
drop_in=/etc/systemd/system/asking.service.d/landlock.conf
lines() { unitlock suggest asking --since "$STARTED" -o json | jq -r "select(.kind == \"${1:-ordinary}\") | .line"; }
suggests() { [ "$(lines | grep -cxF -- "$1")" = 1 ]; }
apart() { [ "$(lines sensitive | grep -cxF -- "$1")" = 1 ]; }

# refused REQUEST...
refused() { check_answer "refused: $*" asking "errno ${error:-EACCES}" "$@"; }
refused read /srv/s/read/wanted
refused list /srv/s/listed
refused write /srv/s/log
refused create /srv/s/made/new
refused bind-tcp "$(port 3)"
refused connect-tcp "$(port 0)"
refused exec /srv/s/tryd
for name in "${odd[@]}" "$long"; do refused read "$(word "/srv/s/odd/$name")"; done
refused read "$(word "$(printf '/srv/s/odd/new\nBindTCP=1\033[31m\377')")"
sleep 1000 &
victim=$!
error=EPERM refused signal $victim 15

check "a file is suggested" wait_for suggests 'ReadOnlyPaths=-/srv/s/read/wanted'
check "a list" suggests 'AllowPaths=read_dir:-/srv/s/listed'
check "a file to write" suggests 'AllowPaths=write_file:-/srv/s/log'
check "a directory to make files in" suggests 'AllowPaths=write_file,make_reg:-/srv/s/made'
check "a program, which could be read" suggests 'ExecPaths=-/srv/s/tryd'
check "a port" wait_for suggests "ConnectTCP=$(port 0)"
# Another start is taken over.
check "it is restarted" restart asking.service
check "and answers" wait_for ask asking pid
refused read /etc/shadow
refused connect-tcp "$(port 5)"
check "the passwords are shown apart" wait_for apart 'ReadOnlyPaths=-/etc/shadow'
check "and what else was denied then" wait_for apart "ConnectTCP=$(port 5)"
check_equal "not the passwords, nor signals" "" "$(lines | grep -E "shadow|Scope|=$(port 5)$")"
unitlock suggest asking --since "$STARTED" >/tmp/suggested
check_fails "nothing moves the cursor" grep -q $'\033' /tmp/suggested
check_fails "nothing is smuggled in" grep -q '^BindTCP=1$' /tmp/suggested

echo '# the administrator'\''s' | drop_in asking.service landlock.conf
cp $drop_in /tmp/before
unitlock suggest asking --since "$STARTED" --write >/tmp/diff
check_equal "status 1: not all is ordinary" 1 $?
check "what was there stays" cmp -n "$(stat -c %s /tmp/before)" /tmp/before $drop_in
cp /tmp/before /tmp/patched
check "what is shown is a diff of it" sh -c "patch -s /tmp/patched </tmp/diff 2>/dev/null || ! command -v patch"
check "the declaration is valid" unitlock show asking
check "systemd has read it" grep -q asking.service.d/landlock.conf <(property asking DropInPaths)
check "the service starts with it" restart asking.service
check "confined" confined asking.service
check "and answers" wait_for ask asking pid

allowed() { check_answer "allowed: $*" asking ok "$@"; }
allowed read /srv/s/read/wanted
allowed list /srv/s/listed
allowed write /srv/s/log
allowed create /srv/s/made/new
allowed connect-tcp "$(port 0)"
allowed bind-tcp "$(port 3)"
check_answer "allowed: exec" asking "ok 2" exec /srv/s/tryd
for name in "${odd[@]}" "$long"; do allowed read "$(word "/srv/s/odd/$name")"; done
refused read "$(word "$(printf '/srv/s/odd/new\nBindTCP=1\033[31m\377')")"

refused read /srv/s/read/other
refused list /srv/s/read
refused read /srv/s/log
refused read /srv/s/made/old
refused unlink /srv/s/made/old
refused write /srv/s/read/wanted
refused bind-tcp "$(port 4)"
refused connect-tcp "$(port 3)"
refused read /etc/shadow
error=EPERM refused signal $victim 15
check "its victim lives" kill -0 $victim
kill $victim

check "it is taken back" unitlock suggest asking --undo
check "byte for byte" cmp /tmp/before $drop_in
check "and the service starts without it" restart asking.service
check "answering" wait_for ask asking pid
refused read /srv/s/read/wanted
systemctl stop asking
plan
