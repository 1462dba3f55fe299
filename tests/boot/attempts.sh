# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What attempts.table speaks of: its objects, and asking a service for all of it. For scripts that have
# sourced lib.sh.
# shellcheck disable=SC2034  # they use what is set here

at=/srv/attempts
table=/opt/boot-tests/attempts.table
name=attempts-$HTTP_PORT

# attempts_rights_but PATTERN: those of the file system, with commas between them
attempts_rights_but() {
    grep -o '^fs\.[a-z_]*' "$table" | sort -u | grep -vE "$1|topology" | sed s/fs.// | paste -sd ,
}

# attempts_objects: anew, with a service and a process outside that can be reached.
attempts_objects() {
    local copy directory
    attempts_clean
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
    tryd_service outside </dev/null
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
    sleep 1000 &
    victim=$!
    wait_for grep -qx sleep "/proc/$victim/comm"
}

attempts_clean() {
    [ -z "${victim-}" ] || kill "$victim" 2>/dev/null
    victim=
    ! mountpoint -q $at/mount || umount $at/mount
    rm -rf $at
}

# attempts_load: the table's columns as the arrays RIGHTS, OBJECTS, GRANTS, ERRORS and REQUESTS.
attempts_load() {
    local right what granted error request
    RIGHTS=() OBJECTS=() GRANTS=() ERRORS=() REQUESTS=()
    while IFS='|' read -r right what granted error request; do
        case $right in '#'*) continue ;; esac
        read -r what <<<"$what"
        read -r granted <<<"$granted"
        read -r error <<<"$error"
        RIGHTS+=("${right% }") OBJECTS+=("$what") GRANTS+=("$granted") ERRORS+=("$error")
        REQUESTS+=("${request# }")
    done <"$table"
}

# attempts_of SERVICE: what it answers, as the array ANSWERS: "ok" or "errno NAME".
attempts_of() {
    local self
    self=$(property "$1" MainPID)
    ask "$1" listen-abstract "$name-own" >/dev/null
    mapfile -t ANSWERS < <(
        printf '%s\n' "${REQUESTS[@]}" |
            sed "s|@|$at|g; s|VICTIM|$victim|; s|SELF|$self|; s|NAME|$name|" |
            awk -v base="$HTTP_PORT" '
                match($0, /PORT:[0-9]+/) {
                    port = base + substr($0, RSTART + 5, RLENGTH - 5)
                    $0 = substr($0, 1, RSTART - 1) port substr($0, RSTART + RLENGTH)
                }
                { print }' |
            "$TRYD" batch "/run/$1/sock" | sed 's/^ok .*/ok/'
    )
}
