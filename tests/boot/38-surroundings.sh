#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever settings surround it, a service keeps working and does not see the wrapper: each row of
# surroundings.table, and random combinations of them, is started free and confined, and what it
# reports of itself (tryd/sight.cpp) is compared.
. /opt/boot-tests/lib.sh

units=/etc/systemd/system
results=/run/around
sight=/opt/tryd/sight
work=$(mktemp -d)
random_units=60
RANDOM=20261122 # the seed: the same combinations in every run

declare -A lines left_alone unrecorded single
names=()

# --- the rows

trim() {
    local text=${1#"${1%%[![:space:]]*}"}
    echo "${text%"${text##*[![:space:]]}"}"
}

# cell_lines CELL: the unit's lines for one cell of the table.
cell_lines() {
    case $1 in
    sight*) printf 'ExecStart=\nExecStart=%s\n' "/opt/tryd/$1" ;;
    ExecStart=*) printf 'ExecStart=\n%s\n' "$1" ;;
    \"*\") printf '%s\n' "${1:1:-1}" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

read_table() {
    local row marks name cells cell
    while IFS= read -r row; do
        [[ $row == *'|'* && $row != '#'* ]] || continue
        IFS='|' read -ra cells <<<"$row"
        marks=$(trim "${cells[0]}")
        name=${marks#"${marks%%[a-z]*}"}
        [[ $marks != *'*'* ]] || single[$name]=1
        [[ $marks != *'!'* ]] || left_alone[$name]=1
        [[ $marks != *'?'* ]] || unrecorded[$name]=1
        names+=("$name")
        lines[$name]=$(for cell in "${cells[@]:1}"; do cell_lines "$(trim "$cell")"; done)
    done </opt/boot-tests/surroundings.table
}

# Two to six rows together. A combination that systemd itself cannot start is compared as well.
add_random() {
    local pool=() name count picked number
    for name in "${names[@]}"; do
        [ -n "${single[$name]:-}${left_alone[$name]:-}" ] || pool+=("$name")
    done
    for ((number = 0; number < random_units; number++)); do
        picked=
        for ((count = RANDOM % 5 + 2; count > 0; count--)); do
            name=${pool[RANDOM % ${#pool[@]}]}
            picked+="# $name"$'\n'${lines[$name]}$'\n'
        done
        names+=("random-$number")
        lines[random-$number]=$picked
    done
}

unit_of() { echo "around-$1.service"; }

write_units() {
    local name
    for name in "${names[@]}"; do
        printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes "ExecStart=$sight" \
            "StandardOutput=append:$results/$name" StandardError=journal \
            TimeoutStartSec=10 TimeoutStopSec=5 "${lines[$name]}" >"$units/$(unit_of "$name")"
    done
}

# sight reads /proc, and may have to write its report itself; all else is denied.
declare_all() {
    local name
    for name in "${names[@]}"; do
        drop_in "$(unit_of "$name")" landlock.conf <<END
[X-Landlock]
ReadOnlyPaths=-/proc
ReadWritePaths=-$results
DevicePaths=-/dev/pts
END
    done
}

# --- what the rows need

# The first session of a user makes /run/user, which some settings mount over.
mkdir -p /run/user $results /srv/around/{root/{bin,opt/tryd,etc},empty}
chmod 1777 $results
cp "$sight" /srv/around/root/bin/sight-in-root
echo 'FROM=file' >/srv/around/environment
printf 'auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\nsession optional pam_env.so\n' \
    >/etc/pam.d/around

# A fresh terminal for each name; the other end is held by a program that reads it.
terminals=()
make_terminals() {
    local tty
    for tty in around-tty around-tty2 around-tty3; do
        rm -f "/dev/$tty"
        (exec script -qfc "ln -sf \"\$(tty)\" /dev/$tty; exec sleep infinity" /dev/null \
            </dev/null >/dev/null 2>&1) &
        terminals+=($!)
        wait_for test -e "/dev/$tty"
    done
}
end_terminals() {
    kill "${terminals[@]}"
    wait "${terminals[@]}" 2>/dev/null
    terminals=()
}

# --- starting and collecting

unit_names() {
    local name
    for name in "${names[@]}"; do unit_of "$name"; done
}

settled() {
    ! systemctl list-units --no-legend --plain 'around-*.service' \
        --state=activating,deactivating,auto-restart | grep -q .
}

# complete NAME: it has reported, or systemd has given up.
complete() {
    grep -qs '^end of report' "$results/$1" ||
        [[ $(property "$(unit_of "$1")" ActiveState) =~ ^(inactive|failed)$ ]]
}

# Properties that have to be the same, of all units at once; those that differ go into .facts.
collect_properties() {
    local phase=$1
    unit_names | xargs systemctl show --no-pager \
        -p Id,Result,ActiveState,SubState,ExecMainCode,ExecMainStatus,StatusText,NRestarts \
        -p ExecMainPID,InvocationID,MainPID |
        awk -v dir="$work" -v phase="$phase" '
            BEGIN { RS = ""; FS = "\n" }
            {
                name = ""; same = ""; facts = ""
                for (i = 1; i <= NF; i++) {
                    if ($i ~ /^Id=/) { name = $i; sub(/^Id=around-/, "", name); sub(/\.service$/, "", name) }
                    else if ($i ~ /PID=|InvocationID=/) facts = facts $i "\n"
                    else same = same $i "\n"
                }
                printf "%s", same > (dir "/" name "." phase ".properties")
                printf "%s", facts > (dir "/" name "." phase ".facts")
                close(dir "/" name "." phase ".properties")
                close(dir "/" name "." phase ".facts")
            }'
}

# start_all PHASE: free or confined.
start_all() {
    local name
    make_terminals
    unit_names | xargs systemctl start >/dev/null 2>&1
    wait_for settled
    for name in "${names[@]}"; do
        wait_for complete "$name"
    done
    wait_for watchdogs_done
    collect_properties "$1"
    unitlock status -o json >"$work/status"
    unit_names | xargs systemctl stop >/dev/null 2>&1
    unit_names | xargs systemctl reset-failed >/dev/null 2>&1
    end_terminals
    for name in "${names[@]}"; do
        mv "$results/$name" "$work/$name.$1" 2>/dev/null || : >"$work/$name.$1"
    done
    rm -rf "${results:?}"/*
}

# The rows with a watchdog end by it.
watchdogs_done() {
    local name
    for name in watchdog watchdog-starved watchdog-abort; do
        [ "$(property "$(unit_of $name)" ActiveState)" = failed ] || return
    done
}

# --- comparing

# What differs from one start to the next, and the mount that carries the wrapper in, where the
# drop-in has one.
normalize() {
    local phase=$1 name=$2 expressions drop_in
    drop_in=/run/systemd/generator/$(unit_of "$name").d/zz-unitlock.conf
    expressions=(
        -e '/^(pid|invocation): /d' -e '/^witness: /d'
        -e 's/(shared|master|propagate_from):[0-9]+/\1/g'
        # DynamicUser= takes from this range (nobody is 65534).
        -e '/^(Uid|Gid|Groups|uid|gid|keyring)\b/s/\b(61(18[4-9]|19.|[2-9]..)|6[2-4]...|65[0-4]..|655[01].)\b/dynamic/g'
        -e 's/systemd-private-[0-9a-f]{32}-around-(.*)\.service-[A-Za-z0-9]{6}/systemd-private/'
        -e "/^mount: .* \\/run\\/credentials\\/around-/{/around-$name\\.service /!d}"
    )
    if grep -qsE '^(BindReadOnly|Exec)Paths=.*unitlock-exec' "$drop_in"; then
        expressions+=(-e '/^mount: [^ ]* [^ ]*\/unitlock-exec /d')
    fi
    # no_new_privs is what Landlock asks for without CAP_SYS_ADMIN (PRIVILEGES in the manual).
    lacks_admin "$work/$name.free" && expressions+=(-e '/^(NoNewPrivs|no_new_privs):/d')
    sed -E -e "$namespaces" "${expressions[@]}" "$work/$name.$phase"
    cat "$work/$name.$phase.properties"
}

lacks_admin() {
    local capabilities
    capabilities=$(sed -n 's/^CapEff:[[:space:]]*/0x/p' "$1" | head -n 1)
    [ -n "$capabilities" ] && ((!(capabilities >> 21 & 1)))
}

# The numbers of PID 1's namespaces become "init", all others "own".
namespaces=$(
    for link in /proc/1/ns/{cgroup,ipc,mnt,net,pid,time,user,uts}; do
        printf 's/^namespace %s$/namespace %s init/;' \
            "$(readlink "$link" | sed 's/[][]/\\&/g')" "${link##*/}"
    done
    printf 's/^namespace ([a-z]+):.*/namespace \\1 own/'
)

said() { sed -n "s/^$2: //p" "$work/$1" | sort -u; }
fact() { sed -n "s/^$2=//p" "$work/$1.facts"; }

# speaks_true NAME PHASE: the process that reports is the one that systemd means. Where systemd has
# none to name without us (GuessMainPID=no, a unit that it has forgotten), there is nothing to ask.
speaks_true() {
    [ "$(fact "$1.free" ExecMainPID)" != 0 ] || return
    [ "$(said "$1.$2" pid)" = "$(fact "$1.$2" ExecMainPID)" ] ||
        echo "$2: the main process is $(fact "$1.$2" ExecMainPID), not $(said "$1.$2" pid)"
    [ "$(said "$1.$2" invocation)" = "$(fact "$1.$2" InvocationID)" ] ||
        echo "$2: the invocation is not $(said "$1.$2" invocation)"
}

status_of() {
    jq -r --arg unit "$(unit_of "$1")" "select(.unit == \$unit) | $2" "$work/status"
}

expected_state() {
    if [ -n "${left_alone[$1]:-}" ]; then
        echo not-enforced
    elif ! grep -qx ActiveState=active "$work/$1.confined.properties"; then
        echo not-running
    elif [ -n "${unrecorded[$1]:-}" ]; then
        echo cannot-tell
    else
        echo enforced
    fi
}

# problems NAME: nothing, if all is well.
problems() {
    local name=$1 witness=denied state
    diff <(normalize free "$name") <(normalize confined "$name")
    state=$(status_of "$name" .state)
    [ "${state#partly-}" = "$(expected_state "$name")" ] ||
        echo "unitlock status: $state ($(status_of "$name" .reason))"
    grep -q '^end of report' "$work/$name.free" || {
        [[ $name == random-* ]] || echo "it does not start without unitlock"
        return
    }
    if [ -n "${left_alone[$name]:-}" ]; then
        witness=opened
        [ -n "$(status_of "$name" .reason)" ] || echo "no reason is given"
    fi
    [ "$(said "$name.free" witness)" = opened ] || echo "free: / is not opened"
    [ "$(said "$name.confined" witness)" = $witness ] || echo "confined: / is not $witness"
    grep -q '^NRestarts=0' "$work/$name.free.properties" || return
    # The narrow system call filters leave out the process ID.
    ! grep -q '^pid: ' "$work/$name.free" || {
        speaks_true "$name" free
        speaks_true "$name" confined
    }
}

read_table
add_random
write_units
systemctl daemon-reload
start_all free
declare_all
systemctl daemon-reload
start_all confined
for name in "${names[@]}"; do
    check_equal "the same, and confined: $name" "" "$(problems "$name" 2>&1)"
done

# --- sockets

# answer_of PORT: what a client is told that only listens.
answer_of() {
    local client
    exec {client}<>"/dev/tcp/127.0.0.1/$1" && timeout 10 cat <&"$client"
    exec {client}>&-
}

write_socket() {
    printf '[Socket]\nListenStream=127.0.0.1:%s\nAccept=%s\n' "$(port 5)" "$1" \
        >$units/around-socket.socket
}

# differences NAME: between two reports of a socket's service.
differences() {
    diff <(sed -E "$namespaces;/^(pid|invocation|witness): /d" "$work/$1.free") \
        <(sed -E "$namespaces;/^(pid|invocation|witness): /d" "$work/$1.confined")
}

# The connection is standard input, output and error; the instance's number differs.
printf '[Service]\nStandardInput=socket\nExecStart=%s\n' "$sight" >$units/around-socket@.service
write_socket yes
for phase in free confined; do
    [ $phase = free ] || drop_in around-socket@.service landlock.conf <<'END'
[X-Landlock]
ReadOnlyPaths=-/proc
END
    systemctl daemon-reload
    systemctl start around-socket.socket
    answer_of "$(port 5)" | sed -E 's/around-socket@[^/]*\.service/around-socket@N.service/' \
        >"$work/accept.$phase"
    systemctl stop around-socket.socket
done
check_equal "Accept=yes: the client gets the whole report" "end of report" \
    "$(tail -n 1 "$work/accept.confined")"
check_equal "and it is the same" "" "$(differences accept)"
check_equal "of a confined service" denied "$(said accept.confined witness)"
rm -r $units/around-socket@.service*

printf '[Service]\nExecStart=%s --to %s/listen --stay\n' "$sight" $results \
    >$units/around-socket.service
write_socket no
reported() { grep -qs '^end of report' "$results/$1"; }
for phase in free confined; do
    [ $phase = free ] || drop_in around-socket.service landlock.conf <<END
[X-Landlock]
ReadOnlyPaths=-/proc
ReadWritePaths=$results
END
    systemctl daemon-reload
    systemctl start around-socket.socket around-socket.service
    wait_for reported listen
    [ $phase = free ] || check "Accept=no: it is confined" confined around-socket.service
    systemctl stop around-socket.socket around-socket.service 2>/dev/null
    mv $results/listen "$work/listen.$phase"
done
check "a socket was passed" grep -q '^env: LISTEN_FDS=1' "$work/listen.confined"
check_equal "and all is the same" "" "$(differences listen)"
rm -r $units/around-socket*

# --- a start that the wrapper refuses never looks like a success

is_refused() { [ "$(state_of "$1")" = "start refused" ]; }

# refused NAME PREFIX LINE...
refused() {
    printf '%s\n' '[Service]' Type=oneshot "ExecStart=$2$sight" "${@:3}" '[X-Landlock]' \
        ReadOnlyPaths=/nowhere >"$units/around-refused-$1.service"
    systemctl daemon-reload
    systemctl start "around-refused-$1.service" 2>/dev/null
    wait_for is_refused "around-refused-$1"
    check_equal "a refused start with $1" "start refused" "$(state_of "around-refused-$1")"
    systemctl stop "around-refused-$1.service"
    rm "$units/around-refused-$1.service"
}
refused SuccessExitStatus '' SuccessExitStatus=66 RemainAfterExit=yes
refused ignored-failure - RemainAfterExit=yes

# --- a filter of a drop-in that systemd reads after ours

printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=%s\n[X-Landlock]\n' "$sight" \
    >$units/around-later.service
drop_in around-later.service zzz.conf <<'END'
[Service]
SystemCallFilter=~@sandbox:ENOSYS
END
restart around-later.service
check_equal "a later filter that answers ENOSYS for Landlock: left alone, and said" "not enforced" \
    "$(state_of around-later)"
drop_in around-later.service zzz.conf <<'END'
[Service]
SystemCallFilter=~@mount
END
restart around-later.service
check "a later filter that does not concern us: confined" confined around-later.service
check_equal "as status says" "enforced" "$(state_of around-later | sed 's/^partly //')"
systemctl stop around-later.service
rm -r $units/around-later.service*

# --- denials of a service in a journal namespace

tryd_service around-namespace <<'END'
LogNamespace=around
[X-Landlock]
END
check_answer "LogNamespace=: it is denied what is not granted" around-namespace 'errno EACCES' \
    read /srv/around/environment
check "and the denial is its own" denied around-namespace.service fs.read_file \
    /srv/around/environment
systemctl stop around-namespace.service
rm $units/around-namespace.service

unit_names | while read -r unit; do rm -r "${units:?}/$unit" "$units/$unit.d"; done
systemctl daemon-reload
rm -r "$work"
plan
