# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC1003,SC2034,SC2154  # for run, and from it; backslashes
# From denials to lines, with a journal that holds a start of asks.service and what it was denied.

service asks.service <<'END'
[X-Landlock]
Preset=web
END
asks_drop_in=/etc/systemd/system/asks.service.d/landlock.conf
for name in page 'with space' 'per%cent' 'quo"te' 'back\slash'; do
    echo x | file "/srv/asks/$name"
done
asks_hostile=$(printf '/srv/asks/new\nBindTCP=1\n\033[31m\377')
echo x | file "$asks_hostile"
echo x | file /etc/shadow
mkdir -p "$tree/srv/new"

wrapper=$("$unitlock" --root="$tree" show asks --drop-in | sed -n 's/^ExecStart=\([^ ]\+\) .*/\1/p')
entry() {
    asks_time=$((asks_time + 1000000))
    printf '%s\n' "__REALTIME_TIMESTAMP=$asks_time" "__MONOTONIC_TIMESTAMP=$((asks_time - 1795303000000000))" \
        _BOOT_ID=aa1f48e1c7f44b1c934f83ae9cc56031 _MACHINE_ID=70cff2e0993644838f541cea0a2ee86c "$@" ''
}
# start INVOCATION: the start's own record; what is denied next is of it.
start() {
    asks_start=$1 asks_tag=ul-${1:0:12} asks_domain=185a3821$2 asks_is_new=yes
    entry _TRANSPORT=journal _SYSTEMD_UNIT=asks.service _SYSTEMD_INVOCATION_ID="$1" _PID=4711 _UID=0 \
        "MESSAGE_ID=$(sed -n 's/.*kConfined = "\([0-9a-f]*\)".*/\1/p' "$here/../../src/base/start_record.hpp")" \
        UNITLOCK_UNIT=asks.service UNITLOCK_TAG="$asks_tag" MESSAGE=confined
}
# denial BLOCKERS OBJECT [PROGRAM]: with the event's process, and the first time with the domain.
denial() {
    asks_serial=$((asks_serial + 1))
    entry _TRANSPORT=audit _AUDIT_TYPE=1423 _AUDIT_ID=$asks_serial _AUDIT_FIELD_DOMAIN="$asks_domain" \
        "MESSAGE=AUDIT1423 domain=$asks_domain blockers=$1 $2"
    [ -z "$asks_is_new" ] ||
        entry _TRANSPORT=audit _AUDIT_TYPE=1424 _AUDIT_ID=$asks_serial _AUDIT_FIELD_DOMAIN="$asks_domain" \
            "MESSAGE=AUDIT1424 domain=$asks_domain status=allocated mode=enforcing pid=4711 uid=0 exe=\"$wrapper\" comm=\"$asks_tag\""
    asks_is_new=
    entry _TRANSPORT=audit _AUDIT_TYPE=1300 _AUDIT_ID=$asks_serial \
        "MESSAGE=SYSCALL arch=c000003e syscall=257 success=no exit=-13 pid=4711 comm=\"daemon\" exe=\"${3:-/usr/sbin/daemon}\""
}
asks_time=1795303200000000 asks_serial=0
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; }
{
    start 3f9c2a1b7d0400000000000000000007 5
    denial fs.read_file 'path="/srv/asks/page" dev="sda1" ino=1'
    denial fs.read_file 'path="/srv/asks/page" dev="sda1" ino=1'
    denial fs.write_file "path=$(hex '/srv/asks/with space') dev=\"sda1\" ino=2"
    denial fs.write_file,fs.truncate 'path="/srv/asks/per%cent" dev="sda1" ino=3'
    denial fs.write_file "path=$(hex '/srv/asks/quo"te') dev=\"sda1\" ino=4"
    denial fs.write_file 'path="/srv/asks/back\slash" dev="sda1" ino=5'
    denial fs.make_reg 'path="/srv/new" dev="sda1" ino=6'
    denial fs.read_file "path=$(hex "$asks_hostile") dev=\"sda1\" ino=8"
    denial net.connect_tcp 'daddr=127.0.0.1 dest=9000'
    denial net.bind_tcp 'saddr=127.0.0.1 src=80'
    start 7d043f9c2a1b00000000000000000008 6
    denial fs.read_file 'path="/etc/shadow" dev="sda1" ino=7'
    denial net.connect_tcp 'daddr=192.0.2.1 dest=4444' /usr/bin/bash
    denial net.connect_tcp 'daddr=192.0.2.1 dest=7000'
} >"$work/export"
mkdir -p "$work/journal"
/lib/systemd/systemd-journal-remote -o "$work/journal/test.journal" "$work/export" 2>/dev/null

