#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything that a right governs (attempts.table), tried in a confined service, granted and not: what
# comes of it must be what the lowering says of this kernel, be it new or old. So must what the wrapper
# and `unitlock status` report. The lines "# matrix" are for the table in README.md (tools/matrix).
# shellcheck disable=SC2154  # attempts.sh sets them
. /opt/boot-tests/lib.sh

. /opt/boot-tests/attempts.sh

attempts_objects
attempts_load
tryd_service attempts <<END
[X-Landlock]
AllowPaths=$(attempts_rights_but none):$at/open
AllowPaths=$(attempts_rights_but refer):$at/from $(attempts_rights_but refer):$at/to
ReadOnlyPaths=$at/read $at/files/read
ExecPaths=$at/files/execute
AllowPaths=write_file:$at/files/write truncate:$at/files/truncate
DevicePaths=$at/files/zero
SocketPaths=$at/files/socket $at/files/datagram
BindTCP=$(port 4)
ConnectTCP=$(port 6)
BindUDP=$(port 8)
ConnectUDP=$(port 10)
ABI=11
END
check "the service is confined" confined attempts.service

# --- what is predicted, and what is reported

declared=$(unitlock show attempts.service -o json)
reported=$(unitlock status attempts.service -o json | jq -c 'select(.unit)')
record=$(jq -c '.records[0]' <<<"$reported")
abi=$(kernel_abi)
lowered=$(jq -r '.kernel.enforced | join(" ")' <<<"$declared")

check_equal "the lowering is for this kernel" "$abi" "$(jq -r .kernel.abi <<<"$declared")"
check_equal "the wrapper saw the same kernel" "$abi" "$(jq -r .abi <<<"$record")"
check_equal "it asked for what is declared" "$(jq -c .restricted <<<"$declared")" \
    "$(jq -c .asked <<<"$record")"
check_equal "it enforces what is predicted" "$(jq -c .kernel.enforced <<<"$declared")" \
    "$(jq -c .enforced <<<"$record")"
check_equal "and has dropped the rest" "$(jq -c .kernel.dropped <<<"$declared")" \
    "$(jq -c .dropped <<<"$record")"
check_equal "the kernel's errata are in the record" "ok $(jq -r .errata <<<"$record")" \
    "$(ask attempts errata)"
check_equal "a denial was seen in each family" \
    "$(tr ' ' '\n' <<<"$lowered" | cut -d . -f 1 | sort -u | paste -sd ' ' | sed 's/fs/filesystem/; s/net/network/')" \
    "$(jq -r '.proven | sort | join(" ")' <<<"$record")"
check_equal "unitlock status says whether it is all" \
    "$(jq -r 'if .kernel.complete then "enforced" else "partly-enforced" end' <<<"$declared")" \
    "$(jq -r .state <<<"$reported")"

# --- the attempts

attempts_of attempts
check_equal "each attempt was answered" "${#REQUESTS[@]}" "${#ANSWERS[@]}"

# restricted RIGHT...: whether this kernel restricts one of them
restricted() {
    local right
    for right; do
        case " $lowered " in *" $right "*) return ;; esac
        case $right in ptrace | fs.change_topology) [ -z "$lowered" ] || return 0 ;; esac
    done
    return 1
}

declare -A SEEN granted_word=([yes]=granted [no]='not granted')
for i in "${!REQUESTS[@]}"; do
    want=ok
    # shellcheck disable=SC2086  # several rights
    if [ "${GRANTS[i]}" = no ] && restricted ${RIGHTS[i]}; then
        want="errno ${ERRORS[i]}"
    fi
    got=${ANSWERS[i]-}
    check_equal "${RIGHTS[i]}, ${granted_word[${GRANTS[i]}]}: ${OBJECTS[i]}: $want" "$want" "$got"
    seen=${SEEN[${RIGHTS[i]}]-}
    case ${GRANTS[i]}:$got in
    no:errno*) SEEN[${RIGHTS[i]}]=${seen/#/r} ;;
    no:ok) SEEN[${RIGHTS[i]}]=${seen/#/n} ;;
    yes:ok) SEEN[${RIGHTS[i]}]=${seen/#/g} ;;
    *) SEEN[${RIGHTS[i]}]=${seen/#/x} ;;
    esac
done

tried() { printf '%s\n' "${!SEEN[@]}" | grep -E '^(fs|net|scope)\.[a-z_]*$' | grep -v topology | sort; }
check_equal "each right that the policy asks for was tried" "$(jq -r '.restricted[]' <<<"$declared" | sort)" \
    "$(tried)"

# What was seen of a right: refused where it is not granted and allowed where it is; or never refused.
systemd=$(systemctl --version | head -n 1)
systemd=${systemd#systemd }
echo "# matrix kernel: $(uname -r) systemd: ${systemd%% *} ABI: $abi"
while IFS='|' read -r right _; do
    right=${right% }
    case $right in '#'* | *' '*) continue ;; esac
    [ -n "${SEEN[$right]-}" ] || continue
    case ${SEEN[$right]} in
    *x* | *r*n* | *n*r*) cell=failed ;;
    *r*) cell=yes ;;
    *) cell=no ;;
    esac
    echo "# matrix $right $cell"
    unset "SEEN[$right]"
done <"$table"

systemctl stop attempts outside
attempts_clean
plan
