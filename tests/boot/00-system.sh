#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The container itself: what the other tests take for granted.
. /opt/boot-tests/lib.sh

check "systemd is up" systemctl is-system-running
check "nginx serves a page" curl -sf "http://127.0.0.1:$HTTP_PORT/"
check "the package is installed" dpkg -s unitlock
check "unitlock answers" unitlock --version

# The kernel has Landlock, its denials are audited, and journald hears of them.
tryd_service probe <<'END'
END
check_answer "Landlock is there" probe ok restrict
check_answer "it denies" probe 'errno EACCES' read /etc/machine-id
check "the denial is in the journal" wait_for journalctl -q -n1 --since "$STARTED" \
    _AUDIT_TYPE=1423 _AUDIT_FIELD_PATH=/etc/machine-id --output-fields=MESSAGE --grep .
systemctl stop probe

plan
