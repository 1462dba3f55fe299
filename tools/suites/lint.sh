# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Checks that look at the sources alone, one case each.

# suite_lint NAME
suite_lint() {
    lint_case "$1" clang-format lint_clang_format
    lint_case "$1" codespell lint_codespell
    lint_case "$1" shellcheck lint_shellcheck
    lint_case "$1" licences lint_licences
    lint_case "$1" clang-tidy lint_clang_tidy
}

lint_case() {
    if (cd "$REPO" && "$3"); then
        echo "ok - $2"
        count "$1" passed
    else
        echo "not ok - $2"
        count "$1" failed
    fi
}

# sources_named PATTERN: those of the checkout's files, NUL-separated.
sources_named() { sources | { grep -zE "$1" || true; }; }

lint_clang_format() {
    sources_named '\.(cpp|hpp)$' | xargs -0 -r clang-format-14 --dry-run -Werror
}

lint_codespell() { sources | xargs -0 codespell; }

# Scripts are known by their first line.
lint_shellcheck() {
    sources | xargs -0 grep -lZE -m1 '^#!/bin/(ba)?sh|^# shellcheck shell=' |
        xargs -0 shellcheck -x
}

lint_licences() { reuse lint; }

lint_clang_tidy() {
    build clang >/dev/null &&
        run-clang-tidy-14 -quiet -j2 -p "$(build_dir clang)" "$REPO/(src|generators)/.*\.cpp" 2>&1
}
