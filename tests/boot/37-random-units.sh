#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random units from the grammar of ExecStart=. Another seed, or more units:
#
#     tools/testbed/boot trixie env SEED=7 COUNT=30000 bash /opt/boot-tests/37-random-units.sh
#
# FIRST= begins at another unit than the first.
. /opt/boot-tests/lib.sh
. /opt/boot-tests/oracle.sh

seed=${SEED:-1}
count=${COUNT:-2000}
start=${FIRST:-1}
batch=250 # systemd answers more slowly, the more units there are
names=$WORK/names

mkdir -p /opt/programs
cp /bin/true /opt/programs/only-in-opt

remove_units() {
    find /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system -mindepth 1 \
        -maxdepth 1 -name 'random-*' -exec rm -r {} +
}

echo "# seed $seed"
for ((first = start; first < start + count; first += batch)); do
    "$ORACLE" units "$seed" "$first" "$batch" "" >"$names"
    before "$names"
    # What is granted is not the subject here, and takes time.
    printf '[X-Landlock]\nPreset=\n' | declare_for random-.service
    compare "seed $seed, units $first to $((first + batch - 1))" "$names" $((batch / 4))
    undeclare
    remove_units
done

systemctl daemon-reload
rm -r "$WORK" /opt/programs
plan
