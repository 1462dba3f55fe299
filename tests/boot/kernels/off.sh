#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A kernel booted without Landlock (lsm=): a best-effort policy starts its service and says loudly that
# it is not confined, a strict one refuses. That the kernel was built without it (ENOSYS), tests/enforce
# emulates; no kernel of Debian is.
. /opt/boot-tests/lib.sh

check_equal "Landlock is off" "errno 95" "$("$TRYD" "do" abi)" # EOPNOTSUPP
tryd_service best-effort <<'END'
[X-Landlock]
ABI=11
END
check_answer "a best-effort policy starts its service" best-effort ok read /etc/passwd
check_answer "which is not confined" best-effort ok read /etc/shadow
check_equal "systemd knows no failure" active "$(property best-effort ActiveState)"
check "the journal says so" journal_has best-effort.service "started NOT CONFINED: Landlock is off since boot"
check "as a warning" journalctl -q -p warning UNITLOCK_UNIT=best-effort.service --grep "NOT CONFINED"
status=0
unitlock status best-effort.service >/tmp/status 2>&1 || status=$?
check_equal "unitlock status is not content" 1 "$status"
check_equal "and says so" "not enforced" "$(state_of best-effort)"
check "for people, too" grep -F "off since boot" /tmp/status
check_equal "the record has nothing enforced" "0 []" "$(unitlock status best-effort.service -o json |
    jq -r 'select(.unit) | .records[0] | "\(.abi) \(.enforced)"')"
check_equal "as unitlock show has predicted" "[]" \
    "$(unitlock show best-effort.service -o json | jq -c .kernel.enforced)"

tryd_service strict <<'END'
[X-Landlock]
ABI=11
Compatibility=strict
END
check_equal "a strict policy refuses" "failed 69" \
    "$(property strict ActiveState) $(property strict ExecMainStatus)"
check "and says why" journal_has strict.service "Compatibility=strict"
check_equal "unitlock status says that" "start refused" "$(state_of strict)"
systemctl stop best-effort
systemctl reset-failed strict
plan
