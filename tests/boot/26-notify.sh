#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# unitlock-notify@.service: tells of new denials once, not too often, and of all of them.
. /opt/boot-tests/lib.sh

state=/var/lib/unitlock-notify
service=unitlock-notify@told-of.service
mkdir -p /etc/unitlock /run/told
: >/run/told/calls

# notify SETTING...: what is configured.
notify() { printf '%s\n' "$@" >/etc/unitlock/notify.conf; }
# turn: one turn of the timer.
turn() {
    systemctl reset-failed $service 2>/dev/null
    systemctl start $service
}
# later: as if the minutes between two messages had passed.
later() { touch -d '-1 hour' $state/told-of.told; }
calls() { wc -l </run/told/calls; }
# told FILTER: of the groups that the command was given.
told() { jq -r "$1" /run/told/input; }
# tells_of COUNT: so many denials in all, once its turn comes.
tells_of() {
    later
    turn
    [ "$(told .count | awk '{ sum += $1 } END { print sum + 0 }')" = "$1" ]
}

tryd_service told-of <<END
[X-Landlock]
ABI=$(kernel_abi)
END
ask told-of read /srv/before >/dev/null
mkdir -p /srv/after
ask told-of list /srv >/dev/null
check "something was denied before" denied told-of.service fs.read_dir /srv

# shellcheck disable=SC2016  # expanded by the service
notify 'NOTIFY_COMMAND="cat >>/run/told/input; echo $UNITLOCK_UNIT >>/run/told/calls"' NOTIFY_MINUTES=10
mv /etc/unitlock/notify.conf /run/told/
check_fails "without a configuration the timer does not start" systemctl start unitlock-notify@told-of.timer
mv /run/told/notify.conf /etc/unitlock/
check_equal "the timer is off" disabled "$(systemctl is-enabled unitlock-notify@told-of.timer)"
check "it starts" systemctl start unitlock-notify@told-of.timer
check "and takes a first turn" wait_for test -e $state/told-of.cursor
check_equal "what was denied before is not told" 0 "$(calls)"
systemctl stop unitlock-notify@told-of.timer
journalctl --sync
check_equal "turns are no news" "" \
    "$(journalctl -b --no-pager -o cat -u $service | grep -v '^-- ' | grep -E 'Starting|Finished|Deactivated')"
said_of() { journalctl --sync && grep -qF "$2" <(journalctl -b --no-pager -o cat -u "$1"); }
systemctl start unitlock-notify@none-such.service
check "that there is no such unit is said" wait_for said_of unitlock-notify@none-such.service 'there is no unit "none-such"'
systemctl start unitlock-notify@none-such.service
check_equal "once" 1 "$(journalctl -b --no-pager -o cat -u unitlock-notify@none-such.service | grep -cF 'there is no unit')"

ask told-of list /srv/after >/dev/null
check "something new is denied" denied told-of.service fs.read_dir /srv/after
one_call() { turn && [ "$(calls)" = 1 ]; }
check "it is told" wait_for one_call
check_equal "with the unit" told-of "$(cat /run/told/calls)"
check_equal "what was denied, and how often" "told-of.service fs.read_dir /srv/after 1" \
    "$(told '"\(.unit) \(.rights[0]) \(.object.path) \(.count)"')"

# A flood, with names that would like to be more than that.
hostile=$'/srv/after/a";$(touch${IFS}owned)`touch${IFS}owned`\e[2J'
mkdir "$hostile"
for _ in 1 2 3 4 5; do ask told-of list /srv/after; done >/dev/null
ask told-of list "$hostile" >/dev/null
check "more is denied" wait_for eval "[ \"\$(denials told-of.service | wc -l)\" -ge 3 ]"
for _ in 1 2 3; do turn; done
check_equal "and not told before the time has come" 1 "$(calls)"
check "then in one message, all of it" wait_for tells_of 7
check_equal "in one message" 2 "$(calls)"
check_equal "by group" 3 "$(wc -l </run/told/input)"
check_equal "names stay names" "$hostile" "$(told 'select(.object.path != "/srv/after") | .object.path')"
check "and nothing of them was executed" [ -z "$(find / -xdev -name owned)" ]
later
turn
check_equal "nothing is told twice" 2 "$(calls)"

# The command fails: no more calls than with one that works, and nothing is lost.
notify 'NOTIFY_COMMAND="echo >>/run/told/calls; exit 1"' NOTIFY_MINUTES=10
ask told-of list /srv/after >/dev/null
wait_for eval "denials told-of.service | grep -q $'/srv/after\t7'"
fails() { later && ! turn; }
check "a command that fails makes the service fail" wait_for fails
check_equal "it was called" 3 "$(calls)"
turn
check_equal "and is not called again at once" 3 "$(calls)"
# shellcheck disable=SC2016  # expanded by the service
notify 'NOTIFY_COMMAND="cat >>/run/told/input"' NOTIFY_MINUTES=10
check "what it was not told it is told later" wait_for tells_of 8

# By mail.
cat >/run/told/sendmail <<'END'
#!/bin/sh
echo "$*" >/run/told/arguments
cat >/run/told/mail
END
chmod +x /run/told/sendmail
notify NOTIFY_MAIL=root NOTIFY_SENDMAIL=/run/told/sendmail NOTIFY_MINUTES=10
ask told-of list "$hostile" >/dev/null
mailed() { later && turn && [ -s /run/told/mail ]; }
check "a mail is sent" wait_for mailed
check_equal "as sendmail takes it" "-t -i" "$(cat /run/told/arguments)"
check "to whom it should" grep -qx 'To: root' /run/told/mail
check "with the unit" grep -q '^Subject: unitlock: denials of told-of on ' /run/told/mail
body=$(sed '1,/^$/d' /run/told/mail | base64 -d)
check "what was denied is in it" grep -qF '/srv/after/a";' <<<"$body"
check_fails "with nothing that a terminal obeys" grep -q $'\e' <<<"$body"

notify NOTIFY_COMMAND=true NOTIFY_MINUTES=ten
check_fails "minutes that are none are refused" turn
notify ''
check_fails "without anybody to tell it fails" turn
check "and says so" wait_for said_of $service "neither NOTIFY_COMMAND= nor NOTIFY_MAIL= is set"
systemctl reset-failed $service
systemctl start unitlock-notify@told-of.timer
gave_up() { [ "$(systemctl is-active unitlock-notify@told-of.timer):$(systemctl is-failed $service)" = inactive:failed ]; }
check "and its timer stops" wait_for gave_up

systemctl stop told-of
rm -r /run/told /srv/after $state /etc/unitlock/notify.conf /etc/systemd/system/told-of.service*
systemctl daemon-reload
plan
