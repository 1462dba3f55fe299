# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Status.

exits "status: of everything" 1 --root="$tree" status
prints "status: one line a service" "UNIT          STATE        ABI ENFORCED RIGHTS DENIALS
bad.service   invalid      -   -                     -
good.service  declared     -   -                     -
inst@.service declared     -   -                     -
off.service   off          -   -                     -
plus.service  not enforced -   -                     -

bad.service: invalid
  /etc/systemd/system/bad.service:4: '70000': not a port between 0 and 65535
  → correct the declaration

plus.service: not enforced
  /etc/systemd/system/plus.service:4: not confined: the prefix + asks systemd to apply no sandboxing to the command

Declared: 1 not enforced, 1 invalid, 1 off, 2 declared."
exits "status: of a valid declaration" 0 --root="$tree" status good
says "status: says that it is declared" "good.service: declared"
exits "status: of two units" 1 --root="$tree" status good bad
exits "status: of a unit that declares nothing" 1 --root="$tree" status plain
exits "status: JSON, said before the verb" 0 --root="$tree" -o json status good
holds "status: is JSON" 'lines[0]["state"] == "declared"'
exits "status: Mode=off is as declared" 0 --root="$tree" status off
exits "status: an unknown unit" 2 --root="$tree" status nothing
silent "status: prints nothing then" out
exits "status: JSON" 1 --root="$tree" status -o json
holds "status: one object a unit" '[line["unit"] for line in lines[:-1]] == ["bad.service", "good.service", "inst@.service", "off.service", "plus.service"]'
holds "status: then one that sums it up" 'lines[-1]["summary"]["states"] == {"not-enforced": 1, "invalid": 1, "off": 1, "declared": 2} and lines[-1]["summary"]["running"] == 0'
holds "status: which tells a manager nothing where none runs" 'lines[0]["advice"] == ["correct the declaration"]'
holds "status: with its state" '[line["state"] for line in lines[:2]] == ["invalid", "declared"] and lines[1]["well"]'
ln -s /dev/null "$tree/etc/systemd/system/good.service.d/zz-unitlock.conf"
exits "status: a masked drop-in" 1 --root="$tree" status good
says "status: says what masks it" "/etc/systemd/system/good.service.d/zz-unitlock.conf masks"
rm "$tree/etc/systemd/system/good.service.d/zz-unitlock.conf"

file /etc/systemd/system/service.d/all.conf <<'END'
[X-Landlock]
END
printf '[Service]\nExecStop=/usr/sbin/daemon\n' | file /etc/systemd/system/stops.service
file /etc/systemd/system/mentioned.service.d/other.conf </dev/null
file /etc/systemd/system/own.service.d/landlock.conf <<'END'
[X-Landlock]
END
call --root="$tree" status -o json
holds "status: of a declaration for all services: those with a command" '"plain.service" in [line.get("unit") for line in lines]'
holds "status: those that declare something themselves" '"own.service" in [line.get("unit") for line in lines]'
holds "status: and no others" 'not {"stops.service", "mentioned.service"} & {line.get("unit") for line in lines}'
exits "status: of one without a command" 0 --root="$tree" status stops
says "status: there is nothing to confine" "nothing to confine: it has no ExecStart="
exits "show: nor here" 0 --root="$tree" show stops
exits "status: what no file is of does not exist" 2 --root="$tree" status nosuch
exits "verify: nor for verify" 2 --root="$tree" verify nosuch
rm -r "$tree"/etc/systemd/system/{service.d,stops.service,mentioned.service.d,own.service.d}

echo 'presets: [' | file /etc/unitlock/conf.d/90-broken.yaml
exits "status: a broken conf.d file" 1 --root="$tree" status good
complains "status: has its place" "/etc/unitlock/conf.d/90-broken.yaml:"
rm "$tree/etc/unitlock/conf.d/90-broken.yaml"

mkdir "$work/empty"
exits "status: where nothing is declared" 0 --root="$work/empty" status
says "status: says so" "No service declares anything"
