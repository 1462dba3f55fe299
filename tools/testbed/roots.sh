# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root file systems of the three releases, made by mmdebstrap and kept outside of the checkout.
# A root's name holds a hash of what it was made from, never the date: the same lists give the
# same root for as long as the cache lives. Nothing ever writes into a root; whoever needs to
# writes into an overlay on top.
#
# No mirror is named: mmdebstrap takes the one that apt uses on this machine.

# What a booted container needs besides systemd: sessions of users (libpam-systemd), something to
# confine (nginx), something to ask it with (curl), and something to read the answers with (jq).
BOOT_PACKAGES=(systemd systemd-sysv dbus libpam-systemd procps nginx-light curl jq)
BUILD_PACKAGES=(build-essential ccache fakeroot)

# control_field FILE FIELD: a field of a control file on one line.
control_field() {
    awk -v field="$2:" '
        found && /^[^ ]/ { exit }
        $1 == field { found = 1; sub(/^[^:]*:/, "") }
        found && !/^ *#/ { printf "%s ", $0 }' "$1" | tr -s ' ' | sed 's/^ //; s/[, ]*$//'
}

# build_depends: the one list of what a build needs.
build_depends() { control_field "$REPO/debian/control" Build-Depends; }

# root_dir boot|build RELEASE: prints the path of the root, which is made when it is missing.
root_dir() {
    local kind=$1 release=$2 path
    path=$CACHE/roots/$kind-$release-$(root_key "$kind" "$release")
    cached "$path" root_make "$kind" "$release" >&2 || return
    echo "$path"
}

root_key() {
    {
        printf '%s\n' "$@"
        root_packages "$1"
        root_satisfy "$1"
        declare -f root_make root_options
    } | short_hash
}

root_packages() {
    case $1 in
    boot) (IFS=,; echo "${BOOT_PACKAGES[*]}") ;;
    build) (IFS=,; echo "${BUILD_PACKAGES[*]}") ;;
    esac
}

# Alternatives and versions, which mmdebstrap's --include does not know, go through apt.
root_satisfy() { [ "$1" != build ] || build_depends; }

root_options() {
    # The snapshot behind a mirror of sid can be older than its Release file allows.
    if [ "$1" = sid ]; then
        echo "--aptopt=Acquire::Check-Valid-Until \"false\""
    fi
}

# root_make KIND RELEASE TARGET. In mounts of its own, so that nothing stays mounted in a root
# whose making was interrupted, and one at a time: of two at once, dpkg in one was seen to fail.
root_make() {
    local kind=$1 release=$2 target=$3 log options=() lock
    need_root "making a root file system"
    log=$CACHE/roots/$kind-$release.log
    exec {lock}>"$CACHE/roots/making.lock"
    flock "$lock"
    note "making the $kind root of $release"
    mapfile -t options < <(root_options "$release")
    # shellcheck disable=SC2016  # the hook's variables are the hook's
    SATISFY=$(root_satisfy "$kind") unshare -m --propagation private \
        mmdebstrap --mode=root --variant=minbase "${options[@]}" \
        --aptopt='APT::Install-Recommends "false"' --include="$(root_packages "$kind")" \
        --customize-hook='[ -z "$SATISFY" ] || chroot "$1" apt-get satisfy -y -q "$SATISFY"' \
        "$release" "$target" >"$log" 2>&1 {lock}>&- || {
        tail -n 30 "$log" >&2
        exec {lock}>&-
        return 1
    }
    exec {lock}>&-
}

# depends_layer RELEASE DEB: prints the path of an overlay layer for the boot root with what the
# package depends on. A layer of its own, keyed by the Depends line, so that neither a new package
# nor a new dependency makes the whole root anew.
depends_layer() {
    local depends root
    depends=$(dpkg-deb -f "$2" Depends)
    root=$(root_dir boot "$1")
    layer "depends-$1" "$root" "$depends"
}

# The packages whose services the presets are for, and what a preset's author looks with.
SERVICES_TABLE=$REPO/tests/boot/presets.table
SERVICES_PACKAGES=(strace openssl)

