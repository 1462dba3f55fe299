# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Verify: a tree with one of everything that is found.

tree=$work/checked
printf '\x7fELF' | file /usr/sbin/daemon
printf '#!/usr/bin/sh\n' | file /usr/sbin/script
printf '' | file /usr/bin/sh
printf '' | file /usr/bin/mount
printf '' | file /usr/bin/ping
chmod +x "$tree"/usr/sbin/* "$tree"/usr/bin/*
chmod u+s "$tree/usr/bin/ping"
printf '' | file /etc/app.conf
printf '' | file /opt/app/bin/app
printf '' | file /srv/private/payroll
printf '' | file /var/lib/app/keep/x
printf '' | file /proc/meminfo
mkdir -p "$tree/srv/www" "$tree/home/u" "$tree/etc/cron.d"
ln -s /srv/private/payroll "$tree/srv/www/payroll"
file /usr/lib/unitlock/conf.d/10-base.yaml <<'END'
presets:
  runtime:
    read-only: [-/usr/lib]
END

# finds UNIT CHECK LINE...: a service with these lines, started through /usr/sbin/daemon.
finds() {
    local name=$1 check=$2
    shift 2
    printf '%s\n' '[Service]' ExecStart=/usr/sbin/daemon "$@" | file "/etc/systemd/system/$name.service"
    call --root="$tree" verify "$name" -o json
    result "verify: finds $check" python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
keys = ["unit", "severity", "check", "file", "line", "message", "hint"]
assert all(list(line) == keys for line in lines)
assert all(line["severity"] in ("error", "warning", "note") for line in lines)
sys.exit(0 if sys.argv[2] in [line["check"] for line in lines] else 1)' "$work/out" "$check"
    severity=$(python3 -c '
import json, sys
print(*{json.loads(line)["severity"] for line in open(sys.argv[1])})' "$work/out")
    result "verify: and its status says how bad that is" \
        [ "$([[ $severity = *error* ]] && echo 1 || echo 0)" = "$status" ]
}
section='[X-Landlock]'
mkdir -p "$tree/etc/systemd/system/c-declaration.service.d"
ln -s /dev/null "$tree/etc/systemd/system/c-declaration.service.d/zz-unitlock.conf"
finds c-declaration declaration "$section"
finds c-invalid invalid-declaration "$section" Nonsense=1
# shellcheck disable=SC2046  # a word is a line
finds c-long invalid-declaration "$section" $(printf 'ReadOnlyPaths=/srv/%0100d\n' {1..12000})
finds c-wrap not-confined AppArmorProfile=x "$section"
finds c-off off "$section" Mode=off
finds c-none nothing-declared Nice=1
finds c-name section-name '[Landlock]'
finds c-nearly section-name '[X-Landlok]'
finds c-place misplaced-directive BindTCP=80 "$section"
finds c-missing missing-path "$section" ReadOnlyPaths=/srv/nothing
finds c-hidden hidden-path ProtectHome=yes "$section" ReadOnlyPaths=/home/u
finds c-replaced replaced-file "$section" ReadOnlyPaths=/etc/app.conf
finds c-proc proc-file "$section" ReadOnlyPaths=/proc/meminfo
finds c-self own-process "$section" ReadOnlyPaths=/proc/self
finds c-linked linked-outside "$section" ReadOnlyPaths=/srv/www
finds c-redundant redundant-grant "$section" ConnectTCP=1-9 ConnectTCP=5
finds c-protect takes-nothing-away "$section" ReadWritePaths=/var/lib/app ReadOnlyPaths=/var/lib/app/keep
finds c-effect without-effect "$section" Restrict=network ReadOnlyPaths=/srv
finds c-abi without-effect "$section" ABI=3 BindTCP=80
finds c-writable writable-program "$section" ReadWritePaths=/opt/app ExecPaths=/opt/app/bin
finds c-power powerful-grant "$section" ReadWritePaths=/etc/cron.d
finds c-broad broad-grant "$section" ReadOnlyPaths=/
finds c-kind wrong-kind "$section" DevicePaths=/srv
finds c-program missing-program ExecStart= ExecStart=/usr/sbin/none "$section"
finds c-grant program-not-granted "$section" Preset= DeriveFromUnit=no
finds c-shell starts-others ExecStart= ExecStart=/usr/sbin/script "$section"
finds c-mounts mounts ExecStart= 'ExecStart=/usr/bin/mount -a' "$section"
finds c-session starts-sessions ExecStart= 'ExecStart=/usr/sbin/cron' "$section"
finds c-signal signals-others ExecStart= 'ExecStart=/usr/bin/pkill x' "$section"
finds c-setuid no-new-privileges User=u "$section" ExecPaths=/usr/bin/ping
finds c-pid pid-file Type=forking PIDFile=/run/x.pid "$section"
finds c-bus bus-socket Type=dbus BusName=x.y "$section"
finds c-unknown unchecked "$section" ReadOnlyPaths=/srv/%H
ln -s /dev/null "$tree/etc/systemd/system/c-masked.service"
exits "verify: finds a masked unit" 0 --root="$tree" verify c-masked
says "verify: and says so" "[masked]"

exits "verify: all of them" 1 --root="$tree" verify
result "verify: the same again" cmp -s "$work/out" <("$unitlock" --root="$tree" verify)
says "verify: like a compiler" \
    "/etc/systemd/system/c-missing.service:4: error: c-missing.service: /srv/nothing does not exist: the service will not start [missing-path]"
says "verify: what ABI= leaves open" \
    "/etc/systemd/system/c-abi.service:5: warning: c-abi.service: BindTCP= limits nothing: ABI=3 does not restrict net.bind_tcp, and all of it is open; ABI 4 is the first that can [without-effect]"
says "verify: with what to do" "  → make it, correct the path, or write -/srv/nothing if it may be missing"
result "verify: with a summary" grep -qxE '[0-9]+ services checked: [0-9]+ errors, [0-9]+ warnings, [0-9]+ notes' "$work/out"
says "verify: also those that only meant to declare something" "c-nearly.service: [X-Landlok] declares nothing"
result "verify: but not those that never did" lacks c-none
silent "verify: nothing on standard error" err
# The manual names every check, and no other.
names=$(grep -oE '\*[a-z-]+\* \((error|warning|note)' "$manual" | cut -d '*' -f 2)
call --root="$tree" verify -o json
result "verify: the manual names what is found" python3 -c '
import json, sys
found = {json.loads(line)["check"] for line in open(sys.argv[1])}
unknown = found - set(sys.argv[2].split())
sys.exit(f"not in the manual: {unknown}" if unknown else 0)' "$work/out" "$names"

exits "verify: JSON, said before the verb" 1 --root="$tree" -o json verify
holds "verify: is JSON" 'all(line["check"] for line in lines)'
exits "verify: warnings are no errors" 0 --root="$tree" verify c-linked
exits "verify: unless --strict" 1 --root="$tree" verify c-linked --strict
exits "verify: notes are none even then" 0 --root="$tree" verify c-redundant --strict
exits "verify: an unknown unit" 2 --root="$tree" verify nothing
silent "verify: which prints nothing" out
exits "verify: what is no service" 2 --root="$tree" verify x.socket

# --- verify: files that are not installed

cd "$work" || exit
mkdir -p debian/app.service.d
printf '[Service]\nExecStart=/usr/sbin/app\n[X-Landlock]\nPreset=app\n' >debian/app.service
printf '[X-Landlock]\nReadOnlyPaths=/usr/share/app\n' >debian/app.service.d/landlock.conf
printf 'presets:\n  app:\n    read-only: [/etc/app.conf]\n' >debian/app.yaml
exits "verify: a unit file without its preset" 1 --root="$tree" verify debian/app.service
says "verify: names the file as given" "debian/app.service:4: error: app.service: there is no preset 'app'"
exits "verify: with its preset" 0 --root="$tree" verify debian/app.service debian/app.yaml
says "verify: which is checked by itself" "debian/app.yaml:3:17: warning: the rule is on the file"
says "verify: what cannot be checked is said" "debian/app.service:2: note: app.service: /usr/sbin/app does not exist here"
exits "verify: with a drop-in" 0 --root="$tree" verify debian/app.service debian/app.service.d/landlock.conf debian/app.yaml
says "verify: which counts" "debian/app.service.d/landlock.conf:2: note: app.service: /usr/share/app does not exist here"
exits "verify: a drop-in of a unit that is not here" 0 --root="$tree" verify debian/app.service.d/landlock.conf
says "verify: says that, too" "debian/app.service.d/landlock.conf:1: warning: app.service: there is no app.service here: not all can be checked [not-confined]"
exits "verify: which --strict minds" 1 --root="$tree" verify debian/app.service.d/landlock.conf --strict
mkdir -p service.d
printf '[X-Landlock]\nReadOnlyPaths=/srv/of-all\n' >service.d/all.conf
exits "verify: a drop-in of all services" 1 --root="$tree" verify ./service.d/all.conf
says "verify: reaches those that declare nothing" "./service.d/all.conf:2: error: c-none.service"
echo 'presets: [' >broken.yaml
exits "verify: a broken file of presets" 1 --root="$tree" verify ./broken.yaml
says "verify: has its place" "./broken.yaml:2:1: error: "
: >debian/control
exits "verify: a file of another kind" 2 --root="$tree" verify ./debian/control
complains "verify: says which are known" "neither NAME.service"
exits "verify: a file that is not there" 2 --root="$tree" verify ./none.service
result "verify: is named as given" grep -qx 'unitlock: cannot read ./none.service: No such file or directory' "$work/err"
exits "verify: one whose kind is not known either" 2 --root="$tree" verify ./nosuch
complains "verify: is named as given, too" "cannot read ./nosuch: No such file or directory"
tree=$work/tree
