#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Everything that a right governs (attempts.table), tried in a confined service, granted and not: what
# comes of it must be what the lowering says of this kernel, be it new or old. So must what the wrapper
# and `unitlock status` report. The lines "# matrix" are for the table in README.md (tools/matrix).
. /opt/boot-tests/lib.sh

at=/srv/attempts
table=/opt/boot-tests/attempts.table
name=attempts-$HTTP_PORT

mkdir -p $at/{open/sub,open/remove,open/move,closed/remove,read,files,from/move,to,mount}
touch $at/{open,closed,read,from}/file $at/{open,closed}/unlink $at/files/{read,write,truncate} \
    $at/{open,from}/{rename,link,swap,name} $at/open/sub/swap $at/to/swap
for copy in open/tryd read/tryd closed/tryd files/execute; do
    cp "$TRYD" $at/$copy
done
for directory in open read files; do
    mknod $at/$directory/zero c 1 5
done
mount -t tmpfs tmpfs $at/mount

# rights_but PATTERN: those of the file system, with commas between them
rights_but() { grep -o '^fs\.[a-z_]*' "$table" | sort -u | grep -vE "$1|topology" | sed s/fs.// | paste -sd ,; }

tryd_service outside <<'END'
END
"$TRYD" batch /run/outside/sock >/dev/null <<END
listen-unix $at/open/socket
listen-unix $at/closed/socket
listen-unix $at/files/socket
receive-unix $at/closed/datagram
receive-unix $at/files/datagram
listen-abstract $name
listen-tcp $(port 6)
listen-tcp $(port 6) ::1
listen-tcp $(port 7)
listen-tcp $(port 7) ::1
END

tryd_service attempts <<END
[X-Landlock]
AllowPaths=$(rights_but none):$at/open
AllowPaths=$(rights_but refer):$at/from $(rights_but refer):$at/to
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
ask attempts listen-abstract "$name-own" >/dev/null

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

sleep 1000 &
victim=$!
wait_for grep -qx sleep "/proc/$victim/comm"
self=$(property attempts MainPID)

RIGHTS=() OBJECTS=() GRANTS=() ERRORS=() REQUESTS=()
while IFS='|' read -r right what granted error request; do
    case $right in '#'*) continue ;; esac
    read -r granted <<<"$granted"
    read -r error <<<"$error"
    request=${request//@/$at}
    request=${request//VICTIM/$victim}
    request=${request//SELF/$self}
    request=${request//NAME/$name}
    if [[ $request =~ PORT:([0-9]+) ]]; then
        request=${request/PORT:${BASH_REMATCH[1]}/$((HTTP_PORT + BASH_REMATCH[1]))}
    fi
    read -r what <<<"$what"
    RIGHTS+=("${right% }") OBJECTS+=("$what") GRANTS+=("$granted") ERRORS+=("$error") REQUESTS+=("${request# }")
done <"$table"
mapfile -t answers < <(printf '%s\n' "${REQUESTS[@]}" | "$TRYD" batch /run/attempts/sock)
check_equal "each attempt was answered" "${#REQUESTS[@]}" "${#answers[@]}"

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
    got=${answers[i]-}
    case $got in 'ok '*) got=ok ;; esac
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

kill "$victim"
systemctl stop attempts outside
umount $at/mount
plan
