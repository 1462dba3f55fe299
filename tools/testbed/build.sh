# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Meson builds on the machine itself.

# The build directory that most suites use. Inside of the checkout, where an editor finds it.
BUILD=$REPO/build-gcc

# build_setup DIR [MESON ARGUMENTS...]: configures once; meson itself notices later changes.
build_setup() {
    local dir=$1
    shift
    [ -e "$dir/build.ninja" ] || meson setup "$dir" "$REPO" "$@"
}

build_setup_default() { CC=gcc CXX=g++ build_setup "$BUILD" -Dwerror=true; }

# build_target TARGET: one target of the default build, for pieces that need only that.
build_target() {
    mkdir -p "$CACHE"
    {
        build_setup_default
        ninja -C "$BUILD" "$1"
    } >"$CACHE/build-$1.log" 2>&1 || {
        tail -n 30 "$CACHE/build-$1.log" >&2
        return 1
    }
}
