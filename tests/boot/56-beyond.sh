#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What Landlock does not restrict, and the settings of systemd that do: each thing is tried under a
# policy alone, and under the policy with the setting that `unitlock verify` proposes.
. /opt/boot-tests/lib.sh

mkdir -p /srv/beyond
echo text >/srv/beyond/file
touch /root/beyond

# outcome COMMAND [LINE...]: what becomes of it in a confined service
outcome() {
    local command=$1
    shift
    {
        printf '%s\n' '[Service]' Type=oneshot "ExecStart=/bin/sh -c '$command'" "$@"
        printf '%s\n' '[X-Landlock]' 'Preset=runtime' 'ExecPaths=/usr/bin /bin'
    } >/etc/systemd/system/beyond.service
    systemctl daemon-reload
    systemctl reset-failed beyond 2>/dev/null
    if systemctl start beyond 2>/dev/null; then echo works; else echo fails; fi
}

# beyond TEXT WORDS COMMAND LINE...: WORDS are verify's
beyond() {
    local text=$1 words=$2 command=$3
    shift 3
    check_equal "$text: Landlock alone" works "$(outcome "$command")"
    check "$text: verify says so" grep -q "$words" <(unitlock verify beyond 2>&1)
    check_equal "$text: with $*" fails "$(outcome "$command" "$@")"
    check_equal "$text: by the command, not by the wrapper" 1 "$(property beyond ExecMainStatus)"
}

check_equal "the file itself is denied" fails "$(outcome 'cat /srv/beyond/file')"
attributes='Landlock does not restrict changing modes'
looks='seeing which files there are'
beyond "its mode" "$attributes" 'chmod 600 /srv/beyond/file' ProtectSystem=strict
beyond "its owner" "$attributes" 'chown 65534 /srv/beyond/file' ProtectSystem=strict
beyond "its times" "$attributes" 'touch -c -d @0 /srv/beyond/file' ProtectSystem=strict
beyond "what there is to know of it" "$looks" 'stat /srv/beyond/file' InaccessiblePaths=/srv/beyond
beyond "what there is at home" "$looks" 'stat /root/beyond' ProtectHome=yes

outcome true ProtectSystem=strict ProtectHome=yes IPAddressDeny=any \
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6' >/dev/null
check_equal "with all of them verify is content" 0 \
    "$(unitlock verify beyond 2>&1 | grep -c beyond-landlock)"
check_fails "one that is missing is named" grep -q RestrictAddressFamilies \
    <(unitlock verify beyond 2>&1)
outcome true ProtectSystem=strict ProtectHome=yes IPAddressDeny=any >/dev/null
check "and only that one" test \
    "$(unitlock verify beyond 2>&1 | grep -c 'ProtectSystem\|ProtectHome\|IPAddressDeny')/$(
        unitlock verify beyond 2>&1 | grep -c RestrictAddressFamilies)" = 0/1

systemctl stop beyond 2>/dev/null
rm /etc/systemd/system/beyond.service
systemctl daemon-reload

plan