suggests() { call --root="$tree" suggest asks --directory="$work/journal" "$@"; }
suggests
result "suggest: not all of it is ordinary" [ "$status" = 1 ]
says "suggest: the lines are a section" "[X-Landlock]"
result "suggest: a file to read" grep -qx 'ReadOnlyPaths=-/srv/asks/page' "$work/out"
result "suggest: a file to write is not readable" \
    grep -qxF 'AllowPaths="write_file:-/srv/asks/with space"' "$work/out"
result "suggest: specifiers are escaped" grep -qx 'AllowPaths=write_file,truncate:-/srv/asks/per%%cent' "$work/out"
result "suggest: who makes a file writes it" grep -qx 'AllowPaths=write_file,make_reg:-/srv/new' "$work/out"
result "suggest: a port" grep -qx 'ConnectTCP=9000' "$work/out"
says "suggest: the evidence" "# fs.read_file /srv/asks/page by /usr/sbin/daemon: 2 times, last at"
result "suggest: passwords are only in a comment" test -z "$(grep '^[^#].*shadow' "$work/out")"
says "suggest: passwords are shown apart" "# /etc/shadow: keys, passwords"
says "suggest: and look like an attack" "looks like an attack"
says "suggest: what an attacker is denied besides is no matter of course" '#   ConnectTCP=7000'
says "suggest: for a reason" "# 7000: in the same start, this looks like an attack: fs.read_file /etc/shadow by /usr/sbin/daemon"
says "suggest: nor a call home" "/usr/bin/bash is no program of this unit's, and the port is above 1023"
says "suggest: making files is overwriting files" "# who may make files there may also overwrite those that others have in /srv/new"
says "suggest: what is allowed now is said" "net.bind_tcp"
result "suggest: hostile names are harmless" harmless
result "suggest: no line is smuggled in" test -z "$(grep -x 'BindTCP=.*' "$work/out")"
suggests -o json
holds "suggest: JSON: kinds" '[l["kind"] for l in lines].count("ordinary") == 7'
holds "suggest: JSON: names of rights" '[e["rights"] for l in lines for e in l["evidence"] if e["object"].endswith("cent")] == [["fs.write_file", "fs.truncate"]]'
holds "suggest: JSON: raw bytes" 'any(isinstance(l.get("object"), list) for l in lines)'
exits "suggest: what was not denied" 0 --root="$tree" suggest good --directory="$work/journal"
exits "suggest: an unknown unit" 2 --root="$tree" suggest nonesuch --directory="$work/journal"
exits "suggest: nothing declared" 2 --root="$tree" suggest plain --directory="$work/journal"
exits "suggest: --sensitive= is for writing" 2 --root="$tree" suggest asks --sensitive=all

mkdir -p "$tree${asks_drop_in%/*}"
printf '# mine\n[Service]\nNice=1' >"$tree$asks_drop_in"
cp "$tree$asks_drop_in" "$work/mine"
suggests --write
says "suggest --write: a diff" '+AllowPaths="write_file:-/srv/asks/quo\"te"'
result "suggest --write: what was there stays" \
    cmp "$work/mine" <(head -c "$(stat -c %s "$work/mine")" "$tree$asks_drop_in")
