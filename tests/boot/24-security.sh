#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `unitlock security` beside the real systemd-analyze: what runs is scored, and not what is declared.
. /opt/boot-tests/lib.sh

field() { unitlock security "$1.service" -o json | jq -r "$2"; }
# Exposures in tenths: versions of jq print 10.0 differently.
exposure() { field "$1" '.exposure * 10 | round'; }
scored() { [ "$(field "$1" .confined)" = true ]; }
unscored() { [ "$(field "$1" .confined)" = false ]; }
# over UNIT N: exit status of --threshold.
over() {
    local status=0
    unitlock security "$1.service" --threshold="$2" >/dev/null || status=$?
    [ $status = 1 ]
}
declare_in() { printf '[X-Landlock]\n%s\n' "$2" | drop_in "$1.service" landlock.conf; }
systemds() {
    LC_ALL=C.UTF-8 systemd-analyze --no-pager security "$1" |
        sed -n "s/.*Overall exposure level for $1: \([0-9]*\)\.\([0-9]\) .*/\1\2/p"
}

abi=$(kernel_abi)
tryd_service scored <<'END'
END
check_equal "undeclared: 10.0" 100 "$(exposure scored)"
check "undeclared: over 99" over scored 99
check_equal "undeclared: systemd's exposure" "$(systemds scored.service)" \
    "$(field scored '.systemd_exposure * 10 | round')"
check "undeclared, but running: in the table" grep -q '^scored.service  *10.0' <(unitlock security)
declare_in scored "ABI=$abi"
check_equal "declared, and not in force: still 10.0" 100 "$(exposure scored)"
restart scored
check "in force: confined" wait_for scored scored
check_equal "in force: by this kernel" "$abi" "$(field scored .abi)"
check_fails "in force: not over 60" over scored 60
strict=$(exposure scored)
declare_in scored "ABI=$abi
ReadOnlyPaths=/
ReadWritePaths=/etc"
check_equal "a wider declaration, not in force: the score of what runs" "$strict" \
    "$(exposure scored)"
check_equal "and the state" reload-needed "$(field scored .state)"
restart scored
wait_for scored scored
check "a wider one in force: worse" [ "$(exposure scored)" -gt "$strict" ]
check_equal "the rule that lets it" "ReadWritePaths=" \
    "$(field scored '.items[] | select(.item == "write-levers") | .from.said_by')"
declare_in scored "ABI=$abi
ReadOnlyPaths=/srv"
systemctl daemon-reload
check "a narrower one, not restarted: the score of what runs" \
    [ "$(field scored '.items[] | select(.item == "read-everything") | .percent')" = 100 ]
declare_in scored "ABI=$abi
Mode=permissive"
restart scored
check "permissive: confined by nothing" wait_for unscored scored
check_equal "permissive: 10.0" 100 "$(exposure scored)"
systemctl stop scored
check_equal "permissive, stopped: 10.0" 100 "$(exposure scored)"
rm -r /etc/systemd/system/scored.service*
systemctl daemon-reload

drop_in nginx.service landlock.conf <<END
[X-Landlock]
Preset=nginx
BindTCP=$(port 0)
ABI=$abi
END
check "nginx with its preset" restart nginx
wait_for scored nginx
check "nginx: less exposed than without" [ "$(exposure nginx)" -lt 50 ]
check_fails "nginx: not over 50" over nginx 50
check "nginx: over 0" over nginx 0
check_equal "nginx: systemd's exposure in the table" "$(systemds nginx.service)" \
    "$(unitlock security -o json | jq -r 'select(.unit == "nginx.service") | .systemd_exposure * 10 | round')"
check "nginx: files only" unitlock security --offline nginx
mv /usr/bin/systemd-analyze /usr/bin/systemd-analyze.away
check "without systemd-analyze: an answer" unitlock security nginx
check "without systemd-analyze: which says so" grep -q 'cannot run systemd-analyze' \
    <(unitlock security nginx 2>&1)
mv /usr/bin/systemd-analyze.away /usr/bin/systemd-analyze
rm -r /etc/systemd/system/nginx.service.d
systemctl daemon-reload
systemctl restart nginx
plan
