#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The units of Debian's packages, and nasty ones: each is declared, and systemd says what came of it.
# /opt/corpus is of tools/testbed/corpus.sh.
. /opt/boot-tests/lib.sh
. /opt/boot-tests/oracle.sh

local_units=/usr/local/lib/systemd/system
names=$WORK/names

# services DIRECTORY...: the fragments that are no links; of a template one instance.
services() {
    find "$@" -maxdepth 1 -name '*.service' -type f -printf '%f\n' |
        sed 's/@\.service$/@some\\x2dinstance.service/' | sort -u
}

packages=$(wc -l </opt/corpus/packages)
check "the corpus has the services of $packages packages" test "$packages" -ge 73
mkdir -p "$local_units"
cp -a /opt/corpus/units/. /opt/boot-tests/nasty/. "$local_units"
services /usr/lib/systemd/system "$local_units" >"$names"
count=$(wc -l <"$names")

# Programs that the units name without a path: unitlock has to find them.
before "$names"
mkdir -p /opt/programs
jq -r '.service.ExecStartEx[]?[0] | select(contains("/") | not)' "$WORK/before" | sort -u |
    while read -r program; do
        command -v -- "$program" >/dev/null || ln -s /bin/true "/usr/local/bin/$program"
    done

before "$names"
echo '[X-Landlock]' | declare_for service
compare "service.d: $count services start as before, but for the wrapper" "$names" \
    $((count * 8 / 10))

# By drop-ins of the dash prefix, of the template and of the unit itself, whichever a name has.
undeclare
while read -r name; do
    case $name in
    [!-]*-*) echo '[X-Landlock]' | declare_for "${name%%-*}-.service" ;;
    *@*) echo '[X-Landlock]' | declare_for "${name%%@*}@.service" ;;
    *) echo '[X-Landlock]' | declare_for "$name" ;;
    esac
done < <(grep -v '^[^-]*@[^.]*-' "$names")
compare "the same by drop-ins of the prefix, the template and the unit" "$names" $((count * 7 / 10))

undeclare
check_same "without declarations, systemd is back where it was" "$names"

(cd "$local_units" && find . -mindepth 1 -delete)
find /usr/local/bin -lname /bin/true -delete
rm -r "$WORK" /opt/programs
systemctl daemon-reload
plan
