#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A declaration that is wrong: the unit does not start and says why; others do not notice.
. /opt/boot-tests/lib.sh

tryd_service good <<'END'
[X-Landlock]
END

# refuses TEXT LINE...: a unit with these lines in its section.
refuses() {
    local text=$1 file=/etc/systemd/system/bad.service
    shift
    printf '%s\n' '[Service]' "ExecStart=$TRYD serve /run/bad.sock" '[X-Landlock]' "$@" >"$file"
    systemctl daemon-reload
    systemctl start bad 2>/dev/null
    check "$text: the start fails" wait_for systemctl is-failed bad
    check_equal "$text: with status 78" 78 "$(property bad ExecMainStatus)"
    check "$text: the journal says where" journal_has bad "bad.service:4"
    systemctl reset-failed bad
}

refuses "unknown directive" ReadOnlyPath=/srv
refuses "relative path" ReadOnlyPaths=srv
refuses "port of 70000" BindTCP=70000
refuses "unknown preset" Preset=no-such-preset
refuses "unknown right" AllowPaths=fly:/srv

# Units that systemd itself has its doubts about: the generator passes them by.
printf '[Service]\nExecStart=/bin/true \0 NUL\n[X-Landlock]\n' >/etc/systemd/system/odd-nul.service
{
    printf '[Service]\nExecStart=/bin/true\n# '
    head -c 2000000 /dev/zero | tr '\0' x
    printf '\n[X-Landlock]\n'
} >/etc/systemd/system/odd-long.service
printf '[Service]\nExecStart=/bin/true "unbalanced\n[X-Landlock]\n' >/etc/systemd/system/odd-quote.service
systemctl daemon-reload
for unit in odd-nul odd-long odd-quote; do
    systemctl start $unit >/dev/null 2>&1
    if [ "$(property $unit ExecMainStatus)" = 0 ] && [ "$(property $unit Result)" = success ] &&
        [ "$(property $unit ExecMainStartTimestampMonotonic)" != 0 ]; then
        check "$unit did not start unconfined" confined $unit.service
    else
        pass "$unit did not start unconfined"
    fi
done
check "another unit starts" systemctl restart good
check "and is confined" confined good.service

rm -f /etc/systemd/system/{bad,odd-nul,odd-long,odd-quote}.service
systemctl stop good
systemctl daemon-reload
plan
