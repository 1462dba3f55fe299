#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `unitlock why` says denied exactly where the kernel refuses for Landlock's sake: it is asked
# first, and then the daemon tries.
. /opt/boot-tests/lib.sh

mkdir -p /srv/w/{open,read,closed,real,source/deep,strange}
for directory in open read closed real source/deep strange; do
    echo text >"/srv/w/$directory/file"
done
cp /bin/true /srv/w/closed/true
cp "$TRYD" /srv/w/read/tryd
ln -s ../closed/file /srv/w/read/out # out of what is granted
ln -s ../read/file /srv/w/closed/in  # and into it
ln -s read /srv/w/alias
ln -s real /srv/w/granted-by-link
ln /srv/w/strange/file /srv/w/strange/hard

tryd_service outside <<'END'
END
tryd_service why <<END
BindPaths=/srv/w/source:/srv/w/bound
TemporaryFileSystem=/srv/w/empty
PrivateTmp=yes
[X-Landlock]
ReadWritePaths=/srv/w/open /srv/w/empty
ReadOnlyPaths=/srv/w/read /srv/w/granted-by-link /srv/w/strange/hard
ExecPaths=/srv/w/read/tryd
DevicePaths=/dev/null
BindTCP=$(port 2)
ConnectTCP=$(port 0)
END
check "the daemon is confined" confined why.service

# says UNIT RIGHT OBJECT: one word. Nobody else's output is taken for it.
says() { unitlock why "$1" "$2" "$3" -o json | jq -r .verdict; }

# compare RIGHT OBJECT REQUEST...: no permission of a file refuses anything to root with all
# capabilities, so that EACCES is Landlock's (EXDEV too, of a rename), and EPERM a scope's.
compare() {
    local right=$1 object=$2 said kernel=allowed
    shift 2
    said=$(says why.service "$right" "$object")
    case $(ask why "$@") in
    'ok'*) ;;
    'errno EACCES' | 'errno EPERM') kernel=denied ;;
    *) kernel="not tried: $(ask why "$@")" ;;
    esac
    compared[$kernel]=$((${compared[$kernel]:-0} + 1))
    check_equal "$right of $object, as $*" "$kernel" "$said"
}
declare -A compared

number=0
for place in open read closed real source/deep bound/deep alias granted-by-link strange; do
    number=$((number + 1)) # some places are one directory
    compare read_file "/srv/w/$place/file" read "/srv/w/$place/file"
    compare write_file "/srv/w/$place/file" write "/srv/w/$place/file"
    compare truncate "/srv/w/$place/file" truncate "/srv/w/$place/file"
    compare read_dir "/srv/w/$place" list "/srv/w/$place"
    compare make_dir "/srv/w/$place/dir$number" mkdir "/srv/w/$place/dir$number"
    compare make_reg "/srv/w/$place/new$number" create "/srv/w/$place/new$number"
    compare make_fifo "/srv/w/$place/fifo$number" mkfifo "/srv/w/$place/fifo$number"
    compare make_sock "/srv/w/$place/sock$number" mksock "/srv/w/$place/sock$number"
    compare make_sym "/srv/w/$place/link$number" symlink target "/srv/w/$place/link$number"
    compare make_char "/srv/w/$place/char$number" mkchar "/srv/w/$place/char$number"
done
for file in read/out closed/in strange/hard; do
    compare read_file "/srv/w/$file" read "/srv/w/$file"
    compare write_file "/srv/w/$file" write "/srv/w/$file"
done
compare read_dir /srv/w list /srv/w
compare read_dir / list /
compare read_dir /srv/w/bound list /srv/w/bound
compare make_reg /srv/w/empty/new create /srv/w/empty/new
compare read_file /srv/w/empty/new read /srv/w/empty/new
compare make_reg /tmp/new create /tmp/new
compare make_dir /var/tmp/new mkdir /var/tmp/new
compare read_file /etc/hostname read /etc/hostname
compare read_file /proc/version read /proc/version
compare remove_file /srv/w/open/new1 unlink /srv/w/open/new1
compare remove_dir /srv/w/open/dir1 rmdir /srv/w/open/dir1
compare remove_file /srv/w/read/file unlink /srv/w/read/file
compare remove_dir /srv/w/closed rmdir /srv/w/closed
compare refer /srv/w/closed rename /srv/w/open/file /srv/w/closed/moved
compare execute /srv/w/closed/true exec /srv/w/closed/true
compare execute /srv/w/read/tryd exec /srv/w/read/tryd
compare ioctl_dev /dev/null ioctl /dev/null
compare bind_tcp "$(port 2)" bind-tcp "$(port 2)"
compare bind_tcp "$(port 3)" bind-tcp "$(port 3)"
compare connect_tcp "$(port 4)" connect-tcp "$(port 4)"
name=why-test-$HTTP_PORT
ask outside listen-abstract "$name" >/dev/null
compare abstract_unix_socket "@$name" abstract "$name"
check "both answers were met often" [ "${compared[allowed]:-0}" -ge 20 -a "${compared[denied]:-0}" -ge 40 ]

