#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each thing that the kernel can deny: granted it works, ungranted it is refused, and the denial is
# shown with the right and the object. At the end every right that the kernel enforces was one of
# them, and so were the two blockers that are no rights.
. /opt/boot-tests/lib.sh

mkdir -p /srv/r/{open,read,closed,mount} /srv/r/read/dir
mknod /srv/r/read/zero c 1 5
touch /srv/r/{open,read,closed}/file /srv/r/{read,closed}/other
chmod 755 /srv/r/read/file
cp /bin/true /srv/r/closed/true
cp "$TRYD" /srv/r/read/tryd
mount -t tmpfs tmpfs /srv/r/mount

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

enforced=$(journalctl -q --no-pager -o cat --output-fields=UNITLOCK_ENFORCED UNITLOCK_UNIT=rights.service \
    "_SYSTEMD_INVOCATION_ID=$(property rights InvocationID)" | tail -n 1)
check "and its start record says in what" test -n "$enforced"

# but RIGHT...: the enforced rights of the file system without these
but() {
    tr , '\n' <<<"$enforced" | grep '^fs\.' | grep -vxF "$(printf 'fs.%s\n' "$@")" | paste -sd ,
}

# allowed REQUEST...
allowed() { check_answer "granted: $*" rights ok "$@"; }

EXPECTED=() # "right<TAB>object" of what was refused

