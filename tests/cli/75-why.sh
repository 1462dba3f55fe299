# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Why.

file /srv/why/open/file </dev/null
file /srv/why/other/file </dev/null
ln -s ../other/file "$tree/srv/why/open/link"
ln -s "$tree/srv/why/open" "$tree/srv/why/outside"
service asked.service <<'END'
ProtectSystem=strict
CapabilityBoundingSet=CAP_CHOWN
[X-Landlock]
Preset=
ReadOnlyPaths=/srv/why/open -/srv/why/missing
BindTCP=80 8000-8080
ConnectUDP=any
Restrict=filesystem network
END

exits "why: a rule grants it" 0 --root="$tree" why asked read /srv/why/open/file
prints "why: with its place, on all kernels" "asked.service: fs.read_file /srv/why/open/file: allowed: a rule grants it
  Granted by: ReadOnlyPaths=/srv/why/open    # /etc/systemd/system/asked.service:7
     Kernels: no Landlock: allowed: the kernel has no Landlock
              ABI 1-11: allowed: a rule grants it
        Note: permissions of files are looked at for root: its processes that run as another user are refused by theirs"
silent "why: nothing to complain about" err
exits "why: no rule grants it" 1 --root="$tree" why asked truncate /srv/why/open/file
prints "why: what is missing, and what else refuses it" "asked.service: fs.truncate /srv/why/open/file: DENIED: no rule grants it
        Not enough: ReadOnlyPaths=/srv/why/open    # /etc/systemd/system/asked.service:7
    Would allow it: ReadWritePaths=/srv/why/open/file
           Kernels: no Landlock: allowed: the kernel has no Landlock
                    ABI 1-2: allowed: not known to the kernel
                    ABI 3-11: DENIED: no rule grants it
  Besides Landlock: refused by ProtectSystem=strict: /srv/why/open/file is read-only for it    # /etc/systemd/system/asked.service:3
              Note: permissions of files are looked at for root: its processes that run as another user are refused by theirs"
exits "why: a link leads elsewhere" 1 --root="$tree" why asked read /srv/why/open/link
says "why: where" "Decided at: /srv/why/other/file"
exits "why: no link leads out of the root" 1 --root="$tree" why asked read /srv/why/outside/file
says "why: so that nothing is there" "does not exist"
exits "why: a rule whose path is missing" 1 --root="$tree" why asked read /srv/why/missing/file
says "why: which is said" "/srv/why/missing does not exist: its rule holds only if it does"

exits "why: a port" 0 --root="$tree" why asked bind_tcp 8001
exits "why: that is not granted" 1 --root="$tree" why asked bind_tcp 81
says "why: for which there is a line" "Would allow it: BindTCP=81"
says "why: nor the capability" "refused by CAP_NET_BIND_SERVICE: root lacks it, and ports below 1024 need it"
exits "why: any port" 0 --root="$tree" why asked connect_send_udp 53
exits "why: what is not restricted" 0 --root="$tree" why asked signal
says "why: by which setting" "what it reaches outside is not restricted (Restrict=)"
exits "why: to mount" 1 --root="$tree" why asked mount /srv
says "why: takes more than a rule" "Would allow it: Restrict=network"
exits "why: to mount anywhere" 1 --root="$tree" why asked mount
says "why: which nobody should allow by habit" "Sensitive: no file would be restricted any more"
exits "why: a port of an address" 1 --root="$tree" why asked connect_tcp 10.0.0.1:4444
says "why: of which the port counts" "Would allow it: ConnectTCP=4444"
exits "why: of an IPv6 address" 1 --root="$tree" why asked connect_tcp '[::1]:443'
exits "why: a range of ports" 2 --root="$tree" why asked bind_tcp 8000-8080
complains "why: is no question" "is a range: ask about one port at a time"
exits "why: what a line should not be written for" 1 --root="$tree" why asked read /etc/shadow
says "why: is said to be sensitive" "Sensitive: keys, passwords or hashes of them"
exits "why: people's files too" 1 --root="$tree" why asked read_dir /home -o json
holds "why: in JSON" 'lines[0]["remedy"] == "ReadOnlyPaths=/home" and lines[0]["concerns"][0] == "people\u0027s files"'
exits "why: an older kernel" 0 --root="$tree" why asked bind_tcp 81 --abi=3
says "why: which is marked" "ABI 1-3: allowed: not known to the kernel    ← --abi=: ABI 3"
exits "why: no kernel at all" 0 --root="$tree" why asked read /etc/passwd --abi=0

