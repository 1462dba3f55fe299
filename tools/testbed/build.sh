# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Meson builds on the machine itself, one directory for each way of building.

# build_dir NAME: inside of the checkout, where an editor finds compile_commands.json.
build_dir() { echo "$REPO/build-$1"; }

# build_setup NAME: configures once; meson itself notices later changes.
build_setup() {
    local dir options
    dir=$(build_dir "$1")
    [ ! -e "$dir/build.ninja" ] || return 0
    read -ra options <<<"$(build_options "$1")"
    env "${options[@]::2}" meson setup "$dir" "$REPO" \
        "-Dwerror=$(host_is_reference && echo true || echo false)" "${options[@]:2}"
}

# build_options NAME: the two compilers, then meson's options.
build_options() {
    case $1 in
    gcc) echo CC=gcc CXX=g++ ;;
    host) echo CC=gcc CXX=g++ -Dtests=false ;; # programs that the testbed itself runs
    bench) echo CC=gcc CXX=g++ ;;
    # The sanitizers with the second compiler, not a third build: undefined symbols are their own.
    clang)
        echo CC=clang CXX=clang++ -Db_sanitize=address,undefined -Doptimization=1 -Db_lundef=false
        ;;
    # Only clang has libFuzzer; undefined symbols are the sanitizers' own.
    fuzz)
        echo CC=clang CXX=clang++ -Dfuzz=true -Db_sanitize=address,undefined \
            -Db_lundef=false
        ;;
    esac
}

# build NAME [TARGET...]
build() {
    local dir
    dir=$(build_dir "$1")
    # A directory from an older checkout has to learn of new targets first.
    build_setup "$1" && ninja -C "$dir" build.ninja && meson compile -C "$dir" -j2 "${@:2}"
}

# build_quietly NAME TARGET...: for pieces of the testbed that need one program of ours; says
# something only when it fails.
build_quietly() {
    local log
    log=$(mktemp)
    build "$@" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        rm "$log"
        return 1
    }
    rm "$log"
}

# boot_program_dir NAME: where tests/boot/NAME is built, a program that runs inside of the
# containers; on this machine, once for all of them.
boot_program_dir() {
    local dir=$REPO/build-$1
    mkdir -p "$dir"
    {
        flock 9
        [ -e "$dir/build.ninja" ] || meson setup "$dir" "$REPO/tests/boot/$1"
        ninja -C "$dir"
    } 9>"$dir/lock" >&2 || return
    echo "$dir"
}
