#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `unitlock diff`: what runs beside what is declared, whatever systemd has reloaded since; and
# Mode=permissive, which enforces nothing and says so.
. /opt/boot-tests/lib.sh

declare_in() { printf '[X-Landlock]\n%s\n' "$2" | drop_in "$1.service" landlock.conf; }
# differs UNIT: the lines of unitlock diff, without their comments.
differs() { unitlock diff "$1" | sed 's/ *#.*//; 1,2d'; }
same() { [ -z "$(unitlock diff "$1")" ]; }

abi=$(kernel_abi)
mkdir -p /srv/one /srv/two
tryd_service both <<'END'
StateDirectory=both
END
declare_in both "ABI=$abi
ReadOnlyPaths=/srv/one
ReadWritePaths=%S/both/%n
ReadOnlyPaths=-%h/x
BindTCP=80"
mkdir -p /var/lib/both/both.service
restart both
check "after a start there is no difference" wait_for same both
declare_in both "ABI=$abi
ReadOnlyPaths=/srv/one /srv/two
ReadWritePaths=%S/both/%n
ReadOnlyPaths=-%h/x
ConnectTCP=80
LogDenials=no"
want='-LogDenials=yes
-BindTCP=80
+LogDenials=no
+ReadOnlyPaths=/srv/two
+ConnectTCP=80'
check_equal "what is on disk" "$want" "$(differs both)"
check "with its place" grep -qF 'landlock.conf:3' <(unitlock diff both)
systemctl daemon-reload
check_equal "and after systemd has read it" "$want" "$(differs both)"
check_fails "is not well" unitlock diff both
check_equal "for programs" '["LogDenials=yes","BindTCP=80"]' \
    "$(unitlock diff both -o json | jq -c '[.only_running[].line]')"
systemctl restart both
check "and after a restart gone" wait_for same both
check "status agrees" unitlock status both

declare_in both Mode=off
systemctl daemon-reload
check "Mode=off: everything is only in what runs" grep -qx -- '-Restrict=filesystem network scope' \
    <(differs both)
check_equal "Mode=off is all that is declared" +Mode=off "$(differs both | grep '^+')"
systemctl stop both
says_off() { unitlock status both -o json | jq -r 'select(.unit) | .state'; }
check_equal "Mode=off: as systemd has read it" off "$(says_off)"
declare_in both "ABI=$abi"
systemctl daemon-reload
declare_in both Mode=off
check_equal "Mode=off, and systemd would start it confined: reload needed" reload-needed "$(says_off)"
systemctl daemon-reload
systemctl restart both
check "Mode=off: nothing is in either" wait_for same both
systemctl stop both
unitlock diff both >/dev/null 2>&1
check_equal "what does not run cannot be compared" 2 $?

declare_in both "ABI=$abi
Mode=permissive"
restart both
check "permissive: it runs" wait_for ask both pid
check_answer "permissive: and is denied nothing" both "ok" read /etc/shadow
check "permissive: the journal says so" wait_for journal_has both "NOT CONFINED: Mode=permissive"
check_equal "permissive: and status" permissive "$(state_of both)"
systemctl stop both
check_equal "permissive: and when it does not run" permissive "$(state_of both)"
systemctl start both
check_fails "permissive: which is not well" unitlock status both
check "permissive: there is no difference" same both
declare_in both "ABI=$abi"
systemctl daemon-reload
check_equal "permissive no more: restart needed" "restart needed" "$(state_of both)"
systemctl restart both
check_equal "permissive no more" enforced "$(wait_for same both; state_of both)"
check_answer "and it is denied again" both "errno EACCES" read /etc/shadow

# A policy that is larger than one message to journald can be.
{
    printf '[X-Landlock]\nABI=%s\n' "$abi"
    for i in {1..6000}; do echo "ReadOnlyPaths=-/srv/a-path-that-is-not-so-very-short/$i"; done
} | drop_in both.service landlock.conf
restart both
check "thousands of rules: it is enforced" wait_for unitlock status both
check "thousands of rules: its policy is not in the record, and that is said" \
    grep -q 'does not hold its policy' <(unitlock diff both 2>&1)
systemctl stop both
rm -r /etc/systemd/system/both.service* /srv/one /srv/two
systemctl daemon-reload
plan
