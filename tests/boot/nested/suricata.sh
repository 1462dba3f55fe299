#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Suricata, as Debian has it, sandboxes itself with Landlock where its configuration says so: inside of
# our confinement it works on, and what it denies itself is told from what we deny it.
. /opt/boot-tests/lib.sh

sed -i '/^  landlock:/,/enabled:/s/enabled: no/enabled: yes/; s/^  - interface: eth0/  - interface: lo/' \
    /etc/suricata/suricata.yaml
drop_in suricata.service landlock.conf <<'END'
[X-Landlock]
Restrict=filesystem scope
ReadOnlyPaths=/etc/suricata /proc /sys -/var/lib/suricata
ReadWritePaths=/var/log/suricata /run
END
systemctl daemon-reload
check "it starts" systemctl start suricata
check_equal "in our confinement" enforced "$(state_of suricata | sed 's/partly //')"

# Its own program asks it, over its socket.
answers() { suricatasc -c uptime | jq -e '.return == "OK"'; }
check "it answers" wait_for answers
counts() { [ "$(suricatasc -c 'iface-stat lo' | jq .message.pkts)" -gt 0 ]; }
sees_packets() { curl -s "http://127.0.0.1:$HTTP_PORT/" >/dev/null && counts; }
check "it sees packets" wait_for sees_packets

# Both layers deny it something: its own the kernel's figures, ours a file that its own allows.
is_foreign() {
    journalctl --sync
    unitlock denials --since "$STARTED" -o json 2>/dev/null |
        jq -s -e 'any(.certainty == "foreign" and .process.exe == "/usr/bin/suricata"
            and .object.path == "/proc/stat")'
}
if logs_denials; then
    check "what it denies itself is told from ours" wait_for is_foreign
    check "what we deny it is its unit's" denied suricata fs.read_file /etc/magic
    check_equal "and that is all" /etc/magic "$(denials suricata | cut -f 2 | sort -u)"
fi

check "it stops" systemctl stop suricata
check_equal "in peace" success "$(property suricata Result)"
plan
