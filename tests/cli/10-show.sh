# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Show.

exits "show: a valid declaration" 0 --root="$tree" show good
prints "show: all of it" "good.service: confined when started
          Files: /etc/systemd/system/good.service
                 /etc/systemd/system/good.service.d/landlock.conf
  Older kernels: start with what they can enforce (best-effort)
   Landlock ABI: 10 asked for
     Restricted: filesystem network scope
    Kept inside: signal abstract-unix-socket
        Denials: logged where the machine logs them (unitlock status)

Paths, with all that is below:
GRANTS       PATH              SAID BY                 WHERE
read-only    /srv/www          ReadOnlyPaths=          /etc/systemd/system/good.service.d/landlock.conf:3
read-only    -/srv/more        ReadOnlyPaths=          /etc/systemd/system/good.service.d/landlock.conf:3
read-write   %S/good           ReadWritePaths=         /etc/systemd/system/good.service.d/landlock.conf:4
read-only    /usr/lib          preset web → runtime    /usr/lib/unitlock/conf.d/10-base.yaml:3:17
exec         -/opt/web         preset web              /usr/lib/unitlock/conf.d/10-base.yaml:7:12
exec         -/usr/sbin/daemon derived from ExecStart= /etc/systemd/system/good.service:2
(not logged) /proc             QuietPaths=             /etc/systemd/system/good.service.d/landlock.conf:6

Ports:
GRANTS      PORT      SAID BY     WHERE
connect-tcp 9000-9010 ConnectTCP= /etc/systemd/system/good.service.d/landlock.conf:5
bind-tcp    80        preset web  /usr/lib/unitlock/conf.d/10-base.yaml:6:16
bind-tcp    443       preset web  /usr/lib/unitlock/conf.d/10-base.yaml:6:20

ABI 10 enforces all of it."
silent "show: nothing to complain about" err
exits "show: --root behind the verb" 0 show good.service --root="$tree"
UNITLOCK_ROOT=$tree exits "show: the root from the environment" 0 show good
exits "show: by an alias" 0 --root="$tree" show alias
says "show: has its real name" "good.service:"
exits "show: for an older kernel" 0 --root="$tree" show good --abi=7
says "show: what it lacks" "not restricted by ABI 7: fs.resolve_unix (Linux 7.1 does), net.bind_udp net.connect_send_udp (Linux 7.2 does)"
exits "show: without Landlock" 0 --root="$tree" show good --abi=0
says "show: says that nothing is enforced" "nothing is enforced"
exits "show: JSON" 0 --root="$tree" show good --abi=7 -o json
holds "show: one object" 'len(lines) == 1 and lines[0]["unit"] == "good.service"'
holds "show: with places" 'lines[0]["rules"][0]["from"]["where"] == {"file": "/etc/systemd/system/good.service.d/landlock.conf", "line": 3}'
holds "show: with what the kernel lacks" 'lines[0]["kernel"]["dropped"] == ["fs.resolve_unix", "net.bind_udp", "net.connect_send_udp"]'
service older.service <<'END'
[X-Landlock]
ABI=6
QuietPaths=/proc
END
exits "show: what an unknown kernel logs, ABI= does not tell" 0 --root="$tree" show older
result "show: so nothing is said of it" lacks "log denials"
result "show: nor of QuietPaths=" lacks "QuietPaths= needs"
says "show: and the ABI that is asked for enforces all" "ABI 6 enforces all of it."
exits "show: nor in JSON" 0 --root="$tree" show older -o json
holds "show: is anything said of it" 'lines[0]["kernel"]["shortfalls"] == []'
exits "show: of a kernel that is named" 0 --root="$tree" show older --abi=6
says "show: it is said" "the kernel does not log denials before ABI 7"
rm "$tree/etc/systemd/system/older.service"
exits "show: the drop-in" 0 --root="$tree" show good --drop-in
says "show: which starts the wrapper" "--connect-tcp=9000-9010"
exits "show: an instance" 0 --root="$tree" show inst@x
says "show: by its name" "inst@x.service: confined"
exits "show: a template" 0 --root="$tree" show inst@
exits "show: Mode=off" 0 --root="$tree" show off
says "show: says that it is off" "Mode=off"
exits "show: an invalid declaration" 1 --root="$tree" show bad
complains "show: the first error with its place" "/etc/systemd/system/bad.service:4: "
complains "show: the second one, too" "/etc/systemd/system/bad.service:5: unknown directive 'Nonsense'"
service typo.service <<'END'
[X-Landlock]
Preset=wbe
ReadOnlyPath=/srv
END
exits "show: a mistyped directive" 1 --root="$tree" show typo
complains "show: is guessed" "unknown directive 'ReadOnlyPath'; did you mean ReadOnlyPaths=?"
complains "show: and so is a preset" "there is no preset 'wbe'; did you mean web?"
call --root="$tree" status typo
says "status: shows all errors" "typo.service:5: unknown directive 'ReadOnlyPath'; did you mean ReadOnlyPaths=?"
rm "$tree/etc/systemd/system/typo.service"
exits "show: an invalid declaration as JSON" 1 --root="$tree" show bad -o json
holds "show: with its errors" 'lines[0]["declaration"] == "invalid" and lines[0]["diagnostics"][1]["where"]["line"] == 5'
exits "show: the drop-in of an invalid declaration" 1 --root="$tree" show bad --drop-in
says "show: which refuses" "--refuse="
exits "show: what cannot be wrapped" 1 --root="$tree" show plus
complains "show: says why" "/etc/systemd/system/plus.service:4: not confined: the prefix +"
exits "show: a unit that declares nothing" 1 --root="$tree" show plain
says "show: says so" "declares nothing"
exits "show: which gets no drop-in" 1 --root="$tree" show plain --drop-in
silent "show: then prints nothing" out

exits "show: an unknown unit" 2 --root="$tree" show nothing
complains "show: which is named" "there is no nothing.service"
exits "show: what is no service" 2 --root="$tree" show good.socket
exits "show: no unit" 2 --root="$tree" show
exits "show: two units" 2 --root="$tree" show good bad
exits "show: an ABI that does not exist" 2 --root="$tree" show good --abi=99
exits "show: an ABI that is no number" 2 --root="$tree" show good --abi=new
exits "show: an unknown format" 2 --root="$tree" show good -o yaml
exits "show: a format before the verb" 0 --root="$tree" -o json show good
holds "show: means the same" 'len(lines) == 1 and lines[0]["unit"] == "good.service"'
exits "show: an unknown one there" 2 --root="$tree" -o yaml show good
exits "show: a root that is not there" 2 --root="$tree/missing" show good
complains "show: which is named" "$tree/missing"
