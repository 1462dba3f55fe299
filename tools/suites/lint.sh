# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Checks that look at the sources alone, one case each.

# suite_lint NAME
suite_lint() {
    cd "$REPO" || return
    reference "$1" clang-format lint_clang_format
    try "$1" codespell lint_codespell
    try "$1" shellcheck lint_shellcheck
    try "$1" licences reuse lint
    try "$1" "the table of presets" lint_presets
    try "$1" "each right is tried, granted and not" lint_attempts
    try "$1" "the table of rights and kernels" lint_matrix
    try "$1" "what newer libraries want" lint_newer
    reference "$1" clang-tidy lint_clang_tidy
}

# reference SUITE WHAT COMMAND...: try, for what depends on the version of a tool.
reference() {
    if host_is_reference; then
        try "$@"
    else
        cannot "$1" "$2 is that of Debian $HOST_REFERENCE"
    fi
}

# sources_named PATTERN: those of the checkout's files, NUL-separated.
sources_named() { regular_sources | { grep -zE "$1" || true; }; }

# regular_sources: those that can be read; the golden trees hold links to nowhere.
regular_sources() {
    sources | while IFS= read -r -d '' file; do
        [ -L "$file" ] || printf '%s\0' "$file"
    done
}

lint_clang_format() {
    sources_named '\.(cpp|hpp)$' | xargs -0 -r clang-format --dry-run -Werror
}

# What a fuzzer has found has no spelling.
lint_codespell() { regular_sources | grep -zv '^tests/fuzz/corpus/' | xargs -0 codespell; }

# Scripts are known by their first line.
lint_shellcheck() {
    regular_sources | xargs -0 grep -lZE -m1 '^#!/bin/(ba)?sh|^# shellcheck shell=' |
        xargs -0 shellcheck -x
}

# README.md's table of presets says what is in conf.d.
lint_presets() { diff <(grep '^| \[.*(conf\.d/' README.md) <(preset_rows); }

# preset_rows: for each preset of a service, how many paths it can write and execute, and its
# ports; what every program has (runtime) is not counted.
preset_rows() {
    local file
    for file in conf.d/20-*.yaml; do
        awk -v file="$file" '
            /^  [a-z]/ { name = $1; sub(/:$/, "", name) }
            /^    [a-z-]+:/ {
                key = $1
                of[key] = $0
                sub(/^[^:]*: */, "", of[key])
                gsub(/[][]/, "", of[key])
            }
            /^      - / && key == "exec:" { executed++ }
            /^      - / && key == "read-write:" { written++ }
            /^      - .*(write_file|make_reg)/ && key == "allow:" && !/\/proc\/self/ { written++ }
            END {
                dns = of["extends:"] ~ /dns-client/ ? "yes" : ""
                printf "| [%s](%s) | %d | %d | %s | %s | %s | %s | %s |\n", name, file, written, executed,
                    of["bind-tcp:"], of["connect-tcp:"], of["bind-udp:"], of["connect-udp:"], dns
            }' "$file"
    done | sed 's/  */ /g'
}

# rights_of_source: the names of src/landlock/access.hpp, in its order.
rights_of_source() { sed -n 's/^    {"\([a-z]*\.[a-z_]*\)", Family::.*/\1/p' src/landlock/access.hpp; }

# rights_tried yes|no: those that tests/boot/attempts.table has alone, granted or not.
rights_tried() {
    awk -F ' *[|] *' -v granted="$1" '/^[a-z]/ && $3 == granted && $1 !~ / / { print $1 }' \
        tests/boot/attempts.table | grep -vxE 'ptrace|fs\.change_topology' | sort -u
}

lint_attempts() {
    diff <(rights_of_source | sort) <(rights_tried yes) && diff <(rights_of_source | sort) <(rights_tried no)
}

# lint_matrix: README.md's table was made from runs that knew all rights (tools/matrix --readme).
lint_matrix() {
    diff <(rights_of_source) <(sed -n '/^<!-- matrix -->$/,/^<!-- \/matrix -->$/ s/^| \([a-z]*\.[a-z_]*\) .*/\1/p' \
        README.md | grep -vx fs.change_topology)
}

# What compiles here and not with the libraries of later releases: fmt 11 has join() in a header
# of its own.
lint_newer() {
    ! sources_named '\.(cpp|hpp)$' | xargs -0 grep -l 'fmt::join' | xargs grep -L 'fmt/ranges\.h' |
        grep .
}

lint_clang_tidy() {
    build_quietly clang &&
        run-clang-tidy -quiet -j2 -p "$(build_dir clang)" "$REPO/(src|generators)/.*\.cpp" 2>&1
}
