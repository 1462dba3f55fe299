#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random trees of fragments, links, aliases and drop-ins: the files that unitlock reads are those that
# systemd reads, in the same order, and a declaration in any of them counts. SEED=, COUNT= and FIRST=
# as in 37-random-units.sh.
. /opt/boot-tests/lib.sh
. /opt/boot-tests/oracle.sh

seed=${SEED:-1}
count=${COUNT:-600}
start=${FIRST:-1}
batch=100 # systemd answers more slowly, the more units there are
names=$WORK/names

write_trees() {
    "$ORACLE" trees "$seed" "$first" "$batch" "" >"$WORK/printed" && sort -u "$WORK/printed" >"$names"
}

# The trees declare by themselves, so "before" is without the generator.
before_all() {
    generator off
    before "$names"
    generator on
}

remove_trees() {
    for directory in /etc /run /usr/local/lib /usr/lib; do
        find "$directory/systemd/system" -mindepth 1 -maxdepth 1 -name 'tree[0-9]*' -exec rm -r {} +
    done
    rm -rf /srv/trees
}

mkdir -p "$UNITS/service.d"
for ((first = start; first < start + count; first += batch)); do
    which="seed $seed, trees $first to $((first + batch - 1))"
    check "$which are written" write_trees
    before_all
    compare "$which: the declarations in their own drop-ins" "$names" $((batch / 4))

    # A drop-in of the type reaches every service but those where something else has its name.
    printf '[X-Landlock]\nPreset=\n' >"$UNITS/service.d/10-a.conf"
    before_all
    compare "$which: a declaration in service.d" "$names" $((batch / 3))
    rm "$UNITS/service.d/10-a.conf"
    remove_trees
done

rmdir --ignore-fail-on-non-empty "$UNITS/service.d"
rm -r "$WORK"
systemctl daemon-reload
plan
