# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The builds on the machine itself, and meson's tests in them.

meson_suites() {
    case $1 in
    clang) echo --suite=unit --suite=golden --suite=fuzz ;;
    esac
}

# suite_meson NAME
suite_meson() {
    local name=$1 dir suites status=0
    dir=$(build_dir "$name")
    read -ra suites <<<"$(meson_suites "$name")"
    build "$name" || { echo "not ok - the $name build"; return 1; }
    rm -f "$dir"/meson-logs/testlog*.junit.xml
    meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes 2 "${suites[@]}" || status=$?
    count_junit "$name" "$dir/meson-logs/testlog.junit.xml"
    return $status
}

# count_junit NAME FILE: meson's report has every case of a gtest program and of a TAP script. A case that
# cannot run is skipped; in CI it has failed: no machine without Landlock passes there.
count_junit() {
    local kind number
    [ -e "$2" ] || return 0
    python3 - "$2" <<'END' | while read -r kind number; do count "$1" "$kind" "$number"; done
import os
import sys
import xml.etree.ElementTree as tree

skipped = "failed" if os.environ.get("CI") == "true" else "skipped"
counts = {"passed": 0, "failed": 0, "skipped": 0}
for case in tree.parse(sys.argv[1]).iter("testcase"):
    tags = {child.tag for child in case}
    bad = tags & {"failure", "error"}
    counts["failed" if bad else skipped if "skipped" in tags else "passed"] += 1
for kind, number in counts.items():
    print(kind, number)
END
}
