#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same policy, on the same kernel, by unitlock and by other programs that apply Landlock: setpriv,
# landrun and the kernel's own sandboxer, as far as they are here. Each row of attempts.table has to
# come out alike, or differences.table has the reason.
. /opt/boot-tests/lib.sh
. /opt/boot-tests/attempts.sh

SANDBOXER=/opt/sandboxer/sandboxer
abi=$(kernel_abi)
[ "$abi" -le 10 ] || abi=10 # what the sandboxer speaks of

all=$(attempts_rights_but none)
in_place=$(attempts_rights_but refer)

# Two policies, RIGHTS:PATH. The exact one is for those who can say which rights; the coarse one is in
# terms of what may be read and executed, and what may be written too.
EXACT=("$all:$at/open" "$in_place:$at/from" "$in_place:$at/to" "read_file,read_dir:$at/read"
    "read_file:$at/files/read" "execute,read_file:$at/files/execute" "write_file:$at/files/write"
    "truncate:$at/files/truncate" "read_file,write_file,ioctl_dev:$at/files/zero")
COARSE=("execute,read_file,read_dir:$at/read" "$all:$at/open")
# What the daemon itself needs, whoever starts it.
OWN_READ=(/opt /etc /usr)

# declared GRANT...: by unitlock, with the ports and scopes of the table.
declared() {
    printf '[X-Landlock]\n'
    printf 'AllowPaths=%s\n' "$@"
    printf 'BindTCP=%s\nConnectTCP=%s\n' "$(port 4)" "$(port 6)"
    printf 'BindUDP=%s\nConnectUDP=%s\nABI=%s\n' "$(port 8)" "$(port 10)" "$abi"
}

# started_by COMMAND...: a service that starts through it.
started_by() { printf 'ExecStart=\nExecStart=%s %s serve /run/%s/sock\n' "$*" "$TRYD" "$service"; }

setpriv_service() {
    local grant rules=() known
    known=$(setpriv --help)
    for grant in "${OWN_READ[@]/#/execute,read_file,read_dir:}" "$all:/run/$service" "$@"; do
        grant=${grant/,resolve_unix/}
        [[ $known = *ioctl-dev* ]] || grant=${grant/,ioctl_dev/}
        rules+=(--landlock-rule "path-beneath:${grant//_/-}")
    done
    started_by /usr/bin/setpriv --no-new-privs --landlock-access fs "${rules[@]}"
}

landrun_service() {
    started_by /usr/bin/landrun --best-effort "${OWN_READ[@]/#/--rox=}" "--rwx=/run/$service" \
        "--rox=$at/read" "--rwx=$at/open" "--bind-tcp=$(port 4)" "--connect-tcp=$(port 6)"
}

sandboxer_service() {
    printf 'Environment=LL_FS_RO=%s LL_FS_RW=%s\n' "$(IFS=:; echo "${OWN_READ[*]}"):$at/read" \
        "/run/$service:$at/open"
    # With ports that the kernel cannot restrict the sandboxer does not start.
    [ "$abi" -lt 4 ] || printf 'Environment=LL_TCP_BIND=%s LL_TCP_CONNECT=%s LL_SCOPED=a:s\n' "$(port 4)" "$(port 6)"
    # To send is to bind a port of one's own, which ConnectUDP= grants.
    [ "$abi" -lt 10 ] || printf 'Environment=LL_UDP_BIND=%s:0 LL_UDP_CONNECT_SEND=%s\n' "$(port 8)" "$(port 10)"
    started_by "$SANDBOXER"
}

# answers NAME: what a service of what is on standard input answers.
answers() {
    attempts_objects
    tryd_service "$1"
    attempts_of "$1"
    systemctl stop "$1" outside
}

# explained PEER POLICY INDEX ANSWER: whether differences.table has it for this kernel.
explained() {
    awk -F ' *[|] *' -v peer="$1" -v policy="$2" -v right="${RIGHTS[$3]}" -v granted="${GRANTS[$3]}" \
        -v answer="$4" '
            /^#/ || NF < 6 { next }
            $1 == peer && ($2 == "any" || $2 == policy) && right ~ "^(" $3 ")$" &&
                ($4 == "any" || $4 == granted) && $5 == answer { found = 1 }
            END { exit !found }' /opt/boot-tests/peers/differences.table
}

# compare PEER POLICY: what it has answered with what unitlock's service has.
compare() {
    local i text same=0 differ=0
    check_equal "$1, $2: it answers" "${#REQUESTS[@]}" "${#ANSWERS[@]}"
    for i in "${!REQUESTS[@]}"; do
        text="$1, $2: ${RIGHTS[i]}, ${OBJECTS[i]}, ${REQUESTS[i]}"
        if [ "${ANSWERS[i]-}" = "${OURS[i]}" ]; then
            pass "$text: ${OURS[i]}, as with unitlock"
            same=$((same + 1))
        elif explained "$1" "$2" "$i" "${ANSWERS[i]-}"; then
            pass "$text: ${ANSWERS[i]}, and that is explained (unitlock: ${OURS[i]})"
            differ=$((differ + 1))
        else
            fail "$text" "unitlock: ${OURS[i]}"$'\n'"$1: ${ANSWERS[i]-}"
        fi
    done
    echo "# peers: $1, $2, ABI $(kernel_abi): $same alike, $differ differences explained"
}

# by_peer NAME POLICY [GRANT...]
by_peer() {
    service=by-$1
    answers "$service" < <("$1_service" "${@:3}")
    compare "$1" "$2"
}

attempts_load
answers by-unitlock < <(declared "${COARSE[@]}")
check_equal "unitlock, coarse: it answers" "${#REQUESTS[@]}" "${#ANSWERS[@]}"
OURS=("${ANSWERS[@]}")
check "and refuses something" grep -q errno <(printf '%s\n' "${OURS[@]}")
by_peer sandboxer coarse
if [ -x /usr/bin/landrun ]; then
    by_peer landrun coarse
fi

if grep -q landlock <(setpriv --help); then
    answers by-unitlock < <(declared "${EXACT[@]}")
    OURS=("${ANSWERS[@]}")
    by_peer setpriv exact "${EXACT[@]}"
fi

attempts_clean
rm -f /etc/systemd/system/by-*.service
systemctl daemon-reload
plan