# expect RIGHT[,RIGHT...] OBJECT: the object as `objects` below writes it
expect() {
    local right
    for right in ${1//,/ }; do
        EXPECTED+=("$right"$'\t'"$2")
    done
}

# refused ERRNO RIGHT[,RIGHT...] OBJECT REQUEST...
refused() {
    local error=$1 rights=$2 object=$3
    shift 3
    check_answer "refused: $*" rights "errno $error" "$@"
    expect "$rights" "$object"
}

# objects UNIT: one "right<TAB>object" a line
objects() {
    journalctl --sync
    unitlock denials "$1" --since "$STARTED" -o json | jq -r '
        (.object |
            if .type == "network" then "\(.address // "any") \(.port)"
            elif .ioctl then "\(.path) ioctl \(.ioctl)"
            else "\(.path // .name // .comm // "")" end) as $object
        | .rights[] as $right | "\($right)\t\($object)"'
}

allowed read /srv/r/read/file
allowed list /srv/r/read
allowed write /srv/r/open/file
allowed truncate /srv/r/open/file
allowed create /srv/r/open/new
allowed mkdir /srv/r/open/dir
allowed rename /srv/r/open/new /srv/r/open/dir/new
allowed link /srv/r/open/dir/new /srv/r/open/linked
allowed exchange /srv/r/open/dir/new /srv/r/open/file
allowed unlink /srv/r/open/dir/new
allowed rmdir /srv/r/open/dir
allowed mkfifo /srv/r/open/fifo
allowed mksock /srv/r/open/sock
allowed symlink target /srv/r/open/link
allowed ioctl /dev/null
check_answer "granted: exec" rights "ok 2" exec /srv/r/read/tryd
allowed bind-tcp "$(port 2)"
allowed bind-tcp "$(port 2)" ::1
allowed connect-tcp "$(port 0)"

# Of what is made, removed, linked or renamed, the kernel names the directory.
refused EACCES fs.read_file /srv/r/closed/file read /srv/r/closed/file
refused EACCES fs.read_dir /srv/r/closed list /srv/r/closed
refused EACCES fs.write_file /srv/r/read/file write /srv/r/read/file
refused EACCES fs.truncate /srv/r/read/file truncate /srv/r/read/file
refused EACCES fs.execute /srv/r/read/file exec /srv/r/read/file
refused EACCES fs.execute,fs.read_file /srv/r/closed/true exec /srv/r/closed/true
refused EACCES fs.make_reg /srv/r/read create /srv/r/read/new
refused EACCES fs.make_dir /srv/r/closed mkdir /srv/r/closed/dir
refused EACCES fs.make_fifo /srv/r/closed mkfifo /srv/r/closed/fifo
refused EACCES fs.make_sock /srv/r/closed mksock /srv/r/closed/sock
refused EACCES fs.make_sym /srv/r/closed symlink target /srv/r/closed/link
refused EACCES fs.make_char /srv/r/open mkchar /srv/r/open/null
refused EACCES fs.make_block /srv/r/open mkblock /srv/r/open/loop
refused EACCES fs.remove_file /srv/r/read unlink /srv/r/read/file
refused EACCES fs.remove_dir /srv/r/read rmdir /srv/r/read/dir
refused EACCES fs.make_reg,fs.refer /srv/r/closed rename /srv/r/open/file /srv/r/closed/new
refused EACCES fs.make_reg,fs.refer /srv/r/closed link /srv/r/open/file /srv/r/closed/new
# Of a directory that a file is not to leave, the kernel names all that it does not grant.
refused EACCES "$(but read_file read_dir)" /srv/r/read rename /srv/r/read/other /srv/r/open/new
refused EXDEV "$(but read_file read_dir)" /srv/r/read link /srv/r/read/file /srv/r/open/new
refused EACCES "$(but none)" /srv/r/closed exchange /srv/r/open/file /srv/r/closed/other
expect "$(but {read,write}_file read_dir remove_{file,dir} make_{dir,reg,sock,fifo,sym} refer truncate)" \
    /srv/r/open
refused EACCES fs.ioctl_dev "/srv/r/read/zero ioctl 21505" ioctl /srv/r/read/zero
refused EACCES net.bind_tcp "127.0.0.1 $(port 3)" bind-tcp "$(port 3)"
refused EACCES net.bind_tcp "::1 $(port 3)" bind-tcp "$(port 3)" ::1
refused EACCES net.bind_tcp "any $(port 3)" bind-tcp "$(port 3)" 0.0.0.0
refused EACCES net.bind_tcp "any 0" bind-tcp 0 ::
refused EACCES net.connect_tcp "127.0.0.1 $(port 4)" connect-tcp "$(port 4)"
refused EACCES net.connect_tcp "::1 $(port 4)" connect-tcp "$(port 4)" ::1

sleep 1000 &
other=$!
wait_for grep -qx sleep "/proc/$other/comm"
refused EPERM scope.signal sleep signal "$other" 15
check "which is still there" kill -0 "$other"
refused EPERM ptrace sleep ptrace "$other"

name=boot-test-$HTTP_PORT
ask outside listen-abstract "$name" >/dev/null
check_answer "an unconfined daemon connects to an abstract socket" outside ok abstract "$name"
refused EPERM scope.abstract_unix_socket "$name" abstract "$name"

# A mount is known by its place; one that is to go only by the name of its root.
refused EPERM fs.change_topology /srv/r/closed mount /srv/r/closed
refused EPERM fs.change_topology /srv/r/closed move-mount /srv/r/mount /srv/r/closed
refused EPERM fs.change_topology /srv/r/open pivot-root /srv/r/open /srv/r/open
refused EPERM fs.change_topology /srv/r/mount remount /srv/r/mount
refused EPERM fs.change_topology / umount /srv/r/mount

# Newer kernels than ABI 7 deny more.
case ,$enforced, in *,fs.resolve_unix,*)
    refused EACCES fs.resolve_unix /run/outside/sock unix /run/outside/sock ;;
esac
case ,$enforced, in *,net.bind_udp,*)
    refused EACCES net.bind_udp "127.0.0.1 $(port 3)" bind-udp "$(port 3)"
    refused EACCES net.connect_send_udp "127.0.0.1 $(port 4)" connect-udp "$(port 4)" ;;
esac

missing() {
    objects rights.service | sort -u >/tmp/shown
    printf '%s\n' "${EXPECTED[@]}" | sort -u | comm -23 - /tmp/shown
}
none_missing() { [ -z "$(missing)" ]; }
wait_for none_missing
for row in "${EXPECTED[@]}"; do
    check "shown: $row" grep -qxF -- "$row" /tmp/shown
done

check_equal "each right that the kernel enforces was refused, and what is no right" \
    "$( (tr , '\n' <<<"$enforced"; printf 'ptrace\nfs.change_topology\n') | sort)" \
    "$(printf '%s\n' "${EXPECTED[@]}" | cut -f 1 | sort -u)"
check_equal "and nothing else was" "" \
    "$(printf '%s\n' "${EXPECTED[@]}" | sort -u | comm -13 - /tmp/shown)"

kill "$other"
check_equal "the unconfined daemon was never denied" "" "$(denials outside.service)"
systemctl stop outside rights
umount /srv/r/mount
plan
