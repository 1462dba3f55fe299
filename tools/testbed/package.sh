# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian packages of this checkout, built inside of each release: the libraries' sonames differ
# between them, and so do the compilers.

# Files that cannot change the package.
PACKAGE_IGNORES='^(tools/|\.ci/|\.github/|docs/(architecture|facts)|tests/boot/|[A-Z]*\.md$)'

# package_deb RELEASE: prints the path of the .deb, which is built when there is none of these
# sources.
package_deb() {
    local dir
    dir=$(package_dir "$1")
    cached "$dir" package_make "$1" >&2 || return 1
    echo "$dir"/unitlock_*.deb
}

package_dir() { echo "$CACHE/packages/$1-$(package_key "$1")"; }

package_key() {
    {
        root_key build "$1"
        declare -f package_make
        sources | grep -zEv "$PACKAGE_IGNORES" |
            tar -C "$REPO" -c --null -T - --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner
    } | short_hash
}

# package_make RELEASE TARGET: TARGET gets the packages, the .changes file and the build's log.
package_make() {
    local release=$1 target=$2 root
    need_root "building a package"
    root=$(root_dir build "$release") || return
    note "building the package for $release"
    mkdir -p "$target/source" "$CACHE/ccache/$release"
    (cd "$REPO" && sources | xargs -0 cp --parents -Pp -t "$target/source")
    ROOT=$root TARGET=$target CCACHE=$CACHE/ccache/$release \
        unshare -m --propagation private "$REPO/tools/testbed/build-package" \
        >"$target/build.log" 2>&1 || {
        cp "$target/build.log" "$CACHE/packages/$release-failed.log"
        package_errors "$target/build.log" >&2
        return 1
    }
    discard "$target/source"
}

# package_errors LOG: what went wrong, without the compilers' command lines.
package_errors() {
    grep -vE '^(\[[0-9]+/|ccache |/usr/bin/ccache )' "$1" >"$1.short"
    grep -E -A3 '(error|FAILED|E):' "$1.short" | cut -c1-300 | head -n 60 || true
    echo "[...]"
    tail -n 15 "$1.short" | cut -c1-300
}
