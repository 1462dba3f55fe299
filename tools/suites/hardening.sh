# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What compiler and linker can do for a program, looked for in the programs of a built package.

# suite_hardening NAME DEB: one case for each property of each program.
suite_hardening() {
    local name=$1 dir program
    dir=$(mktemp -d)
    dpkg-deb -x "$2" "$dir"
    while IFS= read -r program; do
        hardening_program "$name" "$dir" "${program#"$dir"/}"
    done < <(hardening_programs "$dir")
    try "$name" "the programs are those that are expected" \
        diff <(hardening_programs "$dir" | sed 's|.*/||' | sort) \
        <(printf '%s\n' unitlock unitlock-audit unitlock-exec unitlock-generator)
    rm -r "$dir"
    # Not to be seen in programs that call nothing of what it replaces. musl has nothing of it.
    try "$name" "all but unitlock-exec is compiled with _FORTIFY_SOURCE" \
        hardening_fortify "${2%/*}/build.log"
}

# hardening_programs DIR: the ELF files below, links left out.
hardening_programs() { find "$1" -type f -exec sh -c 'head -c 4 "$1" | grep -q ELF' - {} \; -print; }

hardening_program() {
    local name=$1 file=$2/$3 what
    local checks=(nx writable_code stack_protector branch_protection)
    # unitlock-exec is static, so that there is no table of functions to protect. It is at a fixed
    # address: it runs for less than a millisecond, at every start, and would be relocated each time.
    [ "${3##*/}" = unitlock-exec ] || checks+=(pie relro now)
    for what in "${checks[@]}"; do
        try "$name" "${3##*/}: $what" "hardening_$what" "$file"
    done
}

hardening_nx() { readelf -lW "$1" | grep -E '^ +GNU_STACK .* RW +0x'; }

# No segment may be both written and executed.
hardening_writable_code() { ! readelf -lW "$1" | grep -E '^ +[A-Z_]+ .* RWE '; }

hardening_pie() { readelf -hW "$1" | grep -E 'Type: +DYN' && readelf -dW "$1" | grep -E 'FLAGS_1.* PIE'; }

hardening_relro() { readelf -lW "$1" | grep -E '^ +GNU_RELRO '; }

hardening_now() { readelf -dW "$1" | grep -E 'BIND_NOW|FLAGS_1.* NOW'; }

# A static program has no names left, but on x86 it compares with what is at %fs:0x28: more often than
# the few times that the C library brings.
hardening_stack_protector() {
    readelf --dyn-syms -W "$1" | grep -F __stack_chk_fail || hardening_holds "$1" '%fs:0x28'
}

# Only x86 is looked at. The note that would turn it on is not there, because Debian's C libraries have
# none.
hardening_branch_protection() {
    ! readelf -hW "$1" | grep -F X86-64 || hardening_holds "$1" endbr64
}

# hardening_holds PROGRAM TEXT: its code does so in many places.
hardening_holds() { [ "$(objdump -d "$1" | grep -c -F -- "$2")" -gt 20 ]; }

hardening_fortify() {
    local commands
    commands=$(grep -E ' -c [^ ]+\.cpp' "$1" | grep -v -F unitlock-exec.p)
    [ "$(wc -l <<<"$commands")" -gt 20 ] && ! grep -v -E -e '-D_FORTIFY_SOURCE=[23]' <<<"$commands"
}
