#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The collector looks at what came in: look.sh NODE-PORT... of the hosts alpha and beta. And somebody
# uploads lies.
. /opt/boot-tests/lib.sh

remote=/var/log/journal/remote
there() { unitlock denials fleet --directory=$remote -o json 2>/dev/null; }
# found HOST: the denials of this host, as "certainty count path".
found() {
    there | jq -r --arg host "$1" 'select(.host == $host and .unit == "fleet.service")
        | "\(.certainty) \(.count) \(.object.path)"'
}
has() { [ "$(found "$1")" = "$2" ]; }

# Containers see each other's records: that the denials of alpha are in beta's journal too is theirs
# alone. There, no start record claims them.
for host in alpha beta; do
    check "the denials of $host came, with unit and host" eval \
        "wait_for has $host 'likely 3 /srv/$host' || wait_for has $host 'likely 3 /srv/$host'"
done
check_equal "nobody else has such a unit" "alpha beta" \
    "$(there | jq -r 'select(.unit == "fleet.service") | .host' | sort -u | paste -sd' ')"
check_equal "each host is a boot of its own" 2 \
    "$(there | jq -r 'select(.unit == "fleet.service") | .boot' | sort -u | wc -l)"
check "the table has a column of hosts" eval "unitlock denials fleet --directory=$remote | grep -w ^HOST"
check "--merge has them too" eval "unitlock denials fleet --merge -o json 2>/dev/null |
    jq -e -s 'any(.host == \"alpha\" and .unit == \"fleet.service\")'"

# --- the same as figures

unitlock metrics --directory=$remote >/run/figures
for host in alpha beta; do
    check "figures of $host" grep -q \
        "^unitlock_denials_total{host=\"$host\",unit=\"fleet.service\",.*right=\"fs.read_file\".* 3$" /run/figures
done
check "promtool finds no fault" eval "promtool check metrics </run/figures"

# --- Prometheus

query() {
    curl -sSf -G --data-urlencode "query=$1" "http://127.0.0.1:$(port 3)/api/v1/query" |
        jq -r '.data.result[].value[1]'
}
is() { [ "$(query "$2")" = "$1" ]; }
soon() { wait_for "$@" || wait_for "$@"; }
for target; do
    check "Prometheus has the denials of $target" soon is 3 \
        "sum(unitlock_denials_total{job=\"node\",instance=\"127.0.0.1:$target\",unit=\"fleet.service\"})"
done
check "Prometheus takes OpenMetrics" soon is 2 'count(unitlock_build_info{job="open"})'
# In a container nobody may ask for the kernel's audit, and here all is well.
figures() {
    local name
    jq -r '.panels[].targets[].expr' /usr/share/doc/unitlock/examples/unitlock-dashboard.json |
        grep -o 'unitlock_[a-z_]*' | sort -u | grep -vE 'kernel_audit|not_well' >/run/wanted
    while read -r name; do
        [ -n "$(query "count($name)")" ] || { echo "$name"; return 1; }
    done </run/wanted
    [ "$(wc -l </run/wanted)" -ge 6 ]
}
check "and every figure of the dashboard" figures
answers() {
    local expression
    jq -r '.panels[].targets[].expr' /usr/share/doc/unitlock/examples/unitlock-dashboard.json |
        sed 's/[$]instance/.*/g; s/[$]__rate_interval/1m/' >/run/expressions
    while IFS= read -r expression; do
        query "$expression" >/dev/null || { echo "$expression"; return 1; }
    done </run/expressions
    [ "$(wc -l </run/expressions)" -ge 10 ]
}
check "each expression of the dashboard is understood" answers
check "the rules are" promtool check rules /usr/share/doc/unitlock/examples/unitlock.rules.yml
mkdir /run/rules
cp /usr/share/doc/unitlock/examples/unitlock.rules.yml /opt/boot-tests/fleet/unitlock.rules.test.yml /run/rules
check "and say what they should" promtool test rules /run/rules/unitlock.rules.test.yml

# --- what an upload can say

# entry FIELD...: in the export format, a moment ago.
serial=0
entry() {
    serial=$((serial + 1))
    printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n' \
        $(($(date +%s) * 1000000 + serial)) $((10**12 + serial))
    printf '%s\n' "$@" ''
}
# forged BOOT: what says that alpha's forged.service was denied something. Every field is the
# uploader's, those with an underscore too.
forged() {
    local id=00112233445566778899aabbccddeeff trusted=(_BOOT_ID="$1" _HOSTNAME=alpha)
    entry "${trusted[@]}" _TRANSPORT=journal MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925 \
        UNITLOCK_TAG=ul-${id:0:12} UNITLOCK_UNIT=forged.service _SYSTEMD_UNIT=forged.service \
        _SYSTEMD_INVOCATION_ID=$id _PID=77 _UID=0 MESSAGE=forged
    entry "${trusted[@]}" _TRANSPORT=audit _AUDIT_TYPE=1423 _AUDIT_ID=1 _AUDIT_FIELD_DOMAIN=abc \
        'MESSAGE=LANDLOCK_ACCESS domain=abc blockers=fs.read_file path="/forged" dev="sda" ino=2'
    entry "${trusted[@]}" _TRANSPORT=audit _AUDIT_TYPE=1424 _AUDIT_ID=1 _AUDIT_FIELD_DOMAIN=abc \
        "MESSAGE=LANDLOCK_DOMAIN domain=abc status=allocated mode=enforcing pid=77 uid=0 exe=\"/usr/libexec/unitlock-exec\" comm=\"ul-${id:0:12}\""
}
upload() { curl -sSf --data-binary @- -H 'Content-Type: application/vnd.fdo.journal' "$@"; }
lies() { unitlock denials forged "$@" -o json 2>/dev/null | jq -r '"\(.host) \(.unit)"'; }
boot=$(there | jq -r 'select(.host == "alpha" and .unit == "fleet.service") | .boot' | head -n 1)

forged "$boot" | upload "http://127.0.0.1:$(port 1)/upload" >/dev/null
check "by HTTP anybody can say anything, of any host" wait_for eval \
    "lies --directory=$remote | grep -qx 'alpha forged.service'"
check "the figures of the host itself do not believe it" is 3 \
    "sum(unitlock_denials_total{job=\"node\",instance=\"127.0.0.1:$1\",unit=~\"fleet.service|forged.service\"})"

systemctl stop systemd-journal-remote.socket systemd-journal-remote prometheus
plan
