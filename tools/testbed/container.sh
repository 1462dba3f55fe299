# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Booted containers: systemd of a Debian release as PID 1, on this machine's kernel.
#
#     container_start NAME RELEASE [DEB]      boots; nothing is kept when it ends
#     container_run NAME COMMAND...           runs a command inside, as root
#     container_stop NAME
#
# Whoever sources this file calls container_stop_all from its EXIT trap.

CONTAINER_BINDS=()
CONTAINER_SERVICES= # a group of presets.table: with its packages
CONTAINER_PACKAGES= # or a Depends line
CONTAINER_HOSTNAMES= # yes: each container's name is its host name, too
declare -A CONTAINER_PID CONTAINER_LEADER CONTAINER_PORT CONTAINER_LOCK
CONTAINER_STATE=$CACHE/containers

# container_start NAME RELEASE [DEB]: what else is to be seen inside, in CONTAINER_BINDS
# (nspawn's --bind-ro arguments).
container_start() {
    local name=$1 release=$2 deb=${3:-} lower work
    need_root "booting a container"
    lower=$(container_layers "$release" "$deb") || return
    work=$(container_work "$name")
    mkdir -p "$work"
    container_ports "$name"
    LOWER=$lower WORK=$work DEB=$deb PORT=${CONTAINER_PORT[$name]} NAME=unitlock-$name-$$ \
        HOST=${CONTAINER_HOSTNAMES:+$name} \
        unshare -m --propagation private \
        "$REPO/tools/testbed/nspawn" "${CONTAINER_BINDS[@]/#/--bind-ro=}" \
        </dev/null >"$work/console.log" 2>&1 &
    CONTAINER_PID[$name]=$!
    container_wait "$name" || {
        tail -n 30 "$work/console.log" >&2
        container_stop "$name"
        return 1
    }
}

# container_bind_tests RELEASE: lets the next container see what the boot tests need: the scripts,
# their programs, and the corpus of units.
container_bind_tests() {
    local tryd oracle corpus
    tryd=$(boot_program_dir tryd) && oracle=$(boot_program_dir oracle) &&
        corpus=$(corpus_dir "$1") || return
    CONTAINER_BINDS+=("$REPO/tests/boot:/opt/boot-tests" "$tryd:/opt/tryd" "$oracle:/opt/oracle"
        "$corpus:/opt/corpus")
}

container_work() { echo "$CONTAINER_STATE/$1-$$"; }

# container_layers RELEASE DEB: the root, under what the package depends on, under what a test wants.
container_layers() {
    local lower layer
    lower=$(root_dir boot "$1") || return
    if [ -n "$2" ] && [ -n "$(dpkg-deb -f "$2" Depends)" ]; then
        layer=$(depends_layer "$1" "$2") || return
        lower=$layer:$lower
    fi
    if [ -n "$CONTAINER_SERVICES" ]; then
        layer=$(services_layer "$1" "$lower" "$CONTAINER_SERVICES") || return
        lower=$layer:$lower
    fi
    if [ -n "$CONTAINER_PACKAGES" ]; then
        layer=$(layer "packages-$1" "$lower" "$CONTAINER_PACKAGES" packages_hook) || return
        lower=$layer:$lower
    fi
    echo "$lower"
}

# container_ports NAME: the containers share the machine's network, because the kernel sends its
# audit records to the first network namespace only. So each one gets sixteen ports of 127.0.0.1
# to itself.
container_ports() {
    local base lock
    mkdir -p "$CONTAINER_STATE/ports"
    for ((base = 20000; base < 32000; base += 16)); do
        exec {lock}>"$CONTAINER_STATE/ports/$base"
        if flock -n "$lock" && ports_free "$base"; then
            CONTAINER_PORT[$1]=$base
            CONTAINER_LOCK[$1]=$lock
            return
        fi
        exec {lock}>&-
    done
    die "no free ports between 20000 and 32000"
}

ports_free() {
    local port hex
    for ((port = $1; port < $1 + 16; port++)); do
        printf -v hex ':%04X ' "$port"
        ! grep -qsF "$hex" /proc/net/tcp /proc/net/tcp6 /proc/net/udp || return 1
    done
}

# container_wait NAME: until the container's systemd says that it is up, whatever it thinks of
# its units.
container_wait() {
    local name=$1 leader tries
    for ((tries = 0; tries < 300; tries++)); do
        [ -d "/proc/${CONTAINER_PID[$name]}" ] || return 1
        leader=$(pgrep -P "${CONTAINER_PID[$name]}" -x systemd || true)
        if [ -n "$leader" ] && [ -S "/proc/$leader/root/run/systemd/private" ]; then
            CONTAINER_LEADER[$name]=$leader
            container_run "$name" systemctl is-system-running --wait >/dev/null || true
            return
        fi
        sleep 0.1
    done
    note "$name did not boot in 30 s"
    return 1
}

container_run() {
    local name=$1
    shift
    nsenter -t "${CONTAINER_LEADER[$name]}" -m -u -i -p -C -r -w \
        env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 SYSTEMD_PAGER= \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
        HTTP_PORT="${CONTAINER_PORT[$name]}" "$@"
}

container_stop() {
    local name=$1 lock=${CONTAINER_LOCK[$1]:-} pid=${CONTAINER_PID[$1]:-}
    unset "CONTAINER_PID[$name]" "CONTAINER_LOCK[$name]"
    if [ -n "$pid" ]; then
        container_end "$name" "$pid"
        container_forget_cgroup "unitlock-$name-$$"
        discard "$(container_work "$name")"
    fi
    [ -z "$lock" ] || exec {lock}>&-
}

# container_end NAME PID: asks first; a container that does not listen is killed, and takes its
# mounts along.
container_end() {
    local tries
    container_run "$1" systemctl --no-block poweroff >/dev/null 2>&1 || kill "$2" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
        [ -d "/proc/$2" ] || break
        sleep 0.1
    done
    kill -KILL "$2" "${CONTAINER_LEADER[$1]:-$2}" 2>/dev/null || true
    wait "$2" 2>/dev/null || true
    unset "CONTAINER_LEADER[$1]"
}

container_stop_all() {
    local name
    for name in "${!CONTAINER_PID[@]}"; do
        container_stop "$name"
    done
}

# The group of a container that systemd did not start for us (see nspawn).
container_forget_cgroup() {
    [ ! -d /run/systemd/system ] || return 0
    # shellcheck disable=SC2016  # expanded by the inner shell
    NAME=$1 unshare -m --propagation private sh -c '
        umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit
        find "/sys/fs/cgroup/$NAME" -depth -type d -exec rmdir {} + 2>/dev/null' || true
}
