#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A service that pretends to be another one is not believed.
. /opt/boot-tests/lib.sh

mkdir -p /srv/f
touch /srv/f/{victim,liar,thief,writer}
tryd_service victim <<END
[X-Landlock]
ABI=$(kernel_abi)
END
tag=ul-$(property victim InvocationID | cut -c1-12)
ask victim read /srv/f/victim >/dev/null
check "the victim's own denial is shown" denied victim.service fs.read_file /srv/f/victim

# believed OBJECT: somebody's denial is shown as the victim's.
believed() { shows_denial victim.service fs.read_file "$1"; }
arrived() {
    journalctl --sync
    grep -q . <(journalctl -q --since "$STARTED" _AUDIT_TYPE=1423 "_AUDIT_FIELD_PATH=$1")
}

# It names its thread like the victim's and restricts itself: the domain's record has the tag,
# but not the wrapper's program.
tryd_service liar <<'END'
END
ask liar comm "$tag" >/dev/null
ask liar restrict >/dev/null
check_answer "a liar is denied something" liar 'errno EACCES' read /srv/f/liar
check "which arrives in the journal" wait_for arrived /srv/f/liar
check_fails "the liar is not believed" believed /srv/f/liar

# It makes the real wrapper take the victim's tag: tag and program are right, the unit is not.
tryd_service thief <<END
Environment=INVOCATION_ID=$(property victim InvocationID)
[X-Landlock]
END
check_answer "a thief is denied something" thief 'errno EACCES' read /srv/f/thief
check "which arrives in the journal" wait_for arrived /srv/f/thief
# Only the PID could tell, and in a container the kernel counts them otherwise than journald: then
# unitlock must not claim to be sure.
certainty() {
    unitlock denials --since "$STARTED" -o json |
        jq -r "select(.object.path == \"$1\") | .certainty"
}
check_fails "the thief is not believed for certain" test "$(certainty /srv/f/thief)" = certain

# It sends a start record in the victim's name.
cat >/etc/systemd/system/writer.service <<END
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'printf "%%s\n" MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925 \
    UNITLOCK_UNIT=victim.service UNITLOCK_TAG=ul-000000000000 UNITLOCK_ABI=99 \
    MESSAGE=lies | logger --journald'
END
systemctl daemon-reload
check "a writer forges a start record" systemctl start writer
check_equal "of which status believes nothing" "" \
    "$(unitlock status victim.service -o json | jq '.records[]? | select(.abi == 99)')"
check "the victim is still enforced" unitlock status victim.service

systemctl stop victim liar thief
plan