# services_of RELEASE COLUMN [GROUP]: that column of presets.table's rows for a release, and group.
services_of() {
    awk -F ' *[|] *' -v release="$1" -v column="$2" -v group="${3:-}" '
        /^[a-z]/ && ($3 == "all" || $3 == release) && (group == "" || $2 == group) { print $column }
        ' "$SERVICES_TABLE"
}
services_groups() { services_of "$1" 2 | sort -u; }
services_presets() { services_of "$1" 1 "$2"; }

# services_layer RELEASE LOWER GROUP: the same for the packages of a group, on top of LOWER. None of
# the services starts at boot.
services_layer() {
    local packages
    packages=$({
        printf '%s\n' "${SERVICES_PACKAGES[@]}"
        services_of "$1" 4 "$3" | tr -s ' ' '\n'
    } | sort -u | paste -sd,)
    layer "services-$3-$1" "$2" "$packages" services_hook
}

# quiet_hook: what the packages have enabled does not start with the container.
quiet_hook() {
    echo 'cd /mnt/upper/etc/systemd/system
        find . -path "*.wants/*" -type l >/mnt/enabled
        cd /mnt/root/etc/systemd/system
        xargs -r rm </mnt/enabled'
}

# packages_hook: the same; that directory is in the layer only where a package had something for it.
packages_hook() {
    echo 'touch /mnt/root/etc/systemd/system'
    quiet_hook
    echo '        cd /'
}

# services_hook: the same, and the packages themselves are kept in /opt/upgrades, to be installed
# again, as an upgrade would. What the boot root has already is fetched for that.
services_hook() {
    quiet_hook
    # shellcheck disable=SC2016  # expanded by the shell of layer_make
    echo '        mkdir /mnt/root/opt/upgrades
        for package in $(echo "$PACKAGES" | tr , " "); do
            find /mnt/root/var/cache/apt/archives -name "${package}_*.deb" \
                -exec mv {} /mnt/root/opt/upgrades ";"
            [ -n "$(find /mnt/root/opt/upgrades -name "${package}_*.deb")" ] ||
                chroot /mnt/root sh -c "cd /opt/upgrades && apt-get download -q $package"
        done
        cd /'
}

# layer NAME LOWER PACKAGES [HOOK [ARGUMENT...]]: prints the path of an overlay layer for LOWER
# (directories of an overlay) with PACKAGES, a Depends line. The function HOOK adds commands to those
# that make it.
layer() {
    local hook='' path
    [ $# -lt 4 ] || hook=$("${@:4}")
    path=$CACHE/roots/$1-$({ printf '%s\n' "${@:2:2}" "$hook"; declare -f layer_make; } | short_hash)
    cached "$path" layer_make "$1" "$2" "$3" "$hook" >&2 || return
    echo "$path"
}

# layer_make NAME LOWER PACKAGES HOOK TARGET. Written in memory and copied: the cache may itself be
# on an overlay, which cannot be the upper one of another. What is installed starts no daemons, as
# nothing would end them.
layer_make() {
    note "adding the packages of $1 to ${2##*/}"
    # shellcheck disable=SC2016  # expanded by the inner shell
    ROOT=$2 PACKAGES=$3 HOOK=$4 TARGET=$5 unshare -m --propagation private sh -euc '
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/upper /mnt/work /mnt/root
        mount -t overlay overlay \
            -o "lowerdir=$ROOT,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
        mount -t proc proc /mnt/root/proc
        cp /etc/resolv.conf /mnt/root/etc/ 2>/dev/null || true
        printf "#!/bin/sh\nexit 101\n" >/mnt/root/usr/sbin/policy-rc.d
        chmod +x /mnt/root/usr/sbin/policy-rc.d
        chroot /mnt/root apt-get update -q
        DEBIAN_FRONTEND=noninteractive chroot /mnt/root apt-get satisfy -y -q "$PACKAGES"
        eval "$HOOK"
        rm -rf /mnt/root/var/lib/apt/lists /mnt/root/var/cache/apt/* /mnt/root/usr/sbin/policy-rc.d
        umount /mnt/root/proc /mnt/root
        cp -a /mnt/upper "$TARGET"
    ' >"$CACHE/roots/$1.log" 2>&1 || {
        tail -n 30 "$CACHE/roots/$1.log" >&2
        return 1
    }
}
