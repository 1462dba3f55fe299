# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian package of each release: that it builds, and what is in it.

PACKAGE_FILES=(
    usr/bin/unitlock
    usr/libexec/unitlock-exec
    usr/libexec/unitlock-audit
    lib/systemd/system-generators/unitlock-generator
    usr/lib/systemd/catalog/unitlock.catalog
    usr/lib/unitlock/conf.d/
    usr/lib/unitlock/conf.d/presets.schema.json
    usr/share/unitlock/units.yaml
    usr/lib/tmpfiles.d/unitlock.conf
    usr/share/man/man1/unitlock.1.gz
    usr/share/bash-completion/completions/unitlock
    lib/systemd/system/unitlock-metrics.timer
    lib/systemd/system/unitlock-notify@.timer
    usr/libexec/unitlock-notify
    usr/share/doc/unitlock/fleet.md
    usr/share/doc/unitlock/examples/unitlock.rules.yml
)

# One is enough: what differs between two builds does not depend on it.
REPRODUCED_RELEASE=trixie

# suite_package RELEASE NAME
suite_package() {
    local release=$1 name=$2 deb file
    if [ "$(id -u)" != 0 ]; then
        cannot "$name" "building packages needs root"
        return
    fi
    try "$name" "the package builds" package_deb "$release" || return
    deb=$(package_deb "$release")
    try "$name" "lintian finds no errors" package_lintian "$deb"
    for file in "${PACKAGE_FILES[@]}"; do
        try "$name" "it has $file" package_has "$deb" "$file"
    done
    try "$name" "the wrapper is static and small" package_wrapper "$deb"
    try "$name" "the presets are put in force by a package of their own" \
        package_has "${deb%/*}"/unitlock-presets-enable_*.deb usr/lib/unitlock/conf.d/40-units.yaml
    try "$name" "and by no other" package_lacks "$deb" 40-units.yaml
    suite_hardening "$name" "$deb"
    if [ "$release" = "$REPRODUCED_RELEASE" ]; then
        try "$name" "another build elsewhere gives the same, byte for byte" \
            package_reproduced "$release" "$deb"
    fi
}

package_lintian() { lintian --fail-on error --allow-root --display-level '>=warning' "${1%/*}"/*.deb; }

# /lib and /usr/lib are one directory; which one systemd.pc names differs.
package_has() { dpkg-deb -c "$1" | grep -E " \./(usr/)?$2"; }

package_lacks() { ! package_has "$1" ".*$2"; }

# package_reproduced RELEASE DEB: with another path, time zone, language, home, umask and number of
# processors. The compiler's cache is another one, too: it would give the objects of the first build.
package_reproduced() {
    local again deb status=0
    again=$(mktemp -d)
    BUILD_ELSEWHERE=yes package_make "$1" "$again/packages"
    for deb in "${2%/*}"/*.deb; do
        cmp "$deb" "$again/packages/${deb##*/}" || status=1
    done
    rm -r "$again"
    return $status
}

package_wrapper() {
    local dir size status=0
    dir=$(mktemp -d)
    dpkg-deb --fsys-tarfile "$1" | tar -x -C "$dir" ./usr/libexec/unitlock-exec
    size=$(stat -c %s "$dir/usr/libexec/unitlock-exec")
    echo "# unitlock-exec has $size bytes"
    readelf -lW "$dir/usr/libexec/unitlock-exec" >"$dir/headers"
    ! grep -q INTERP "$dir/headers" || status=1
    [ "$size" -lt 65536 ] || status=1
    rm -r "$dir"
    return $status
}
