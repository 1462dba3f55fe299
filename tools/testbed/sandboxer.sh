# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernel's own example of Landlock, samples/landlock/sandboxer.c, which no package has built: from
# the source of sid's kernel, with its header, on this machine.

SANDBOXER_FILES=(samples/landlock/sandboxer.c include/uapi/linux/landlock.h)

# sandboxer_dir: prints a directory with the program "sandboxer", which needs no library.
sandboxer_dir() {
    local root path
    path=$CACHE/programs/sandboxer-$({
        printf '%s\n' "${SANDBOXER_FILES[@]}"
        declare -f sandboxer_make sandboxer_source
    } | short_hash)
    root=$(root_dir boot sid) && cached "$path" sandboxer_make "$root" >&2 || return
    echo "$path"
}

# sandboxer_make ROOT TARGET
sandboxer_make() {
    local log=$CACHE/programs/sandboxer.log
    note "building the kernel's own sandboxer"
    mkdir -p "$2"
    {
        sandboxer_source "$1" "$2" && mkdir "$2/linux" && mv "$2/landlock.h" "$2/linux/" &&
            gcc -O2 -static -I "$2" -o "$2/sandboxer" "$2/sandboxer.c"
    } >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        return 1
    }
}

# sandboxer_source ROOT TARGET: in an overlay on the root, whose apt knows the release's mirror.
sandboxer_source() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    ROOT=$1 TARGET=$2 unshare -m --propagation private sh -euc '
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/upper /mnt/work /mnt/root
        mount -t overlay overlay \
            -o "lowerdir=$ROOT,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
        cp /etc/resolv.conf /mnt/root/etc/ 2>/dev/null || true
        chroot /mnt/root sh -euc "
            apt-get update -q
            package=\$(apt-cache depends linux-source | sed -n \"s/.*Depends: //p\" | head -n 1)
            cd /mnt
            apt-get download -q -o APT::Sandbox::User=root \$package"
        dpkg-deb --fsys-tarfile /mnt/root/mnt/linux-source-*.deb |
            tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" | xz -dc -T0 |
            tar -x -C "$TARGET" --strip-components=1 --wildcards --no-anchored "$@"
        cd "$TARGET"
        for file; do mv "$file" .; done
        find . -mindepth 1 -maxdepth 1 -type d -exec rm -r {} +
    ' - "${SANDBOXER_FILES[@]}"
}