result "suggest --write: passwords stay out" test -z "$(grep ^ReadOnlyPaths=-/etc/shadow "$tree$asks_drop_in")"
call --root="$tree" show asks
says "suggest --write: it is declared" '/srv/asks/per%%cent'
exits "suggest --write: it is valid" 0 --root="$tree" show asks
suggests
result "suggest --write: nothing ordinary is left" test -z "$(grep -v '^#' "$work/out" | grep "=")"
cp "$tree$asks_drop_in" "$work/written"
suggests --write --sensitive=/etc/shadow
result "suggest --sensitive: it is written" grep -qx 'ReadOnlyPaths=-/etc/shadow' "$tree$asks_drop_in"
cp "$tree$asks_drop_in" "$work/with_shadow"
exits "suggest --sensitive: what is about nothing" 1 --root="$tree" suggest asks --directory="$work/journal" --write --sensitive=/etc/shadw
complains "suggest --sensitive: what is about nothing: is said" 'no line is about "/etc/shadw"'
result "suggest --sensitive: what is about nothing: nothing is written" cmp "$work/with_shadow" "$tree$asks_drop_in"
exits "suggest --sensitive: what is allowed" 1 --root="$tree" suggest asks --directory="$work/journal" --write --sensitive=80
complains "suggest --sensitive: what is allowed: why" 'no line is about "80", as --sensitive= has it: the present declaration allows it'
result "suggest --sensitive: what is allowed: nothing is written" cmp "$work/with_shadow" "$tree$asks_drop_in"
exits "suggest --undo" 0 --root="$tree" suggest asks --undo
result "suggest --undo: takes back the last" cmp "$work/written" "$tree$asks_drop_in"
echo '# changed' >>"$tree$asks_drop_in"
exits "suggest --undo: not what was changed" 1 --root="$tree" suggest asks --undo
complains "suggest --undo: says so" "was changed since"
cp "$work/written" "$tree$asks_drop_in"
exits "suggest --undo: once more" 0 --root="$tree" suggest asks --undo
result "suggest --undo: byte for byte" cmp "$work/mine" "$tree$asks_drop_in"
exits "suggest --undo: nothing to undo" 1 --root="$tree" suggest asks --undo
printf '# Written by "unitlock enable"; "unitlock disable" removes it.\n[X-Landlock]\nPreset=runtime\n' >"$tree$asks_drop_in"
suggests --write
exits "disable: what suggest has added to" 1 --root="$tree" disable asks
complains "disable: what suggest has added to: the way back" \
    '"unitlock suggest --undo asks.service" takes back what "unitlock suggest" added, then disable again'
exits "disable: what suggest has added to: which is one" 0 --root="$tree" suggest asks --undo
call --root="$tree" disable asks
result "disable: what suggest has added to: and then" [ ! -e "$tree$asks_drop_in" ]
mkdir -p "$tree${asks_drop_in%/*}"
printf '[X-Landlock]\nBindTCP=81 \\' >"$tree$asks_drop_in"
suggests --write
complains "suggest --write: what would be read otherwise is left" "is left as it is"
result "suggest --write: really" test "$(tail -c 1 "$tree$asks_drop_in")" = '\'
rm "$tree$asks_drop_in"

answers() {
    status=0
    printf '%s\n' "$@" | "$unitlock" --root="$tree" suggest asks --directory="$work/journal" --interactive \
        >"$work/out" 2>"$work/err" || status=$?
}
answers a w i i i i i i q y
result "suggest --interactive: ends well" [ "$status" = 0 ]
says "suggest --interactive: asks" "[a]llow"
says "suggest --interactive: what is allowed already is not asked for" \
    'allowed by your answer already: AllowPaths=write_file:-/srv/asks'
says "suggest --interactive: nor is it written twice" \
    'left out, because this allows it too: AllowPaths="write_file:-/srv/asks/back\\slash"'
result "suggest --interactive: what was allowed" \
    [ "$(grep -E '^[A-Za-z]+=' "$tree$asks_drop_in")" = AllowPaths=write_file:-/srv/asks ]
result "suggest --interactive: with all its evidence" grep -qF '/srv/asks/with space by' "$tree$asks_drop_in"
exits "suggest --interactive: undone" 0 --root="$tree" suggest asks --undo
result "suggest --interactive: undone: the file is gone" [ ! -e "$tree$asks_drop_in" ]
answers e w q y
says "suggest --interactive: what is allowed later is not expected to be denied" \
    'left out, because this allows it too: QuietPaths="write_file:/srv/asks/back\\slash"'
result "suggest --interactive: so that nothing false is written" \
    [ "$(grep -cE '^QuietPaths|denied still' "$tree$asks_drop_in")" = 0 ]
call --root="$tree" suggest asks --undo
answers i i i i i i i a no q
says "suggest --interactive: asks again for passwords" 'Type "yes"'
result "suggest --interactive: passwords take a yes" [ ! -e "$tree$asks_drop_in" ]
answers i i i i i i i a yes q y
result "suggest --interactive: and get it" grep -qx 'ReadOnlyPaths=-/etc/shadow' "$tree$asks_drop_in"
call --root="$tree" suggest asks --undo
answers e q y
result "suggest --interactive: what stays denied" grep -q '^QuietPaths=.*write_file:/srv/asks' "$tree$asks_drop_in"
call --root="$tree" suggest asks --undo
answers a
result "suggest --interactive: no answer is none" [ "$status" = 1 ]
result "suggest --interactive: and writes nothing" [ ! -e "$tree$asks_drop_in" ]
answers a q n
result "suggest --interactive: neither does no" [ ! -e "$tree$asks_drop_in" ]
