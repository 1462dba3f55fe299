# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tables in README.md that a tool writes from what it measured.

# put_into_readme NAME FILE: between the two comments that mark its place, <!-- NAME --> and
# <!-- /NAME -->.
put_into_readme() {
    local readme=$REPO/README.md new
    new=$(mktemp)
    awk -v name="$1" -v table="$2" '
        $0 == "<!-- /" name " -->" { inside = 0 }
        !inside { print }
        $0 == "<!-- " name " -->" { inside = 1; while ((getline line < table) > 0) print line }
    ' "$readme" >"$new"
    cat "$new" >"$readme"
    rm "$new"
}
