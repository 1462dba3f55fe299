# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What every piece of the testbed needs: where things are, how to say what is going on, and how
# to make something once and keep it.

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # read by the scripts that source this file
CACHE=${UNITLOCK_CACHE:-/var/cache/unitlock}
# shellcheck disable=SC2034
RELEASES=(bookworm trixie sid)
export LC_ALL=C.UTF-8
umask 022

note() { printf '# %s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root"; }

# short_hash < DATA: a name for what something is made from.
short_hash() { sha256sum | cut -c1-16; }

# sources: the checkout's files, NUL-separated: tracked ones and new ones that git would add.
# Deleted but not yet committed files are left out.
sources() {
    git -C "$REPO" ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do
            if [ -f "$REPO/$file" ] || [ -L "$REPO/$file" ]; then
                printf '%s\0' "$file"
            fi
        done
}

# cached PATH COMMAND...: runs COMMAND with a temporary path as its last argument, unless PATH
# exists already, and renames the result to PATH: others see all of it or nothing. Whoever comes
# second waits for the first.
cached() {
    local path=$1 temp lock
    shift
    if [ -e "$path" ]; then
        touch -c "$path"
        return
    fi
    mkdir -p "$(dirname "$path")"
    exec {lock}>"$path.lock"
    flock "$lock"
    if [ ! -e "$path" ]; then
        temp=$path.new.$$
        discard "$temp"
        if ! "$@" "$temp"; then
            discard "$temp"
            exec {lock}>&-
            return 1
        fi
        mv -T "$temp" "$path"
        prune "$(dirname "$path")"
    fi
    exec {lock}>&-
}

discard() { rm -rf --one-file-system -- "$1"; }

# prune DIR: forgets what nobody has used for two weeks; the sources change every day, and each
# state of them has its own package.
prune() {
    find "$1" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf --one-file-system -- {} +
}
