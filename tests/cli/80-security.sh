# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Security.

exits "security: of everything" 0 --root="$tree" security
says "security: a table" "EXPOSURE PREDICATE STATE        SYSTEMD'S"
says "security: what is confined" "good.service         0.1 SAFE      declared     -"
says "security: what is not" "plus.service        10.0 DANGEROUS not enforced -"
exits "security: of one" 0 --root="$tree" security good
says "security: says what runs of it" "good.service: declared"
says "security: the item, the rule and its place" "11 ports (ConnectTCP=)"
says "security: what it could not" "Not at all: read-everything, "
says "security: the sum" "Exposure of good.service: 0.1 SAFE by its policy, with Landlock ABI 10"
lacks_systemd() { lacks "systemd-analyze"; }
result "security: systemd is not asked about another root" lacks_systemd
exits "security: an older kernel" 0 --root="$tree" security good --abi=6 -o json
holds "security: has more exposure" 'len(lines) == 1 and 1.0 < lines[0]["exposure"] < 3.0 and lines[0]["abi"] == 6'
holds "security: and says why" '[item["detail"] for item in lines[0]["items"] if item["item"] == "bind-udp"] == ["ABI 6 does not restrict net.bind_udp"]'
holds "security: with the place of each rule" '[item["from"]["where"]["line"] for item in lines[0]["items"] if item["item"] == "connect-tcp"] == [5]'
holds "security: items that nothing lets have none" 'all(item["from"] is None and item["detail"] == "" for item in lines[0]["items"] if item["percent"] == 0)'
holds "security: their parts are the figure" 'abs(sum(item["exposure"] for item in lines[0]["items"]) - lines[0]["exposure"]) < 0.2'
exits "security: without Landlock" 0 --root="$tree" security good --abi=0 -o json
holds "security: nothing is enforced" 'lines[0]["exposure"] == 10.0 and not lines[0]["confined"] and lines[0]["abi"] is None and lines[0]["why"]'
for unit in bad off plus plain; do
    exits "security: $unit: not confined" 0 --root="$tree" security "$unit" -o json
    holds "security: $unit: 10.0, and why" 'lines[0]["exposure"] == 10.0 and lines[0]["predicate"] == "DANGEROUS" and not lines[0]["confined"] and lines[0]["why"]'
done
exits "security: as text" 0 --root="$tree" security off
says "security: off: why" "Mode=off: it would run unconfined"
service wide.service <<'END'
[X-Landlock]
Preset=
ReadWritePaths=/etc
ExecPaths=/usr
ConnectTCP=any
END
exits "security: a wide declaration" 0 --root="$tree" security wide -o json
holds "security: the rule that lets it write units" '[item["from"]["where"]["line"] for item in lines[0]["items"] if item["item"] == "write-levers"] == [5]'
holds "security: any port" '[item["detail"] for item in lines[0]["items"] if item["item"] == "connect-tcp"] == ["any port"]'
holds "security: is no better than what it can write" 'lines[0]["exposure"] == 7.5 and lines[0]["predicate"] == "EXPOSED" and lines[0]["raised_by"] == "write-configuration"'
exits "security: and says because of what" 0 --root="$tree" security wide
says "security: by itself" "The sum is less: write-configuration alone makes it 7.5."
service watched.service <<'END'
[X-Landlock]
Mode=permissive
END
exits "security: permissive" 0 --root="$tree" security watched -o json
holds "security: permissive: is no confinement" 'lines[0]["exposure"] == 10.0 and lines[0]["state"] == "permissive"'
exits "security: a threshold that nothing is over" 0 --root="$tree" security good --threshold=1
exits "security: a threshold that it is over" 1 --root="$tree" security good --threshold=0
exits "security: one of several is over it" 1 --root="$tree" security good wide --threshold=74
exits "security: 100 is not over 100" 0 --root="$tree" security off --threshold=100
exits "security: 100 is over 99" 1 --root="$tree" security off --threshold=99
exits "security: a threshold that is none" 2 --root="$tree" security good --threshold=101
exits "security: nor this" 2 --root="$tree" security good --threshold=low
exits "security: an unknown unit" 2 --root="$tree" security nothing
exits "security: files only" 0 --root="$tree" security good --offline
service odd.service <<'END'
ExecStop=/usr/sbin/daemon
[X-Landlock]
ReadOnlyPaths="/etc/\\x1b[31m" /etc
END
call --root="$tree" security odd
says "security: commands that nothing confines" "ExecStop= runs unconfined"
result "security: harmless for a terminal" harmless
rm "$tree"/etc/systemd/system/{wide,watched,odd}.service
