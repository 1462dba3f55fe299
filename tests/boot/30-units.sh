#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Kinds of units: the wrapper becomes the service in each of them, and systemd does not notice.
. /opt/boot-tests/lib.sh

mkdir -p /srv/u/{a,b}
touch /srv/u/{a,b}/file
chmod -R a+rX /srv/u

# still_confined NAME: alive, wrapped, and denied what is not granted.
still_confined() {
    check "$1 is confined" confined "$1.service"
    check_answer "$1 is denied what is not granted" "$1" 'errno EACCES' read /srv/u/b/file
    check "$1: the denial is shown" denied "$1.service" fs.read_file /srv/u/b/file
}

# --- what a confined service finds, beside an unconfined twin
tryd_service twin-free <<'END'
Environment=COLOUR=blue
END
tryd_service twin-confined <<'END'
Environment=COLOUR=blue
[X-Landlock]
END
for question in fds name uid 'env COLOUR' 'env PATH' 'env LANG' 'env NOTIFY_SOCKET'; do
    # shellcheck disable=SC2086  # words of a request
    check_equal "the same answer to: $question" "$(ask twin-free $question)" "$(ask twin-confined $question)"
done
check_answer "the arguments are the unit's" twin-confined \
    "ok [$TRYD][serve][/run/twin-confined/sock]" argv
check_equal "the main process is the daemon" "ok $(property twin-confined MainPID)" \
    "$(ask twin-confined pid)"
still_confined twin-confined
old=$(property twin-confined MainPID)
check "it restarts" systemctl restart twin-confined
wait_for ask twin-confined pid
check "as another process" test "$old" != "$(property twin-confined MainPID)"
still_confined twin-confined

# --- Type=notify
tryd_service notify <<END
Type=notify
ExecStart=
ExecStart=$TRYD serve --notify /run/notify/sock
[X-Landlock]
END
check_equal "Type=notify: the message arrives" active "$(property notify ActiveState)"
check_equal "with its status" "waiting for requests" "$(property notify StatusText)"
still_confined notify

# --- Type=forking
tryd_service forking <<END
Type=forking
PIDFile=/run/forking/pid
ExecStart=
ExecStart=$TRYD serve --fork /run/forking/pid /run/forking/sock
[X-Landlock]
END
check_equal "Type=forking: systemd knows the daemon" "ok $(property forking MainPID)" \
    "$(ask forking pid)"
still_confined forking

# --- socket activation
cat >/etc/systemd/system/activated.socket <<'END'
[Socket]
ListenStream=/run/activated/sock
END
cat >/etc/systemd/system/activated.service <<END
[Service]
ExecStart=$TRYD serve
[X-Landlock]
ReadOnlyPaths=/srv/u/a
END
systemctl daemon-reload
systemctl start activated.socket
check_answer "socket activation: the first request starts it" activated ok read /srv/u/a/file
check_answer "with one descriptor passed" activated "ok 1" env LISTEN_FDS
check_equal "to the right process" "$(ask activated pid)" "$(ask activated env LISTEN_PID)"
still_confined activated

# --- users
tryd_service user <<'END'
User=nobody
[X-Landlock]
ReadOnlyPaths=/srv/u/a
END
check_answer "User=: it runs as that user" user "ok $(id -u nobody)" uid
check_answer "and reads what is granted" user ok read /srv/u/a/file
still_confined user

tryd_service dynamic <<'END'
DynamicUser=yes
StateDirectory=dynamic
[X-Landlock]
ReadOnlyPaths=/srv/u/a
END
check_answer "DynamicUser=: it reads what is granted" dynamic ok read /srv/u/a/file
check_answer "and writes to its state directory" dynamic ok create /var/lib/dynamic/new
still_confined dynamic

# --- templates
cat >/etc/systemd/system/template@.service <<END
[Service]
RuntimeDirectory=%p-%i
ExecStart=$TRYD serve /run/%p-%i/sock
[X-Landlock]
ReadOnlyPaths=/srv/u/%i
END
systemctl daemon-reload
systemctl start template@a template@b
wait_for ask template-a pid
wait_for ask template-b pid
check_answer "template@a reads its own file" template-a ok read /srv/u/a/file
check_answer "and not the other's" template-a 'errno EACCES' read /srv/u/b/file
check_answer "template@b reads its own file" template-b ok read /srv/u/b/file
check_answer "and not the other's" template-b 'errno EACCES' read /srv/u/a/file
check "template@a's denial is its own" denied template@a.service fs.read_file /srv/u/b/file
check "template@b's denial is its own" denied template@b.service fs.read_file /srv/u/a/file
check_fails "they are not mixed up" shows_denial template@a.service fs.read_file /srv/u/a/file
check_fails "in either direction" shows_denial template@b.service fs.read_file /srv/u/b/file

systemctl stop twin-free twin-confined notify forking activated.socket activated user dynamic \
    template@a template@b
plan