exits "why: JSON" 1 --root="$tree" why asked write /srv/why/open/file -o json
holds "why: one object a right" '[line["right"] for line in lines] == ["fs.write_file", "fs.truncate"]'
holds "why: with the verdict and what would change it" 'lines[0]["verdict"] == "denied" and lines[0]["because"] == "not-granted" and lines[0]["remedy"] == "ReadWritePaths=/srv/why/open/file"'
holds "why: with each kernel" 'lines[1]["abis"][1] == {"first": 1, "last": 2, "verdict": "allowed", "because": "kernel-lacks"}'
holds "why: with places" 'lines[0]["insufficient"][0]["from"]["where"] == {"file": "/etc/systemd/system/asked.service", "line": 7}'
holds "why: with what else refuses it" 'lines[0]["others"][0]["certain"] and lines[0]["others"][0]["where"]["line"] == 3'

exits "why: a service that is not confined" 0 --root="$tree" why plain read /etc/passwd
says "why: says so" "allowed: the service is not confined"
exits "why: an invalid declaration" 1 --root="$tree" why bad read /etc/passwd
prints "why: does not start, and for what" "bad.service: fs.read_file /etc/passwd: the service does not start: its declaration is invalid
  Errors: /etc/systemd/system/bad.service:4: '70000': not a port between 0 and 65535
          /etc/systemd/system/bad.service:5: unknown directive 'Nonsense'"
exits "why: an invalid declaration as JSON" 1 --root="$tree" why bad read /etc/passwd -o json
holds "why: with places" '[error["where"]["line"] for error in lines[0]["errors"]] == [4, 5]'
exits "why: what cannot be wrapped is not confined" 0 --root="$tree" why plus read /etc/passwd
says "why: for what" "Errors: /etc/systemd/system/plus.service:4: not confined: the prefix +"
exits "why: Mode=off" 0 --root="$tree" why off read /etc/passwd
exits "why: what only the start tells" 2 --root="$tree" why inst@ read /srv/x
says "why: says which rule" "only the start tells what /srv/%i is"
exits "why: an instance" 1 --root="$tree" why inst@why write /srv/why/open/file
says "why: whose rule is known" "Not enough: ReadOnlyPaths=/srv/%i"

service shared.service <<'END'
[X-Landlock]
BindTCP=80
ConnectTCP=80
ReadOnlyPaths=/srv/why/open
ExecPaths=/srv/why/open
END
exits "why: a port that two directives name" 0 --root="$tree" why shared connect_tcp 80
says "why: is granted by the one" "Granted by: ConnectTCP=80    # /etc/systemd/system/shared.service:5"
lacks_first() { ! grep -q shared.service:4 "$work/out"; }
result "why: and not by the other" lacks_first
exits "why: a path that two directives name" 0 --root="$tree" why shared execute /srv/why/open/file
says "why: is granted by the one that is meant" "Granted by: ExecPaths=/srv/why/open    # /etc/systemd/system/shared.service:7"
exits "show: what two directives say of one path" 0 --root="$tree" show shared
matches() { result "$1" grep -qE -- "$2" "$work/out"; }
matches "show: stands where the first one was written" \
    '^read-only .*ReadOnlyPaths= +/etc/systemd/system/shared.service:6$'
matches "show: and where the second was" \
    '^exec .*ExecPaths= +/etc/systemd/system/shared.service:7$'
rm "$tree/etc/systemd/system/shared.service"

exits "why: a mistyped right" 2 --root="$tree" why asked raed_file /srv
complains "why: is guessed" "did you mean read_file?"
exits "why: a path that is none" 2 --root="$tree" why asked read_file srv
exits "why: no object" 2 --root="$tree" why asked read_file
exits "why: an unknown unit" 2 --root="$tree" why nothing read /srv
exits "why: no right" 2 --root="$tree" why asked
complains "why: nor an ID" "'asked' is no denial's ID; of a service, name the right too"
mkdir -p "$work/no-journal"
exits "why: an ID that there is not" 2 why 12 --directory="$work/no-journal"
call --root="$tree" why asked read $'/srv/\e[31m\nGranted by: all'
result "why: hostile names stay harmless" harmless
says "why: and on their line" 'DENIED: no rule grants it'
lacks_second_line() { ! grep -q '^Granted' "$work/out"; }
result "why: so that they forge none" lacks_second_line
rm -r "$tree/srv/why" "$tree/etc/systemd/system/asked.service"