answer() { unitlock why "$@" -o json; }

# The ID of a denial of reading /srv/w/closed/file; nothing where it is not in the journal yet.
denial_id() {
    journalctl --sync
    unitlock denials why.service --since "$STARTED" -o json | jq -r '
        select(.rights == ["fs.read_file"] and .object.path == "/srv/w/closed/file") | .id' | head -n 1
}
has_denial() { [ -n "$(denial_id)" ]; }

# --- by the ID of a denial, under the policy that has not changed, and under one that has
ask why read /srv/w/closed/file >/dev/null
wait_for has_denial
id=$(denial_id)
check_equal "a denial explains itself" "why.service fs.read_file /srv/w/closed/file denied $id" \
    "$(unitlock why "$id" -o json | jq -r '"\(.unit) \(.right) \(.object.path) \(.verdict) \(.denial.id)"')"
check_equal "by its number alone" "denied" "$(unitlock why "${id%@*}" -o json | jq -r .verdict)"

# --- what runs was started with another policy
drop_in why.service later.conf <<'END'
[X-Landlock]
ReadOnlyPaths=/srv/w/closed
END
systemctl daemon-reload
check_equal "declared since, and not yet in force" "allowed denied" \
    "$(answer why read /srv/w/closed/file | jq -r '"\(.verdict) \(.running.verdict)"')"
check_answer "as the kernel says" why "errno EACCES" read /srv/w/closed/file
restart why.service
wait_for ask why pid
check_equal "in force after a restart" "allowed null" \
    "$(answer why read /srv/w/closed/file | jq -r '"\(.verdict) \(.running)"')"
check_answer "as the kernel says, too" why ok read /srv/w/closed/file

# --- what else refuses it. others UNIT RIGHT OBJECT: "certain by"
others() { answer "$@" | jq -r '.others[] | "\(.certain) \(.by)"'; }

chmod 0600 /srv/w/read/file
mkdir -m 0700 /srv/w/read/private
echo text >/srv/w/read/private/file
tryd_service whyuser <<END
User=daemon
[X-Landlock]
ReadOnlyPaths=/srv/w/read
BindTCP=1-65535
END
check_answer "permissions refuse" whyuser "errno EACCES" read /srv/w/read/file
check_equal "what Landlock allows" allowed "$(says whyuser read_file /srv/w/read/file)"
check_equal "which is said" "true the permissions of /srv/w/read/file" "$(others whyuser read_file /srv/w/read/file)"
check_answer "a directory on the way refuses" whyuser "errno EACCES" read /srv/w/read/private/file
check_equal "which is said, too" "true the permissions of /srv/w/read/private" \
    "$(others whyuser read_file /srv/w/read/private/file)"
check_answer "a file for all is read" whyuser ok list /srv/w/read
check_equal "and nothing said against it" "" "$(others whyuser read_dir /srv/w/read)"
if [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 7 ]; then
    check_answer "a low port is refused" whyuser "errno EACCES" bind-tcp 7
    check_equal "for the lack of a capability" "true CAP_NET_BIND_SERVICE" "$(others whyuser bind_tcp 7)"
else
    skip "a low port is refused" "they are free for all here"
fi

tryd_service whystrict <<END
ProtectSystem=strict
InaccessiblePaths=/srv/w/closed
[X-Landlock]
ReadWritePaths=/srv/w
END
check_answer "ProtectSystem=strict refuses" whystrict "errno EROFS" write /srv/w/open/file
check_equal "what Landlock would allow" "allowed" "$(says whystrict write_file /srv/w/open/file)"
check_equal "which is said, with its place" "true ProtectSystem=strict /etc/systemd/system/whystrict.service:5" \
    "$(answer whystrict write_file /srv/w/open/file |
        jq -r '.others[] | "\(.certain) \(.by) \(.where.file):\(.where.line)"')"
check_equal "InaccessiblePaths= too" "true InaccessiblePaths=/srv/w/closed" \
    "$(others whystrict read_file /srv/w/closed/file | head -n 1)"

systemctl stop outside why whyuser whystrict
plan
