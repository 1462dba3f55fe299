#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each right: granted it works, ungranted it is denied, and the denial is shown with the right
# and the object.
. /opt/boot-tests/lib.sh

mkdir -p /srv/r/{open,read,closed}
touch /srv/r/{open,read,closed}/file
cp /bin/true /srv/r/closed/true
cp "$TRYD" /srv/r/read/tryd

tryd_service outside <<'END'
END
tryd_service rights <<END
[X-Landlock]
ReadWritePaths=/srv/r/open
ReadOnlyPaths=/srv/r/read
ExecPaths=/srv/r/read/tryd
DevicePaths=/dev/null
BindTCP=$(port 2)
ConnectTCP=$(port 0)
END
check "the daemon is confined" confined rights.service

# allowed RESULT REQUEST...
allowed() { check_answer "granted: $*" rights ok "$@"; }

# refused ERRNO RIGHT OBJECT REQUEST...
refused() {
    local error=$1 right=$2 object=$3
    shift 3
    check_answer "refused: $*" rights "errno $error" "$@"
    check "shown: $right $object" denied rights.service "$right" "$object"
}

allowed read /srv/r/read/file
allowed list /srv/r/read
allowed write /srv/r/open/file
allowed truncate /srv/r/open/file
allowed create /srv/r/open/new
allowed mkdir /srv/r/open/dir
allowed rename /srv/r/open/new /srv/r/open/dir/new
allowed unlink /srv/r/open/dir/new
allowed rmdir /srv/r/open/dir
allowed mkfifo /srv/r/open/fifo
allowed mksock /srv/r/open/sock
allowed symlink target /srv/r/open/link
allowed ioctl /dev/null
check_answer "granted: exec" rights "ok 2" exec /srv/r/read/tryd
allowed bind-tcp "$(port 2)"
allowed connect-tcp "$(port 0)"

refused EACCES fs.read_file /srv/r/closed/file read /srv/r/closed/file
refused EACCES fs.read_dir /srv/r/closed list /srv/r/closed
refused EACCES fs.write_file /srv/r/read/file write /srv/r/read/file
refused EACCES fs.truncate /srv/r/read/file truncate /srv/r/read/file
refused EACCES fs.make_reg /srv/r/read create /srv/r/read/new
refused EACCES fs.make_dir /srv/r/closed mkdir /srv/r/closed/dir
refused EACCES fs.remove_file /srv/r/read unlink /srv/r/read/file
refused EACCES fs.make_fifo /srv/r/closed mkfifo /srv/r/closed/fifo
refused EACCES fs.make_sock /srv/r/closed mksock /srv/r/closed/sock
refused EACCES fs.make_sym /srv/r/closed symlink target /srv/r/closed/link
refused EACCES fs.make_char /srv/r/open mkchar /srv/r/open/null
refused EACCES fs.refer /srv/r/closed rename /srv/r/open/file /srv/r/closed/new
refused EACCES fs.execute /srv/r/closed/true exec /srv/r/closed/true
refused EACCES net.bind_tcp "$(port 3)" bind-tcp "$(port 3)"
refused EACCES net.connect_tcp "$(port 4)" connect-tcp "$(port 4)"

sleep 1000 &
check_answer "refused: a signal to an outside process" rights 'errno EPERM' signal $! 15
check "which is still there" kill -0 $!
shows_signal() { denials rights.service | grep -q ^scope.signal; }
check "shown: scope.signal" wait_for shows_signal
kill $!

name=boot-test-$HTTP_PORT
ask outside listen-abstract "$name" >/dev/null
check_answer "an unconfined daemon connects to an abstract socket" outside ok abstract "$name"
refused EPERM scope.abstract_unix_socket "$name" abstract "$name"

check_equal "the unconfined daemon was never denied" "" "$(denials outside.service)"
systemctl stop outside rights
plan
