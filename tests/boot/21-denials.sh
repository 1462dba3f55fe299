#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Denials as they come, by one who goes on where it was, and for whom they are not.
. /opt/boot-tests/lib.sh

mkdir -p /srv/d
touch /srv/d/{first,second,third}
tryd_service denied <<END
[X-Landlock]
ABI=$(kernel_abi)
END
check "the daemon is confined" confined denied.service

followed=/run/followed
unitlock denials denied -f -o json --since "$STARTED" >"$followed" 2>"$followed.err" &
follower=$!
# sees OBJECT [TIMES]: the follower has shown it.
sees() { [ "$(jq -r .object.path <"$followed" | grep -cx "$1")" = "${2:-1}" ]; }

ask denied read /srv/d/first >/dev/null
check "a denial is shown while one waits" wait_for sees /srv/d/first
ask denied read /srv/d/second >/dev/null
check "and the next" wait_for sees /srv/d/second
check_equal "with its unit" denied.service "$(jq -r 'select(.object.path == "/srv/d/second") | .unit' <"$followed")"
restart denied
wait_for ask denied pid
ask denied read /srv/d/first >/dev/null
check "and that of the next start" wait_for sees /srv/d/first 2
check_equal "which is another" 2 "$(jq -r 'select(.object.path == "/srv/d/first") | .invocation' <"$followed" | sort -u | wc -l)"
check_equal "nothing is said beside" "" "$(cat "$followed.err")"
kill $follower
wait $follower 2>/dev/null

# Who waits spends no time while there is nothing: a tick of the clock is 10 ms.
unitlock denials denied -f -n 0 >/dev/null &
follower=$!
waits() { [ "$(cut -d ' ' -f 3 /proc/$follower/stat)" = S ]; }
ticks() { awk '{ print $14 + $15 }' "/proc/$follower/stat"; }
check "who waits sleeps" wait_for waits
before=$(ticks)
sleep 2
check "and uses no processor" test $(($(ticks) - before)) -le 20
kill $follower
wait $follower 2>/dev/null

# Nobody reads any more.
unitlock denials denied -f --since "$STARTED" 2>/dev/null | head -n 1 >/run/head &
head=$!
ended() { ! kill -0 $head 2>/dev/null; }
ask denied read /srv/d/third >/dev/null
check "it ends when nobody reads" wait_for ended

cursor=/run/denials-cursor
news() { unitlock denials denied --raw -o json --since "$STARTED" --cursor-file=$cursor | jq -r .object.path; }
journalctl --sync
news >/dev/null
check_equal "who goes on sees nothing twice" "" "$(news)"
ask denied read /srv/d/second >/dev/null
is_news() { journalctl --sync && [ "$(news)" = /srv/d/second ]; }
check "and what is new" wait_for is_news
check_equal "once" "" "$(news)"

check_fails "who may not read the journal gets no answer" runuser -u nobody -- unitlock denials denied
check_equal "and is told why, and what to do" "unitlock: cannot read the journal (be root, or in the group systemd-journal)" \
    "$(runuser -u nobody -- unitlock denials denied 2>&1 | cut -d: -f 1-2)"
systemctl stop denied
plan
